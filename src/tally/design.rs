//! How the paths of a tally were drawn, which decides what the errors of estimates are told from.

use std::collections::BTreeMap;

/// How paths were drawn, and what is kept of the parts that are independent of each other; `T` is the tally of a part.
///
/// The paths of a part need not be independent of each other. So a part's own tally has the same design, without parts,
/// and no measure gives an error for it alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum SampleDesign<T> {
    /// Every path is independent of all others.
    #[default]
    Independent,
    /// Independent paths in batches, which hold the same paths in every scenario that is compared.
    Batched {
        /// Paths of each batch, by its number.
        batches: BTreeMap<u32, u64>,
    },
    /// Quasi-random points under independent scrambles: each scramble is a replicate of the whole estimate.
    Replicated {
        /// The tally of each scramble, by its number.
        scrambles: BTreeMap<u32, T>,
    },
    /// Clusters of paths that share a set of parameters; the sets are drawn independently.
    Clustered {
        /// The tally of each parameter set, by its number. Several whole sets may stand under one number to save memory.
        sets: BTreeMap<u32, T>,
    },
}

impl<T> SampleDesign<T> {
    /// How paths were drawn, as documents call it. Batches are a cut through independent paths.
    pub fn name(&self) -> &'static str {
        match self {
            SampleDesign::Independent | SampleDesign::Batched { .. } => "independent",
            SampleDesign::Replicated { .. } => "replicated",
            SampleDesign::Clustered { .. } => "clustered",
        }
    }

    /// How many batches, replicates or clusters there are; 0 of independent paths.
    pub fn parts(&self) -> usize {
        match self {
            SampleDesign::Independent => 0,
            SampleDesign::Batched { batches } => batches.len(),
            SampleDesign::Replicated { scrambles: parts } | SampleDesign::Clustered { sets: parts } => parts.len(),
        }
    }
}

impl<T: Clone> SampleDesign<T> {
    /// Adds the parts of another tally of the same design; those of one number are one part, by `merge`.
    ///
    /// # Panics
    /// If the designs differ.
    pub(super) fn merge(&mut self, other: &Self, merge: impl Fn(&mut T, &T)) {
        match (self, other) {
            (SampleDesign::Independent, SampleDesign::Independent) => {}
            (SampleDesign::Batched { batches }, SampleDesign::Batched { batches: theirs }) => {
                theirs.iter().for_each(|(&number, paths)| *batches.entry(number).or_default() += paths);
            }
            (SampleDesign::Replicated { scrambles: parts }, SampleDesign::Replicated { scrambles: theirs })
            | (SampleDesign::Clustered { sets: parts }, SampleDesign::Clustered { sets: theirs }) => {
                for (&number, part) in theirs {
                    parts.entry(number).and_modify(|ours| merge(ours, part)).or_insert_with(|| part.clone());
                }
            }
            (ours, theirs) => {
                panic!("tallies of different designs do not merge: {} and {}", ours.name(), theirs.name())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::super::testing::{Draws, run_of};
    use super::*;
    use crate::plan::figure::Frame;

    const FRAME: Frame = Frame { centre: 0.0, scale: 1.0 };

    fn some(draws: &mut Draws, count: usize) -> Tally {
        let values: Vec<f64> = (0..count).map(|_| draws.normal()).collect();
        run_of(&values, FRAME, 0.5)
    }

    /// Merges in a random tree.
    fn merged(mut all: Vec<Tally>, draws: &mut Draws) -> Tally {
        draws.shuffle(&mut all);
        while all.len() > 1 {
            let last = all.pop().expect("more than one");
            let into = draws.word() as usize % all.len();
            all[into].merge(&last);
        }
        all.remove(0)
    }

    #[test]
    fn order_and_grouping_do_not_matter_in_any_design() {
        let mut draws = Draws::new(81);
        for design in [Tally::in_batch, Tally::as_scramble, Tally::as_set] {
            // two pieces of each of four parts, and two empty tallies, which have no design yet
            let pieces = (0..8).map(|i| design(some(&mut draws, 100 + i), i as u32 % 4));
            let mut pieces: Vec<Tally> = pieces.collect();
            pieces.extend([run_of(&[], FRAME, 0.5), run_of(&[], FRAME, 0.5)]);
            let first = merged(pieces.clone(), &mut draws);
            assert_eq!((first.paths, first.design.parts()), (828, 4));
            (0..20).for_each(|_| assert!(merged(pieces.clone(), &mut draws) == first));
        }
    }

    #[test]
    fn the_whole_is_the_sum_of_its_parts() {
        let mut draws = Draws::new(82);
        let pieces = (0..5).map(|_| some(&mut draws, 300)).collect::<Vec<Tally>>();
        let mut plain = run_of(&[], FRAME, 0.5);
        pieces.iter().for_each(|piece| plain.merge(piece));
        let whole = merged((0..).zip(pieces).map(|(set, piece)| piece.as_set(set)).collect(), &mut draws);
        assert_eq!((&whole.figures, &whole.times, whole.paths), (&plain.figures, &plain.times, 1500));
        let SampleDesign::Clustered { sets } = &whole.design else { panic!("{:?}", whole.design.name()) };
        assert_eq!(sets.values().map(|set| set.paths).collect::<Vec<_>>(), [300; 5]);
        assert!(sets.values().all(|set| set.design.name() == "clustered" && set.design.parts() == 0));
    }

    #[test]
    fn scrambles_at_once_are_those_that_come_one_by_one() {
        let mut draws = Draws::new(84);
        // few values, whose bins are listed, and many
        for count in [200, 4000] {
            let parts: Vec<(u32, Tally)> = (0..7).map(|number| (3 * number, some(&mut draws, count))).collect();
            let mut one_by_one = run_of(&[], FRAME, 0.5);
            parts.iter().for_each(|(number, part)| one_by_one.merge(&part.clone().as_scramble(*number)));
            assert!(Tally::of_scrambles(parts) == one_by_one);
        }
    }

    #[test]
    #[should_panic(expected = "different designs do not merge: replicated and independent")]
    fn designs_do_not_mix() {
        let mut draws = Draws::new(83);
        some(&mut draws, 10).as_scramble(0).merge(&some(&mut draws, 10));
    }
}
