//! What the program has words for: figures and their owners, metrics, processes, purposes of draws, and what a profile
//! observes. Each is declared once, here, with its name and what is to be known of it. The Rust enums, the constants of
//! the kernels, the JSON Schemas and the tables in the documentation all come from these declarations.
//!
//! `build.rs` includes this module too, so it uses nothing but the standard library.

mod figure;
mod metric;
mod observable;
mod owner;
mod process;
mod purpose;
mod template;
mod trigger;

use std::fmt::Write as _;

pub use figure::{Discounting, Figure, FigureEntry, Requirement, Side, SideEntry, Unit};
pub use metric::{Ingredient, Magnitude, MetricEntry, MetricKind, Operand};
pub use observable::{ObservableEntry, ObservableKind};
pub use owner::{CLAUSE_FIGURES, OwnerEntry, OwnerKind};
pub use process::{ProcessEntry, ProcessKind, Transform, TransformEntry};
pub use purpose::{Purpose, PurposeEntry};
pub use template::filled;
pub use trigger::{TriggerEntry, TriggerKind};

/// A list of things that are declared in this module.
pub trait Registered: Copy + PartialEq + 'static {
    /// What the list is called in the kernels, for example `METRIC`.
    const LIST: &'static str;

    /// All of them, in the order of their declaration.
    const ALL: &'static [Self];

    /// The name in files and documents, for example `stranded_share`.
    fn name(self) -> &'static str;

    /// What it is, in a sentence without its full stop.
    fn description(self) -> &'static str;

    /// Its number in the kernels.
    fn number(self) -> u32;

    /// The one of this name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

/// Declares an enum whose variants have a number, a name, a description, and an entry with everything else.
macro_rules! registered {
    (
        $(#[$attribute:meta])*
        $list:ident: $entry:ident, $constant:literal;
        $($variant:ident = $number:literal, $name:literal, $description:literal, { $($field:ident: $value:expr),* $(,)? };)+
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u32)]
        pub enum $list {
            $(#[doc = $description] $variant = $number,)+
        }

        impl $list {
            /// The name in files and documents.
            pub const fn name(self) -> &'static str {
                self.entry().name
            }

            /// Its number in the kernels.
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// What is declared of it.
            pub const fn entry(self) -> &'static $entry {
                match self {
                    $($list::$variant => &$entry { name: $name, description: $description, $($field: $value),* },)+
                }
            }
        }

        impl $crate::registry::Registered for $list {
            const LIST: &'static str = $constant;
            const ALL: &'static [Self] = &[$($list::$variant),+];

            fn name(self) -> &'static str {
                self.name()
            }

            fn description(self) -> &'static str {
                self.entry().description
            }

            fn number(self) -> u32 {
                self.number()
            }
        }
    };
}
use registered;

/// The constants of all lists as the kernels have them, for example `const METRIC_CASH: u32 = 0u;`.
pub fn constants() -> String {
    let mut wgsl = String::from("// Numbers of what src/registry declares.\n");
    list::<Figure>(&mut wgsl);
    count(&mut wgsl, "CLAUSE_FIGURE", CLAUSE_FIGURES.len());
    for owner in OwnerKind::ALL {
        count(&mut wgsl, &format!("{}_FIGURE", upper(owner.name())), owner.entry().figures.len());
    }
    list::<MetricKind>(&mut wgsl);
    list::<Transform>(&mut wgsl);
    list::<Purpose>(&mut wgsl);
    list::<TriggerKind>(&mut wgsl);
    list::<ObservableKind>(&mut wgsl);
    wgsl
}

fn list<T: Registered>(wgsl: &mut String) {
    for one in T::ALL {
        constant(wgsl, &format!("{}_{}", T::LIST, upper(one.name())), one.number());
    }
}

fn count(wgsl: &mut String, list: &str, length: usize) {
    constant(wgsl, &format!("{list}_COUNT"), length as u32);
}

fn constant(wgsl: &mut String, name: &str, value: u32) {
    writeln!(wgsl, "const {name}: u32 = {value}u;").expect("a String takes all");
}

fn upper(name: &str) -> String {
    name.to_ascii_uppercase()
}
