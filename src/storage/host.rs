//! The machine's name.

/// The machine's name, where it is known.
pub fn host() -> Option<String> {
    let linux = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let other = || ["COMPUTERNAME", "HOSTNAME"].iter().find_map(|name| std::env::var(name).ok());
    linux.or_else(other).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}
