//! How the normals of a factor's periods are made of the coordinates of a point: in which order dimensions are spent.

use crate::plan::double::twin::NONE;

/// In which order a factor's dimensions are spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Construction {
    /// Period by period.
    Time,
    /// First the sum over the horizon, then ever finer parts of it: a Brownian bridge.
    #[default]
    Bridge,
}

impl Construction {
    /// All of them.
    pub const ALL: [Construction; 2] = [Construction::Time, Construction::Bridge];

    /// The name in options and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Construction::Time => "time",
            Construction::Bridge => "bridge",
        }
    }

    /// The construction of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|construction| construction.name() == name)
    }
}

/// One coordinate's part in the normals of a factor. Nodes come in an order in which each finds its sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// How early its dimension is spent: 0 first.
    pub stage: u32,
    /// Of Sobol's points, or [`NONE`] where there are no more.
    pub dimension: u32,
    /// The first period of the sum that it splits, from 0; a node that splits none makes it.
    pub first: u32,
    /// The first period of the second part, from 0; `first` where nothing is split.
    pub middle: u32,
    /// The first part's share of the terms; 0 where nothing is split.
    pub share: f64,
    /// Standard deviation of what it adds.
    pub deviation: f64,
}

/// The nodes of a factor over so many periods.
pub fn nodes(construction: Construction, periods: u32) -> Vec<Node> {
    match construction {
        Construction::Time => (0..periods).map(|t| made(t, (t + 1).ilog2(), 1)).collect(),
        Construction::Bridge => bridge(periods),
    }
}

/// A node that makes the sum of so many normals from a period on.
fn made(first: u32, stage: u32, count: u32) -> Node {
    let deviation = f64::from(count).sqrt();
    Node { stage, dimension: NONE, first, middle: first, share: 0.0, deviation }
}

/// Sums are halved level by level. Given a sum S of m standard normals, that of m₁ of them has mean S·m₁/m and variance m₁·m₂/m.
fn bridge(periods: u32) -> Vec<Node> {
    let mut nodes = vec![made(0, 0, periods)];
    let mut level = vec![(0, periods)];
    for stage in 1.. {
        level.retain(|&(_, count)| count > 1);
        if level.is_empty() {
            break;
        }
        let mut finer = Vec::with_capacity(2 * level.len());
        for &(first, count) in &level {
            let (early, late) = (count.div_ceil(2), count / 2);
            let share = f64::from(early) / f64::from(count);
            let deviation = (share * f64::from(late)).sqrt();
            nodes.push(Node { stage, dimension: NONE, first, middle: first + early, share, deviation });
            finer.extend([(first, early), (first + early, late)]);
        }
        level = finer;
    }
    nodes
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::*;

    /// The normals are an orthogonal transform of the coordinates' normals, whatever the horizon.
    #[test]
    fn normals_stay_independent() {
        for construction in Construction::ALL {
            for periods in [1, 2, 3, 7, 12, 40, 96] {
                let nodes = nodes(construction, periods);
                let n = periods as usize;
                assert_eq!(nodes.len(), n);
                let mut rows = DMatrix::<f64>::zeros(n, n);
                for (k, node) in nodes.iter().enumerate() {
                    let (first, middle) = (node.first as usize, node.middle as usize);
                    let sum = rows.row(first).clone_owned();
                    let mut early = sum.clone() * node.share;
                    early[k] += node.deviation;
                    if middle != first {
                        rows.set_row(middle, &(sum - &early));
                    }
                    rows.set_row(first, &early);
                }
                let product = &rows * rows.transpose();
                assert!((product - DMatrix::identity(n, n)).abs().max() < 1e-12, "{construction:?}, {periods}");
            }
        }
    }
}
