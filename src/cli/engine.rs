//! Which engine runs.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::SecondsFormat;
use clap::{Args, ValueEnum};

use super::{Failure, clock};
use crate::engine::cpu::{CpuEngine, Precision, Sampling};
use crate::engine::given::Given;
use crate::engine::gpu::{GpuEngine, ManyEngine, Selection, adapter};
use crate::engine::{Engine, Instructions, Share};
use crate::report::{AdapterShare, RunInfo, host};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// A hardware GPU if there is one, otherwise the CPU engine
    Auto,
    /// A GPU, or a software adapter if there is no hardware GPU
    Gpu,
    /// The CPU engine
    Cpu,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SamplingChoice {
    /// On the device that simulates
    Device,
    /// On the CPU, then uploaded to the device
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrecisionChoice {
    /// Single precision
    F32,
    /// Double precision, on the CPU engine only
    F64,
}

/// Options that pick the engine.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArguments {
    /// Engine to use
    #[arg(long, value_enum, default_value_t = Backend::Auto)]
    pub backend: Backend,
    /// GPU to use: number, PCI address, vendor:device or part of its name (see `overhang devices`); a list such as `0,2`, or `all`, splits the paths
    #[arg(long, value_name = "NAME,…")]
    pub adapter: Option<Selection>,
    /// Where to draw the trajectories
    #[arg(long, value_enum, default_value_t = SamplingChoice::Device)]
    pub sampling: SamplingChoice,
    /// Floating-point precision
    #[arg(long, value_enum, default_value_t = PrecisionChoice::F32)]
    pub precision: PrecisionChoice,
    /// Instruction set of the CPU engine: AVX-512, AVX2, SSE2 or NEON [default: the best available]
    #[arg(long, value_name = "SET")]
    pub instructions: Option<String>,
    /// Threads of the CPU engine and of host sampling [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// An engine and what to say of it.
pub struct Chosen {
    pub engine: Box<dyn Engine>,
    /// `cpu` or `gpu`.
    pub backend: &'static str,
    pub adapter: Option<adapter::AdapterReport>,
    pub threads: Option<u32>,
    pub instructions: Option<Instructions>,
    /// What people should know of the choice: a complete sentence.
    pub reason: Option<String>,
}

impl Chosen {
    /// What of a run changes from one to the next.
    pub fn info(&self, wall: Duration, computed: Option<Duration>) -> RunInfo {
        RunInfo {
            adapter: self.adapter.as_ref().map(|adapter| adapter.name.clone()),
            driver: self.adapter.as_ref().map(|adapter| adapter.driver.clone()),
            threads: self.threads,
            instruction_set: self.instructions.map(|instructions| instructions.to_string()),
            wall_seconds: Some(wall.as_secs_f64()),
            kernel_seconds: computed.map(|computed| computed.as_secs_f64()),
            host: host(),
            date: clock::rfc3339(SystemTime::now(), SecondsFormat::Secs),
            shares: self.engine.shares().into_iter().map(share).collect(),
            incidents: self.engine.incidents(),
        }
    }
}

/// That adapters are software, for people who expect a GPU.
fn software(adapters: &[adapter::Found]) -> Option<String> {
    let names: Vec<&str> =
        adapters.iter().filter(|found| !found.report.hardware).map(|found| found.report.name.as_str()).collect();
    let (adapters, are) = if names.len() == 1 { ("adapter", "is a software") } else { ("adapters", "are software") };
    (!names.is_empty())
        .then(|| format!("{} {are} {adapters}, slower than the CPU engine (--backend cpu).", names.join(" and ")))
}

fn share(share: Share) -> AdapterShare {
    let paths = share.paths.into_iter().map(|range| [range.start, range.end]).collect();
    AdapterShare { adapter: share.adapter, driver: share.driver, paths }
}

impl EngineArguments {
    /// Where trajectories are drawn.
    pub fn sampling(&self) -> Sampling {
        match self.sampling {
            SamplingChoice::Device => Sampling::Device,
            SamplingChoice::Host => Sampling::Host,
        }
    }

    /// The precision's name.
    pub fn precision_name(&self) -> &'static str {
        match self.precision {
            PrecisionChoice::F32 => "f32",
            PrecisionChoice::F64 => "f64",
        }
    }

    /// Makes the engine that the options ask for, on trajectories that are given or on its own.
    pub fn choose(&self, given: Option<Arc<dyn Given>>) -> Result<Chosen, Failure> {
        self.check()?;
        let gpu_asked = self.backend == Backend::Gpu || self.adapter.is_some();
        if self.backend == Backend::Cpu || self.precision == PrecisionChoice::F64 || self.instructions.is_some() {
            return self.cpu(given, None);
        }
        if gpu_asked {
            let adapters = adapter::pick(self.adapter.as_ref())?;
            let remark = software(&adapters);
            return match &adapters[..] {
                [only] if self.adapter != Some(Selection::All) => self.gpu(only, given, remark),
                several => self.gpus(several, given.as_ref(), remark),
            };
        }
        let mut adapters = adapter::visible()?;
        match adapter::automatic(&adapters) {
            Some(index) => {
                let chosen = adapters.swap_remove(index);
                self.gpu(&chosen, given.clone(), Some(format!("Using the GPU {}.", chosen.report.name))).or_else(
                    |failure| {
                        let Failure::Failed { message, .. } = failure else { return Err(failure) };
                        self.cpu(given, Some(format!("The GPU cannot be used: {message}")))
                    },
                )
            }
            None if adapters.is_empty() => self.cpu(given, Some("No GPU found".into())),
            None => self.cpu(given, Some("No hardware GPU found".into())),
        }
    }

    /// The engine that runs single paths again: one thread of the CPU engine, in the precision asked for.
    pub fn tracer(&self) -> Result<CpuEngine, Failure> {
        Ok(CpuEngine::new(Some(1), Instructions::best(), self.precision(), Sampling::Device)?)
    }

    fn precision(&self) -> Precision {
        match self.precision {
            PrecisionChoice::F32 => Precision::Single,
            PrecisionChoice::F64 => Precision::Double,
        }
    }

    /// The instructions asked for, or else the best.
    pub fn instructions(&self) -> Result<Instructions, Failure> {
        let Some(name) = &self.instructions else { return Ok(Instructions::best()) };
        Instructions::named(name).ok_or_else(|| {
            let sets: Vec<String> = Instructions::available().iter().map(Instructions::to_string).collect();
            Failure::Usage {
                message: format!("--instructions {name}: this processor supports only {}", sets.join(", ")),
                hint: Some("leave out --instructions to use the best".into()),
            }
        })
    }

    fn check(&self) -> Result<(), Failure> {
        let gpu_asked = self.backend == Backend::Gpu || self.adapter.is_some();
        if gpu_asked && self.precision == PrecisionChoice::F64 {
            return Err(Failure::Usage {
                message: "--precision f64 needs the CPU engine: GPUs compute in f32 only".into(),
                hint: Some("use --backend cpu with --precision f64, or leave out --precision".into()),
            });
        }
        if gpu_asked && self.instructions.is_some() {
            return Err(Failure::Usage {
                message: "--instructions applies to the CPU engine, but you asked for a GPU".into(),
                hint: Some("leave one of them out".into()),
            });
        }
        if self.backend == Backend::Cpu && self.adapter.is_some() {
            return Err(Failure::Usage {
                message: "--adapter selects a GPU, but --backend cpu uses none".into(),
                hint: Some("leave one of them out".into()),
            });
        }
        Ok(())
    }

    /// The CPU engine, and why not a GPU if one might be expected.
    fn cpu(&self, given: Option<Arc<dyn Given>>, reason: Option<String>) -> Result<Chosen, Failure> {
        let threads = self.threads.map(usize::from);
        let mut engine = CpuEngine::new(threads, self.instructions()?, self.precision(), self.sampling())?;
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
        found: &adapter::Found,
        given: Option<Arc<dyn Given>>,
        reason: Option<String>,
    ) -> Result<Chosen, Failure> {
        let mut engine = GpuEngine::new(found, self.sampling(), self.threads.map(usize::from))?;
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
        adapters: &[adapter::Found],
        given: Option<&Arc<dyn Given>>,
        remark: Option<String>,
    ) -> Result<Chosen, Failure> {
        let mut engine = ManyEngine::new(adapters, self.sampling(), self.threads.map(usize::from))?;
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
