//! Calls that take a while: computed on a thread of their own, while the caller's thread looks after signals and progress.

use std::ffi::CString;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, scope};
use std::time::Duration;

use overhang::run::{Observer, Remark, Stage};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// How often signals and progress are looked after.
const TURN: Duration = Duration::from_millis(50);
/// The stack of a thread that computes, as the main thread of a program has it.
const STACK: usize = 8 << 20;

/// What a use case tells, until the caller's thread passes it on.
#[derive(Default)]
struct Told {
    stop: AtomicBool,
    /// Steps since the last turn.
    steps: AtomicU64,
    said: Mutex<Vec<Said>>,
}

enum Said {
    Begins(Stage),
    /// Steps of the stage that began last.
    Steps(u64),
    Ends,
    Warning(String),
}

impl Told {
    /// Says something, and before it the steps that were done until now.
    fn say(&self, said: Said) {
        let mut all = self.said();
        match self.steps.swap(0, Ordering::Relaxed) {
            0 => (),
            steps => all.push(Said::Steps(steps)),
        }
        all.push(said);
    }

    fn said(&self) -> MutexGuard<'_, Vec<Said>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Told {
    fn begins(&self, stage: Stage) {
        self.say(Said::Begins(stage));
    }

    fn advances(&self, steps: u64) -> bool {
        self.steps.fetch_add(steps, Ordering::Relaxed);
        !self.stop.load(Ordering::Relaxed)
    }

    fn ends(&self) {
        self.say(Said::Ends);
    }

    fn remarks(&self, remark: &Remark) {
        let text = match remark {
            Remark::Doubt(doubt) => match doubt.hint() {
                Some(hint) => format!("{doubt}; {hint}"),
                None => doubt.to_string(),
            },
            Remark::Incident(incident) => incident.clone(),
            // documents tell which engine computes, and how many paths there are
            Remark::Engine(_) | Remark::Outlook(_) | Remark::Rounded { .. } | Remark::Sets { .. } => return,
        };
        self.say(Said::Warning(text));
    }
}

/// Does the work and returns what it gives. Python's other threads go on meanwhile; a signal whose handler raises stops the work.
///
/// # Errors
/// What the handler of a signal or the progress raised.
pub fn work<T: Send>(
    py: Python,
    progress: Option<&Bound<PyAny>>,
    work: impl FnOnce(&dyn Observer) -> T + Send,
) -> PyResult<T> {
    refuse_fork()?;
    let told = Told::default();
    let progress = progress.map(|progress| progress.clone().unbind());
    let (found, raised) = py.detach(|| {
        scope(|scope| {
            let (running, ended) = channel::<()>();
            let told = &told;
            let task = move || {
                // dropped at the end, which wakes the caller's thread
                let _running: Sender<()> = running;
                work(told)
            };
            let task = Builder::new().name("overhang".into()).stack_size(STACK).spawn_scoped(scope, task);
            let raised = watch(told, &ended, progress.as_ref());
            (task.map(|task| task.join().unwrap_or_else(|panic| resume_unwind(panic))), raised)
        })
    });
    let found = found.map_err(|error| PyRuntimeError::new_err(format!("no thread could be started: {error}")))?;
    raised?;
    pass_on(py, &told, progress.as_ref())?;
    Ok(found)
}

/// Looks after signals and progress until the work has ended. The first exception stops the work.
fn watch(told: &Told, ended: &Receiver<()>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
    let mut raised = Ok(());
    while ended.recv_timeout(TURN) == Err(RecvTimeoutError::Timeout) {
        if raised.is_err() {
            continue;
        }
        raised = Python::attach(|py| py.check_signals().and_then(|()| pass_on(py, told, progress)));
        if raised.is_err() {
            told.stop.store(true, Ordering::Relaxed);
        }
    }
    raised
}

/// Passes on what was told since the last turn.
fn pass_on(py: Python, told: &Told, progress: Option<&Py<PyAny>>) -> PyResult<()> {
    let mut said = std::mem::take(&mut *told.said());
    said.push(Said::Steps(told.steps.swap(0, Ordering::Relaxed)));
    for said in said {
        match (said, progress) {
            (Said::Warning(text), _) => warn(py, &text)?,
            (Said::Begins(stage), Some(progress)) => {
                let (what, total) = described(stage);
                progress.call_method1(py, "begin", (what, total))?;
            }
            (Said::Steps(steps), Some(progress)) if steps > 0 => {
                drop(progress.call_method1(py, "advance", (steps,))?)
            }
            (Said::Ends, Some(progress)) => drop(progress.call_method0(py, "end")?),
            (Said::Steps(_), _) | (Said::Begins(_) | Said::Ends, None) => (),
        }
    }
    Ok(())
}

/// What a stage does in words, and how many steps it has if that is known.
fn described(stage: Stage) -> (&'static str, Option<u64>) {
    match stage {
        Stage::Paths(paths) => ("paths", Some(paths)),
        Stage::Profile(paths) => ("paths over time", Some(paths)),
        Stage::Milestones(paths) => ("convergence", Some(paths)),
        Stage::Timing { all, .. } => ("timing", Some(all)),
        Stage::Points(points) => ("points", Some(points)),
        Stage::Sweep(paths) => ("paths of the sweep", Some(paths)),
        Stage::TargetedSweep => ("paths of the sweep", None),
        Stage::Merge(points) => ("points", Some(points)),
        Stage::Rehearsal => ("rehearsal", None),
    }
}

/// Issues an `OverhangWarning`.
pub fn warn(py: Python, text: &str) -> PyResult<()> {
    let category = py.import("overhang_risk.errors")?.getattr("OverhangWarning")?;
    let text = CString::new(text.replace('\0', " ")).unwrap_or_default();
    // above this function stands the package's own function, and above that its caller
    PyErr::warn(py, &category, &text, 2)
}

/// Refuses to compute in a process that was forked from one that has computed: the threads of engines do not survive that.
fn refuse_fork() -> PyResult<()> {
    static COMPUTES: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id();
    match COMPUTES.compare_exchange(0, own, Ordering::Relaxed, Ordering::Relaxed) {
        Err(other) if other != own => Err(PyRuntimeError::new_err(
            "this process was forked from one in which overhang_risk had computed, whose threads do not survive that; start processes \
             with multiprocessing.get_context(\"spawn\") or \"forkserver\"",
        )),
        _ => Ok(()),
    }
}
