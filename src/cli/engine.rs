//! Which engine runs.

use clap::{Args, ValueEnum};

use super::failure::Failure;
use crate::engine::gpu::Selection;
use crate::engine::select::{self, Wish};
use crate::engine::{Instructions, Precision, Sampling};
use crate::run::check_wish;

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
    /// Floating-point numbers
    // it was called --precision, which goes on to answer
    #[arg(long = "float", alias = "precision", value_name = "FLOAT", value_enum, default_value_t = PrecisionChoice::F32)]
    pub precision: PrecisionChoice,
    /// Instruction set of the CPU engine: AVX-512, AVX2, SSE2 or NEON [default: the best available]
    #[arg(long, value_name = "SET")]
    pub instructions: Option<String>,
    /// Threads of the CPU engine and of host sampling [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl EngineArguments {
    /// Where trajectories are drawn.
    pub fn sampling(&self) -> Sampling {
        match self.sampling {
            SamplingChoice::Device => Sampling::Device,
            SamplingChoice::Host => Sampling::Host,
        }
    }

    /// The engine that the options ask for.
    pub fn wish(&self) -> Result<Wish, Failure> {
        let wish = Wish {
            backend: match self.backend {
                Backend::Auto => select::Backend::Auto,
                Backend::Gpu => select::Backend::Gpu,
                Backend::Cpu => select::Backend::Cpu,
            },
            adapter: self.adapter.clone(),
            sampling: self.sampling(),
            precision: self.precision(),
            instructions: self.instructions.as_ref().map(|_| self.instructions()).transpose()?,
            threads: self.threads.map(usize::from),
        };
        check_wish(&wish)?;
        Ok(wish)
    }

    /// The precision asked for.
    pub fn precision(&self) -> Precision {
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
}
