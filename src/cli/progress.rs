//! Bars on standard error, where that is a terminal; silent elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::console::Console;

/// Of paths, with their rate and the time that is left.
pub fn of_paths(paths: u64, console: &Console) -> ProgressBar {
    bar(paths, "{bar:40} {percent:>3}%  {human_pos} of {human_len} paths  {per_sec}  {eta} left", console)
}

/// Of something else, which the message names.
pub fn of(what: &'static str, count: u64, console: &Console) -> ProgressBar {
    let bar = bar(count, "{bar:40} {percent:>3}%  {msg}  {per_sec}  {eta} left", console);
    bar.set_message(what);
    bar
}

/// Something of which it is not known how much there is.
pub fn spinner(what: &'static str, console: &Console) -> ProgressBar {
    let spinner = bar(0, "{spinner} {msg}  {elapsed}", console);
    spinner.set_message(what);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// A bar in a form of its own.
pub fn bar(length: u64, form: &str, console: &Console) -> ProgressBar {
    if !console.shows_progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(10));
    bar.with_style(ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
