//! What a path's randomness comes from.

/// A source of randomness, whose draws can be taken anew while those of all others stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The normals of a factor, by its place. Correlated factors share those of the factors before them.
    Shocks { factor: usize },
    /// Numbers and sizes of a factor's jumps.
    Jumps { factor: usize },
    /// Moves of the chain of regimes.
    Regimes,
    /// How late contracts are delivered.
    Delays,
    /// Which vendors fail, and whose contracts are taken over.
    Vendors,
    /// When the credit crisis begins and ends.
    Crisis,
    /// Which tranches are paid.
    Tranches,
    /// Which organizations settle with their vendors.
    Workouts,
}
