//! Instruction sets that the lanes are compiled for.

use std::fmt;

use super::contract::Precision;

/// An instruction set; values are only made by [`Instructions::available`], so the processor has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Instructions(Set);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Set {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What the target always has: SSE2 on x86-64, NEON on AArch64.
    Baseline,
}

impl Instructions {
    /// What this processor has, best first.
    pub fn available() -> Vec<Instructions> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            if avx2 && avx512 {
                sets.push(Instructions(Set::Avx512));
            }
            if avx2 {
                sets.push(Instructions(Set::Avx2));
            }
        }
        sets.push(Instructions(Set::Baseline));
        sets
    }

    /// Those of this name, as they are printed but for case and hyphens, if this processor has them.
    pub fn named(name: &str) -> Option<Instructions> {
        let plain = |name: &str| name.to_lowercase().replace('-', "");
        Self::available().into_iter().find(|set| plain(&set.to_string()) == plain(name))
    }

    /// The best that this processor has.
    pub fn best() -> Instructions {
        Self::available()[0]
    }

    /// Those that lanes of this precision use: in f64 they use AVX2 where there is AVX-512.
    pub(super) fn of(self, precision: Precision) -> Instructions {
        match (self.0, precision) {
            #[cfg(target_arch = "x86_64")]
            (Set::Avx512, Precision::Double) => Instructions(Set::Avx2),
            _ => self,
        }
    }

    pub(super) fn set(self) -> Set {
        self.0
    }
}

impl fmt::Display for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "AVX2",
            Set::Baseline if cfg!(target_arch = "aarch64") => "NEON",
            Set::Baseline if cfg!(target_arch = "x86_64") => "SSE2",
            Set::Baseline => "portable",
        })
    }
}
