//! Which engine runs: the one that is asked for, or the best that this machine has.

use std::sync::Arc;

use super::contract::{Engine, EngineError, Precision, Sampling};
use super::cpu::CpuEngine;
use super::gpu::adapter::{self, Found};
use super::gpu::{AdapterReport, GpuEngine, ManyEngine, Selection};
use super::instructions::Instructions;
use super::trajectory_source::TrajectorySource;

/// What kind of engine is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A hardware GPU if there is one, otherwise the CPU engine.
    Auto,
    /// A GPU, or a software adapter if there is no hardware GPU.
    Gpu,
    /// The CPU engine.
    Cpu,
}

/// The engine that is asked for. Double precision and a set of instructions need the CPU engine.
#[derive(Debug, Clone)]
pub struct Wish {
    pub backend: Backend,
    /// Adapters, if they are named; then a GPU is asked for.
    pub adapter: Option<Selection>,
    pub sampling: Sampling,
    pub precision: Precision,
    /// Of the CPU engine; `None`: the best.
    pub instructions: Option<Instructions>,
    /// Of the CPU engine and of sampling on the host; `None`: one for each core.
    pub threads: Option<usize>,
}

/// An engine and what to say of it.
pub struct Chosen {
    pub engine: Box<dyn Engine>,
    /// `cpu` or `gpu`.
    pub backend: &'static str,
    pub adapter: Option<AdapterReport>,
    pub threads: Option<u32>,
    pub instructions: Option<Instructions>,
    /// What people should know of the choice: a complete sentence.
    pub reason: Option<String>,
}

impl Default for Wish {
    /// The best engine of this machine, in single precision.
    fn default() -> Self {
        Wish {
            backend: Backend::Auto,
            adapter: None,
            sampling: Sampling::Device,
            precision: Precision::Single,
            instructions: None,
            threads: None,
        }
    }
}

impl Wish {
    /// Makes the engine, on trajectories that are given or on its own.
    pub fn choose(&self, given: Option<Arc<dyn TrajectorySource>>) -> Result<Chosen, EngineError> {
        if self.backend == Backend::Cpu || self.precision == Precision::Double || self.instructions.is_some() {
            return self.cpu(given, None);
        }
        if self.backend == Backend::Gpu || self.adapter.is_some() {
            let adapters = adapter::pick(self.adapter.as_ref())?;
            let remark = software(&adapters);
            return match &adapters[..] {
                [only] if self.adapter != Some(Selection::All) => self.gpu(only, given, remark),
                several => self.gpus(several, given.as_ref(), remark),
            };
        }
        self.best(given)
    }

    /// A hardware GPU if there is one that works, otherwise the CPU engine.
    fn best(&self, given: Option<Arc<dyn TrajectorySource>>) -> Result<Chosen, EngineError> {
        let mut adapters = adapter::visible()?;
        match adapter::automatic(&adapters) {
            Some(index) => {
                let chosen = adapters.swap_remove(index);
                self.gpu(&chosen, given.clone(), Some(format!("Using the GPU {}.", chosen.report.name)))
                    .or_else(|error| self.cpu(given, Some(format!("The GPU cannot be used: {}", error.message))))
            }
            None if adapters.is_empty() => self.cpu(given, Some("No GPU found".into())),
            None => self.cpu(given, Some("No hardware GPU found".into())),
        }
    }

    /// The CPU engine, and why not a GPU if one might be expected.
    fn cpu(&self, given: Option<Arc<dyn TrajectorySource>>, reason: Option<String>) -> Result<Chosen, EngineError> {
        let instructions = self.instructions.unwrap_or_else(Instructions::best);
        let mut engine = CpuEngine::new(self.threads, instructions, self.precision, self.sampling)?;
        if let Some(given) = given {
            engine = engine.with_trajectories(given);
        }
        let threads = if engine.threads() == 1 { "1 thread".into() } else { format!("{} threads", engine.threads()) };
        let reason = reason.map(|reason| format!("{reason}; using the CPU ({threads})."));
        Ok(Chosen {
            backend: "cpu",
            adapter: None,
            threads: Some(engine.threads() as u32),
            instructions: Some(engine.instructions()),
            reason,
            engine: Box::new(engine),
        })
    }

    fn gpu(
        &self,
        found: &Found,
        given: Option<Arc<dyn TrajectorySource>>,
        reason: Option<String>,
    ) -> Result<Chosen, EngineError> {
        let mut engine = GpuEngine::new(found, self.sampling, self.threads)?;
        if let Some(given) = given {
            engine = engine.with_trajectories(given);
        }
        Ok(Chosen {
            engine: Box::new(engine),
            backend: "gpu",
            adapter: Some(found.report.clone()),
            threads: None,
            instructions: None,
            reason,
        })
    }

    fn gpus(
        &self,
        adapters: &[Found],
        given: Option<&Arc<dyn TrajectorySource>>,
        remark: Option<String>,
    ) -> Result<Chosen, EngineError> {
        let mut engine = ManyEngine::new(adapters, self.sampling, self.threads)?;
        if let Some(given) = given {
            engine = engine.with_trajectories(given);
        }
        Ok(Chosen {
            backend: "gpu",
            adapter: None,
            threads: None,
            instructions: None,
            reason: remark.or_else(|| Some(format!("Splitting the paths over {}.", engine.description()))),
            engine: Box::new(engine),
        })
    }
}

/// That adapters are software, for people who expect a GPU.
fn software(adapters: &[Found]) -> Option<String> {
    let names: Vec<&str> =
        adapters.iter().filter(|found| !found.report.hardware).map(|found| found.report.name.as_str()).collect();
    let (adapters, are) = if names.len() == 1 { ("adapter", "is a software") } else { ("adapters", "are software") };
    (!names.is_empty())
        .then(|| format!("{} {are} {adapters}, slower than the CPU engine (--backend cpu).", names.join(" and ")))
}
