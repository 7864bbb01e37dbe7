//! What the system says of the machine and of this process.

/// The machine's name, where it is known.
pub fn host() -> Option<String> {
    let linux = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let other = || ["COMPUTERNAME", "HOSTNAME"].iter().find_map(|name| std::env::var(name).ok());
    linux.or_else(other).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The most memory that this process has had, where the system says so.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
