//! A device that is open, and what goes wrong with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wgpu::{Adapter, Buffer, Device, PollType, Queue, SubmissionIndex};

use super::adapter;
use crate::engine::contract::{EngineError, locked};
use crate::engine::gpu::kernel::cache::Kernels;

/// How long a submission may take before its device counts as lost; software drivers compile in it, for up to a minute.
const PATIENCE: Duration = Duration::from_secs(300);

/// What went wrong with a device.
#[derive(Debug)]
pub enum Fault {
    /// A buffer did not fit: smaller chunks may.
    OutOfMemory(String),
    /// The device is gone, or does not answer: a new one may do.
    Lost(String),
    /// Neither of them; trying again is no use.
    Other(String),
    /// Not the device: trajectories that are given could not be taken.
    Input(EngineError),
}

impl From<Fault> for EngineError {
    fn from(fault: Fault) -> Self {
        let (message, hint) = match fault {
            Fault::Input(error) => return error,
            Fault::OutOfMemory(what) => {
                (format!("the device's memory is full: {what}"), "close other programs, or use --backend cpu")
            }
            Fault::Lost(what) => (format!("the device was lost: {what}"), "use --backend cpu or another adapter"),
            Fault::Other(what) => {
                (format!("the device reported an error: {what}"), "use --backend cpu or another adapter")
            }
        };
        EngineError { message, hint: Some(hint.into()) }
    }
}

/// What a buffer is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Counters, which are 0 when they are kept.
    Counting,
    /// Reading counters.
    Reading,
}

/// Buffers kept of each kind and size.
const MOST_SPARE: usize = 32;

/// An open device and its queue.
pub struct Context {
    pub device: Device,
    pub queue: Queue,
    pub kernels: Kernels,
    /// Buffers of counters by their words, all 0, and those in which they are read: drivers are slow to make them.
    spare: Mutex<HashMap<(Purpose, usize), Vec<Buffer>>>,
    lost: Arc<AtomicBool>,
    reported: Arc<Mutex<Option<Fault>>>,
}

impl Context {
    /// Opens the adapter.
    pub fn open(adapter: &Adapter) -> Result<Self, EngineError> {
        let (device, queue) = adapter::open(adapter)?;
        let (lost, reported) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let flag = Arc::clone(&lost);
        device.set_device_lost_callback(move |_, _| flag.store(true, Ordering::Relaxed));
        let context = Context { device, queue, kernels: Kernels::default(), spare: Mutex::default(), lost, reported };
        let record = Arc::clone(&context.reported);
        context.device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let fault = match &error {
                wgpu::Error::OutOfMemory { .. } => Fault::OutOfMemory(error.to_string()),
                wgpu::Error::Validation { .. } => Fault::Other(error.to_string()),
                wgpu::Error::Internal { .. } => Fault::Lost(error.to_string()),
            };
            keep_first(&record, fault);
        }));
        Ok(context)
    }

    /// A buffer that was kept, or a new one.
    pub fn take(&self, purpose: Purpose, words: usize, make: impl FnOnce() -> Buffer) -> Buffer {
        let kept = locked(&self.spare).get_mut(&(purpose, words)).and_then(Vec::pop);
        kept.unwrap_or_else(make)
    }

    /// Keeps a buffer for the next who needs one like it.
    pub fn keep(&self, purpose: Purpose, words: usize, buffer: Buffer) {
        let mut spare = locked(&self.spare);
        let kept = spare.entry((purpose, words)).or_default();
        if kept.len() < MOST_SPARE {
            kept.push(buffer);
        }
    }

    /// What was reported since the last check. All errors of a lost device are those of its loss.
    pub fn check(&self) -> Result<(), Fault> {
        let reported = locked(&self.reported).take();
        match reported {
            Some(Fault::Other(what)) if self.lost.load(Ordering::Relaxed) => Err(Fault::Lost(what)),
            Some(fault) => Err(fault),
            None if self.lost.load(Ordering::Relaxed) => Err(Fault::Lost("its driver reported no reason".into())),
            None => Ok(()),
        }
    }

    /// Waits for a submission, or for all.
    pub fn wait(&self, submission: Option<SubmissionIndex>) -> Result<(), Fault> {
        let polled = self.device.poll(PollType::Wait { submission_index: submission, timeout: Some(PATIENCE) });
        self.check()?;
        polled.map(drop).map_err(|error| Fault::Lost(error.to_string()))
    }

    /// What an error of access to a buffer means: the cause, if the device reported one.
    pub fn inaccessible(&self, error: impl std::fmt::Display) -> Fault {
        self.check().err().unwrap_or_else(|| Fault::Lost(format!("its memory could not be read or written: {error}")))
    }

    /// Reports a fault as the driver would; for tests.
    pub(in crate::engine::gpu) fn inject(&self, fault: Injected) {
        match fault {
            Injected::OutOfMemory => keep_first(&self.reported, Fault::OutOfMemory("injected".into())),
            Injected::Lost => self.device.destroy(),
        }
    }
}

fn keep_first(kept: &Mutex<Option<Fault>>, fault: Fault) {
    locked(kept).get_or_insert(fault);
}

/// A fault that a test has happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injected {
    OutOfMemory,
    /// The device is destroyed.
    Lost,
}
