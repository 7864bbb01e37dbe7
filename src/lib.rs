//! Risk engine for long-term compute commitments.
//!
//! ```text
//! scenario file ─▶ Scenario ─▶ Plan ─▶ Engine (gpu | cpu) ─▶ Tally ─▶ Measures ─▶ Result ─▶ table, JSON
//! ```
//!
//! [`registry`] has the words of the program: figures, metrics, processes.
//!
//! A [`scenario`] file is read and checked. A [`plan`] lowers it to flat tables on the time grid. An [`engine`] computes
//! paths from the plan, each a pure function of seed and path number, with the arithmetic of [`formula`], and adds them up
//! to a [`tally`]. [`measure`] makes estimates with errors of it, [`result`] the documents, [`report`] the tables, pages and
//! pictures that people look at. [`explain`] says what the words of files and results mean. [`magnitude`] warns of amounts whose
//! unit was mistaken. [`run`] has the use cases: one run,
//! scenarios beside each other under common random numbers, a profile over time, engines timed; [`sweep`] computes many points
//! into a store. A use case is put together by a builder with the same options as its command ([`run::Builder`]).
//! [`cli`] is the command line. Which of these may import which is drawn in docs/architecture.md.
//!
//! # A run
//!
//! `overhang run scenarios/aws-38b.toml` in Rust:
//!
//! ```
//! use overhang::registry::Figure;
//! use overhang::run::RunBuilder;
//!
//! let loaded = overhang::scenario::load("scenarios/aws-38b.toml".as_ref())?;
//! let found = RunBuilder::new(&loaded.scenario).paths(100_000).run()?;
//! let cost = &found.document.figures["system"][&Figure::CommitmentCost];
//! let bubble = &found.document.bubble["system"];
//! println!("{:.2} ± {:.2} {}", cost.mean.unwrap(), cost.se.unwrap(), cost.unit);
//! println!("bubble-risk probability {:.2}%", 100.0 * bubble.probability.unwrap());
//! # assert!((cost.mean.unwrap() - 29.805e9).abs() < 5.0 * cost.se.unwrap());
//! # assert!((bubble.probability.unwrap() - 0.369).abs() < 0.03);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A comparison
//!
//! `overhang compare docs/examples/start.toml`, with all variants of the file:
//!
//! ```
//! use overhang::result::Key;
//! use overhang::run::CompareBuilder;
//!
//! let files = [overhang::scenario::load("docs/examples/start.toml".as_ref())?];
//! let found = CompareBuilder::new(&files)?.paths(50_000).run()?;
//! let key: Key = "figures.lab.compute_cost.mean".parse()?;
//! for (variant, differences) in &found.document.differences {
//!     let of = &differences[&key].difference;
//!     println!("{variant}: {:+.3e} ± {:.0e}", of.value.unwrap(), of.se.unwrap());
//! }
//! # assert_eq!(found.document.differences.len(), 2);
//! # assert!(found.document.differences["flexible"][&key].difference.high.unwrap() < 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A sweep
//!
//! `overhang sweep docs/examples/start.toml --axis contract.cloud.take_or_pay=0.5:1.0:3 --out store`, which goes on where an earlier
//! process ended:
//!
//! ```
//! use overhang::sweep::{SweepBuilder, axis::Axis};
//!
//! # let place = tempfile::tempdir()?;
//! # let store = place.path().join("store");
//! let loaded = overhang::scenario::load("docs/examples/start.toml".as_ref())?;
//! let axis = Axis::new("contract.cloud.take_or_pay", "0.5:1.0:3")?;
//! let swept = SweepBuilder::new(&loaded).axis(axis).paths(20_000).run(&store)?;
//! let key = "bubble.lab.probability".parse()?;
//! for point in swept.results()? {
//!     println!("{}: {:.2}%", point.values[0], 100.0 * point.get(&key).unwrap());
//! }
//! # let shares: Vec<f64> = swept.results()?.iter().map(|point| point.get(&key).unwrap()).collect();
//! # assert!(shares.len() == 3 && shares[0] < shares[2], "{shares:?}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! 1. Only `engine::gpu` names wgpu's devices and kernels; only `storage`, `scenario`, `trajectories`, `sweep`, `fit` and `input` open
//!    files, only `cli` prints. Rooms import only what stands below them, and no files import each other in a circle.
//! 2. A [`scenario::Scenario`] cannot be invalid, and a [`plan::Plan`] needs no further checks: kernels have no error paths.
//! 3. The same plan, seed and path give the same draws on every engine, batch size, thread count and machine.
//! 4. [`tally::Tally::merge`] is associative and commutative bit for bit, so a result on a given device does not depend on
//!    how the work was cut or in which order it came back.
//! 5. The memory of a run does not grow with its paths.
//! 6. The model is written once, in `shaders`: formulas, and control flow from a period's factors to a path's figures.

pub mod cli;
pub mod distribution;
pub mod engine;
pub mod explain;
pub mod fit;
pub mod formula;
pub mod input;
pub mod magnitude;
pub mod measure;
pub mod plan;
pub mod registry;
pub mod report;
pub mod result;
pub mod run;
pub mod scenario;
pub mod signals;
pub mod storage;
pub mod sweep;
pub mod tally;
pub mod text;
pub mod trajectories;

/// The examples of the book's page about the library are tested with the others of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
pub mod book {}
