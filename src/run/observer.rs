//! Observers receive the progress of a use case and may stop it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::error::RunError;
use super::remark::Remark;
use crate::engine::Progress;
use crate::engine::select::Chosen;

/// A stage of the work, with its number of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Computes paths; each counts once for every scenario.
    Paths(u64),
    /// Records quantities over time; steps are paths.
    Profile(u64),
    /// Estimates figures at growing numbers of paths; steps are paths.
    Milestones(u64),
    /// Times engines.
    Timing {
        /// Engines, which take turns.
        engines: usize,
        /// Paths per run.
        paths: u64,
        /// Paths of all runs.
        all: u64,
    },
    /// Reads the points of a sweep as scenarios; steps are points.
    Points(u64),
    /// Computes the points of a sweep; steps are paths.
    Sweep(u64),
    /// Computes the points of a sweep with targets; how many paths that takes is not known.
    TargetedSweep,
    /// Joins stores of a sweep; steps are points.
    Merge(u64),
    /// Rehearses a sweep for an unknown time.
    Rehearsal,
}

/// Follows a use case. Every method has a default that does nothing, so `()` is a silent observer; a closure receives steps only.
pub trait Observer: Sync {
    /// A stage begins.
    fn begins(&self, _stage: Stage) {}

    /// Steps of the stage were done since the last call, perhaps 0. Returns whether to continue: after `false` the use case stops as
    /// soon as it can.
    fn advances(&self, _steps: u64) -> bool {
        true
    }

    /// The stage has ended or was stopped.
    fn ends(&self) {}

    /// A remark for people.
    fn remarks(&self, _remark: &Remark) {}
}

impl Observer for () {}

impl<F: Fn(u64) -> bool + Sync> Observer for F {
    fn advances(&self, steps: u64) -> bool {
        self(steps)
    }
}

/// A running stage, which remembers that it was told to stop.
pub(crate) struct Watch<'a> {
    observer: &'a dyn Observer,
    stopped: AtomicBool,
}

impl<'a> Watch<'a> {
    /// Begins a stage.
    pub fn begin(observer: &'a dyn Observer, stage: Stage) -> Self {
        observer.begins(stage);
        Watch { observer, stopped: AtomicBool::new(false) }
    }

    /// Reports steps; returns whether to continue.
    pub fn advance(&self, steps: u64) -> bool {
        let goes_on = self.observer.advances(steps);
        if !goes_on {
            self.stopped.store(true, Ordering::Relaxed);
        }
        goes_on
    }

    /// Fails if the observer has asked to stop, or asks now.
    pub fn go_on(&self) -> Result<(), RunError> {
        if self.stopped.load(Ordering::Relaxed) || !self.advance(0) { Err(RunError::Stopped) } else { Ok(()) }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.observer.ends();
    }
}

/// Runs a stage. Discards the result if the observer asked to stop.
pub(crate) fn watched<T, E>(
    observer: &dyn Observer,
    stage: Stage,
    work: impl FnOnce(&Progress) -> Result<T, E>,
) -> Result<Result<T, E>, RunError> {
    let watch = Watch::begin(observer, stage);
    let found = work(&|steps| watch.advance(steps));
    watch.go_on()?;
    Ok(found)
}

/// Reports why this engine was chosen, if there is a reason to give.
pub(crate) fn tell_engine(observer: &dyn Observer, chosen: &Chosen) {
    chosen.reason.iter().for_each(|reason| observer.remarks(&Remark::Engine(reason.clone())));
}

/// Reports device errors that were recovered from, except the first `told`, which were reported before.
pub(crate) fn tell_incidents(observer: &dyn Observer, chosen: &Chosen, told: usize) {
    let incidents = chosen.engine.incidents().into_iter().skip(told);
    incidents.for_each(|incident| observer.remarks(&Remark::Incident(incident)));
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[derive(Default)]
    struct Seen(Mutex<Vec<String>>);

    impl Observer for Seen {
        fn begins(&self, stage: Stage) {
            self.0.lock().unwrap().push(format!("{stage:?}"));
        }

        fn ends(&self) {
            self.0.lock().unwrap().push("over".into());
        }
    }

    #[test]
    fn a_stage_ends_whatever_becomes_of_it() {
        let seen = Seen::default();
        let failed = watched(&seen, Stage::Paths(3), |_| Err::<(), &str>("broken")).expect("it was not stopped");
        assert_eq!(failed, Err("broken"));
        assert_eq!(*seen.0.lock().unwrap(), ["Paths(3)", "over"]);
    }

    #[test]
    fn to_stop_once_is_to_stop() {
        // says so once and not again
        let calls = AtomicU64::new(0);
        let once = |_| calls.fetch_add(1, Ordering::Relaxed) != 1;
        let work = |progress: &Progress| Ok::<_, ()>([progress(1), progress(1), progress(1)]);
        assert!(matches!(watched(&once, Stage::Paths(3), work), Err(RunError::Stopped)));
        assert_eq!(watched(&(), Stage::Paths(3), work).expect("nobody stops it"), Ok([true; 3]));
    }
}
