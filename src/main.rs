use std::process::ExitCode;

/// The points of a sweep make and free thousands of small things each, on all threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ask_for_no_display();
    overhang::cli::main()
}

/// Mesa's device selection, a layer of every Vulkan program, looks for a Wayland display, and complains on standard error where
/// XDG_RUNTIME_DIR does not say where displays are, as in batch jobs. The name of a display that cannot be there spares it the
/// search and leaves the selection itself alone.
fn ask_for_no_display() {
    let is_absolute = |name| std::env::var_os(name).is_some_and(|value| std::path::Path::new(&value).is_absolute());
    let is_socket_given = std::env::var_os("WAYLAND_SOCKET").is_some();
    if cfg!(target_os = "linux")
        && !is_absolute("XDG_RUNTIME_DIR")
        && !is_absolute("WAYLAND_DISPLAY")
        && !is_socket_given
    {
        // SAFETY: no other thread has been started that could read the environment.
        unsafe { std::env::set_var("WAYLAND_DISPLAY", "/dev/null") };
    }
}
