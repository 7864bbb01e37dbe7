//! What a check of an adapter on a reference scenario found.

/// How the paths of a GPU compare with those of the CPU engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    pub adapter: String,
    /// Its interface and driver.
    pub driver: String,
    /// Of the reference cases.
    pub scenario: String,
    /// Paths compared.
    pub paths: u64,
    /// The share of paths with a figure that differs by more than rounding; `None` if the adapter failed.
    pub different_paths: Option<f64>,
    /// The share of event and bubble times that differ.
    pub different_times: Option<f64>,
    /// Whether the shares are no more than roundings at thresholds explain.
    pub agrees: bool,
    /// What went wrong, if anything did.
    pub fault: Option<String>,
}
