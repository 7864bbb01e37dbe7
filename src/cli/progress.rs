//! Bars on standard error, where that is a terminal; silent elsewhere.

use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::console::Console;
use crate::engine::locked;
use crate::run::{Observer, Remark, Stage};

/// Shows on the console what a use case is at, and ends it if a signal asks for it.
pub struct Shown<'a> {
    console: &'a Console,
    bar: Mutex<ProgressBar>,
}

impl<'a> Shown<'a> {
    /// Shows nothing yet.
    pub fn new(console: &'a Console) -> Self {
        Shown { console, bar: Mutex::new(ProgressBar::hidden()) }
    }

    /// What the bar of the stage says beside its length.
    pub fn set_message(&self, message: String) {
        locked(&self.bar).set_message(message);
    }
}

impl Observer for Shown<'_> {
    fn begins(&self, stage: Stage) {
        let console = self.console;
        let bar = match stage {
            Stage::Paths(paths) => of_paths(paths, console),
            Stage::Profile(paths) => of("second pass", paths, console),
            Stage::Milestones(paths) => of("convergence", paths, console),
            Stage::Timing { engines, paths, all } => {
                console.remark(&format!("timing {engines} engines with {paths} paths"));
                of("all engines", all, console)
            }
            Stage::Points(points) => of("checking points", points, console),
            Stage::Sweep(paths) => bar(paths, "{bar:20} {percent:>3}%  {wide_msg}  {eta} left", console),
            Stage::TargetedSweep => {
                let spinner = bar(0, "{spinner} {wide_msg}  {elapsed}", console);
                spinner.enable_steady_tick(Duration::from_millis(100));
                spinner
            }
            Stage::Merge(points) => of("merging", points, console),
            Stage::Rehearsal => spinner("measuring", console),
        };
        *locked(&self.bar) = bar;
    }

    fn advances(&self, steps: u64) -> bool {
        locked(&self.bar).inc(steps);
        !self.console.is_stopped()
    }

    fn ends(&self) {
        locked(&self.bar).finish_and_clear();
    }

    fn remarks(&self, remark: &Remark) {
        self.console.remark(&match remark {
            Remark::Engine(reason) => reason.clone(),
            Remark::Incident(incident) => format!("warning: {incident}"),
            Remark::Rounded { asked, replicates, points } => format!(
                "{} paths instead of {asked}: {replicates} scrambles of {points} points each, which must be a power of two",
                u64::from(*replicates) * points
            ),
            Remark::Sets { asked, sets, paths } => {
                let all = u64::from(*sets) * paths;
                let more = if all == *asked { String::new() } else { format!(" instead of {asked}") };
                format!("drawing {sets} parameter sets with {paths} paths each: {all} paths{more}")
            }
            Remark::Outlook(outlook) => outlook.to_string(),
            Remark::Doubt(doubt) => match doubt.hint() {
                Some(hint) => format!("warning: {doubt}\nhint: {hint}"),
                None => format!("warning: {doubt}"),
            },
        });
    }
}

/// Of paths, with their rate and the time that is left.
pub fn of_paths(paths: u64, console: &Console) -> ProgressBar {
    bar(paths, "{bar:40} {percent:>3}%  {human_pos} of {human_len} paths  {rate}  {eta} left", console)
}

/// Of something else, which the message names.
pub fn of(what: &'static str, count: u64, console: &Console) -> ProgressBar {
    let bar = bar(count, "{bar:40} {percent:>3}%  {msg}  {rate}  {eta} left", console);
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
    let style = ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
        // a bar that cannot be drawn is no reason to stop
        let _ = out.write_str(&rate(state.per_sec()));
    }))
}

/// So many a second, with three digits.
pub fn rate(per_second: f64) -> String {
    let units = ["", "k", "M", "G", "T"];
    let (mut x, mut unit) = (per_second, 0);
    // what rounds to a thousand has the next unit
    while x >= 999.5 && unit + 1 < units.len() {
        x /= 1000.0;
        unit += 1;
    }
    let digits = match x {
        // two digits behind the zeros
        x if x > 0.0 && x < 0.1 => (1.0 - x.log10().floor()).min(6.0) as usize,
        _ => [9.995, 99.95].iter().filter(|&&bound| x < bound).count(),
    };
    format!("{x:.digits$}{}/s", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_three_digits_at_most() {
        for (per_second, text) in [
            (0.0, "0.00/s"),
            (0.000_312, "0.00031/s"),
            (0.0123, "0.012/s"),
            (0.5, "0.50/s"),
            (9.994, "9.99/s"),
            (9.996, "10.0/s"),
            (99.96, "100/s"),
            (999.6, "1.00k/s"),
            (1_234_567.8, "1.23M/s"),
            (2.5e10, "25.0G/s"),
        ] {
            assert_eq!(rate(per_second), text);
        }
    }
}
