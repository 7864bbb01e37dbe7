//! Why a module was not written out.

use std::fmt;

/// Why a module was not written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It would have more expressions than allowed.
    TooLarge,
    /// It has something that the passes do not know, or that they cannot make constant: a mistake in the kernels.
    Kernel(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::TooLarge => f.write_str("the kernel is too large to be written out"),
            Fault::Kernel(what) => f.write_str(what),
        }
    }
}
