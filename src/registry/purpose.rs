//! What random words are drawn for (model.md §2).

use super::registered;

/// What is declared of a purpose.
#[derive(Debug)]
pub struct PurposeEntry {
    pub name: &'static str,
    pub description: &'static str,
}

registered! {
    /// A word of the generator's key, so that a new use of random words moves no other draw. A number is never used again
    /// for something else.
    Purpose: PurposeEntry, "PURPOSE";
    Diffusion = 1, "diffusion", "Normals of the factors; the index is the factor's place in the file, from 0", {};
    Regime = 2, "regime", "Moves of the chain of regimes; the index is 0", {};
    JumpCount = 3, "jump_count", "Numbers of jumps; the index is the factor's place", {};
    JumpSize = 4, "jump_size", "Sizes of jumps; the index is the factor's place", {};
    Tranche = 5, "tranche", "Whether a tranche is paid in a period; the index is the tranche's place in the file", {};
    Crisis = 6, "crisis", "Whether a crisis begins or ends in a period; the index is 0", {};
    Delay = 7, "delay",
        "How late a contract is delivered, once per path: the first word decides whether, the second how much; the index is the contract's place in the file, or behind them that of its vendor among those that contracts name",
        {};
    Vendor = 8, "vendor",
        "Whether a vendor fails in a period, and behind all of these whether its contracts are taken over; the index is its place in the file",
        {};
    Workout = 9, "workout", "Whether an organization settles in a period; the index is its place in the file", {};
    Scramble = 10, "scramble",
        "Scrambles of quasi-random points, one for each dimension; the path is 0, and the dimension counts on as periods do elsewhere", {};
}
