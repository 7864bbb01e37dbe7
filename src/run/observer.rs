//! Who follows a use case from outside: told how far it is, asked whether to go on.

use std::sync::atomic::{AtomicBool, Ordering};

use super::error::RunError;
use super::remark::Remark;
use crate::engine::Progress;
use crate::engine::select::Chosen;

/// What is under way, in how many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// So many paths are computed, each counted once for every scenario.
    Paths(u64),
    /// So many paths are observed over time.
    Profile(u64),
    /// Figures are estimated after ever more paths, so many in all.
    Milestones(u64),
    /// Engines are timed.
    Timing {
        /// How many take turns.
        engines: usize,
        /// Paths of a run.
        paths: u64,
        /// Paths of all runs.
        all: u64,
    },
    /// So many points of a sweep are read as scenarios.
    Points(u64),
    /// So many paths of points of a sweep are computed.
    Sweep(u64),
    /// A sweep is tried out; how long that takes is not known.
    Rehearsal,
}

/// Follows a use case. All methods have a usual form that does nothing, so `()` follows in silence; a closure is told of steps alone.
pub trait Observer: Sync {
    /// A stage begins.
    fn begins(&self, _stage: Stage) {}

    /// So many steps of the stage are done since the last call, or none. Answers whether to go on: after `false` the use case ends as
    /// soon as it can.
    fn advances(&self, _steps: u64) -> bool {
        true
    }

    /// The stage is over, or was ended.
    fn ends(&self) {}

    /// Something that people should know.
    fn remarks(&self, _remark: &Remark) {}
}

impl Observer for () {}

impl<F: Fn(u64) -> bool + Sync> Observer for F {
    fn advances(&self, steps: u64) -> bool {
        self(steps)
    }
}

/// A stage under way. It remembers that it was told to stop.
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

    /// So many steps are done; whether to go on.
    pub fn advance(&self, steps: u64) -> bool {
        let goes_on = self.observer.advances(steps);
        if !goes_on {
            self.stopped.store(true, Ordering::Relaxed);
        }
        goes_on
    }

    /// Fails if the stage was told to stop, or is told now.
    pub fn go_on(&self) -> Result<(), RunError> {
        if self.stopped.load(Ordering::Relaxed) || !self.advance(0) { Err(RunError::Stopped) } else { Ok(()) }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.observer.ends();
    }
}

/// Does the work of a stage. What came of work that was told to stop is thrown away.
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

/// Tells why this engine was chosen, if there is anything to tell.
pub(crate) fn tell_engine(observer: &dyn Observer, chosen: &Chosen) {
    chosen.reason.iter().for_each(|reason| observer.remarks(&Remark::Engine(reason.clone())));
}

/// Tells what went wrong with an engine and was made good, but for what was told before.
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
