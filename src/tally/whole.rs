//! Everything that is kept of a run.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::design::SampleDesign;
use super::figure::FigureTally;
use super::first_passage::FirstPassageTally;
use crate::plan::figure::FigureSpec;

/// Everything that is kept of the paths of a run, or of a part of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Paths simulated, invalid ones included.
    pub paths: u64,
    /// By figure, in the order of the plan's figures.
    pub figures: Vec<FigureTally>,
    /// By event or bubble, in the order of the plan's times.
    pub times: Vec<FirstPassageTally>,
    /// The paths that went wrong.
    pub invalid: Invalid,
    /// How the paths were drawn, with a tally of each replicate or cluster where they are not independent.
    pub design: SampleDesign<Tally>,
}

/// Paths in which a NaN or an infinity turned up. They are left out of all figures and times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Invalid {
    /// How many there are.
    pub count: u64,
    /// The lowest number of such a path among those that are drawn alike (see [`Tally::first_invalid`]).
    pub first: Option<u64>,
}

impl Tally {
    /// The tally of no paths, for the plan's figures and so many times over so many periods. It takes on the design of what
    /// is added.
    pub fn new(figures: &[FigureSpec], times: usize, periods: u32) -> Self {
        Tally {
            paths: 0,
            figures: figures.iter().map(|figure| FigureTally::new(figure.sketched)).collect(),
            times: vec![FirstPassageTally::new(periods); times],
            invalid: Invalid::default(),
            design: SampleDesign::Independent,
        }
    }

    /// Adds the tally of other paths.
    ///
    /// # Panics
    /// If the two are not of the same plan, or their paths were drawn by different designs.
    pub fn merge(&mut self, other: &Tally) {
        let shape = |tally: &Tally| (tally.figures.len(), tally.times.len());
        assert_eq!(shape(self), shape(other), "tallies of different plans do not merge");
        match (&self.design, &other.design) {
            (SampleDesign::Independent, theirs) if self.paths == 0 => self.design = theirs.clone(),
            (_, SampleDesign::Independent) if other.paths == 0 => {}
            (_, theirs) => self.design.merge(theirs, Tally::merge),
        }
        self.paths += other.paths;
        self.figures.iter_mut().zip(&other.figures).for_each(|(figure, theirs)| figure.merge(theirs));
        self.times.iter_mut().zip(&other.times).for_each(|(time, theirs)| time.merge(theirs));
        self.invalid.merge(&other.invalid);
    }

    /// The lowest number of an invalid path, with the paths of a scramble behind all those of the scrambles before.
    pub fn first_invalid(&self) -> Option<u64> {
        let SampleDesign::Replicated { scrambles } = &self.design else { return self.invalid.first };
        let mut before = 0;
        for scramble in scrambles.values() {
            if let Some(point) = scramble.invalid.first {
                return Some(before + point);
            }
            before += scramble.paths;
        }
        None
    }

    /// The paths that count: those in which nothing went wrong.
    pub fn valid_paths(&self) -> u64 {
        self.paths - self.invalid.count
    }
}

impl Tally {
    /// These independent paths as the batch of this number.
    pub fn in_batch(self, batch: u32) -> Self {
        self.assert_independent();
        let design = SampleDesign::Batched { batches: BTreeMap::from([(batch, self.paths)]) };
        Tally { design, ..self }
    }

    /// These paths as the quasi-random points under the scramble of this number.
    pub fn as_scramble(self, scramble: u32) -> Self {
        let part = self.part_of_scrambles();
        let design = SampleDesign::Replicated { scrambles: BTreeMap::from([(scramble, part.clone())]) };
        Tally { design, ..part }
    }

    /// Quasi-random points under these scrambles, each with its number and the tally of its points.
    ///
    /// # Panics
    /// If there are none, or they are not of the same plan.
    pub fn of_scrambles(scrambles: Vec<(u32, Tally)>) -> Self {
        let figures = (0..scrambles[0].1.figures.len()).into_par_iter();
        let figure = |place: usize| {
            FigureTally::sum(&scrambles.iter().map(|(_, part)| &part.figures[place]).collect::<Vec<_>>())
        };
        let figures: Vec<FigureTally> = figures.map(figure).collect();
        let mut times = scrambles[0].1.times.clone();
        for (_, part) in &scrambles[1..] {
            times.iter_mut().zip(&part.times).for_each(|(time, theirs)| time.merge(theirs));
        }
        let mut invalid = Invalid::default();
        scrambles.iter().for_each(|(_, part)| invalid.merge(&part.invalid));
        let paths = scrambles.iter().map(|(_, part)| part.paths).sum();
        let scrambles = scrambles.into_iter().map(|(number, part)| (number, part.part_of_scrambles())).collect();
        Tally { paths, figures, times, invalid, design: SampleDesign::Replicated { scrambles } }
    }

    /// These paths as those that share the parameter set of this number.
    pub fn as_set(self, set: u32) -> Self {
        self.assert_independent();
        let part = Tally { design: SampleDesign::Clustered { sets: BTreeMap::new() }, ..self };
        let design = SampleDesign::Clustered { sets: BTreeMap::from([(set, part.clone())]) };
        Tally { design, ..part }
    }

    /// As it stands among the scrambles of a tally.
    fn part_of_scrambles(self) -> Self {
        self.assert_independent();
        Tally { design: SampleDesign::Replicated { scrambles: BTreeMap::new() }, ..self }
    }

    fn assert_independent(&self) {
        assert_eq!(self.design, SampleDesign::Independent, "a tally has one design");
    }
}

impl Invalid {
    /// Notes an invalid path.
    pub fn add(&mut self, path: u64) {
        self.merge(&Invalid { count: 1, first: Some(path) });
    }

    /// Adds the invalid paths of another tally.
    pub fn merge(&mut self, other: &Invalid) {
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Draws, tally_of};
    use super::*;
    use crate::plan::figure::{Frame, Owner};
    use crate::registry::Figure;

    const FRAME: Frame = Frame { centre: 0.0, scale: 1.0 };

    fn specs() -> Vec<FigureSpec> {
        let spec = |slot, sketched| FigureSpec {
            owner: Owner::Organization(0),
            figure: Figure::Value,
            slot,
            frame: FRAME,
            sketched,
        };
        vec![spec(0, true), spec(1, false)]
    }

    /// A tally of some random paths, as an engine would hand it over.
    fn part(draws: &mut Draws, first_path: u64) -> Tally {
        let mut tally = Tally::new(&specs(), 2, 5);
        let values: Vec<f64> = (0..100).map(|_| draws.normal()).collect();
        tally.paths = 101;
        tally.invalid.add(first_path + draws.word() % 101);
        tally.figures[0] = tally_of(&values, FRAME);
        tally.figures[1] = FigureTally { sketch: None, ..tally_of(&values, FRAME) };
        for time in &mut tally.times {
            (0..30).for_each(|_| time.add(1 + (draws.word() % 5) as u32, 1));
        }
        tally
    }

    #[test]
    fn merging_is_commutative_and_associative() {
        let mut draws = Draws::new(11);
        let parts: Vec<Tally> = (0..9).map(|i| part(&mut draws, 101 * i)).collect();
        let mut forward = Tally::new(&specs(), 2, 5);
        parts.iter().for_each(|part| forward.merge(part));
        let mut backward = Tally::new(&specs(), 2, 5);
        parts.iter().rev().for_each(|part| backward.merge(part));
        let mut pairs = parts[8].clone();
        for pair in parts[..8].chunks(2) {
            let mut both = pair[1].clone();
            both.merge(&pair[0]);
            both.merge(&pairs);
            pairs = both;
        }
        assert_eq!(forward, backward);
        assert_eq!(forward, pairs);
        assert_eq!((forward.paths, forward.valid_paths(), forward.invalid.count), (909, 900, 9));
    }

    #[test]
    fn the_first_invalid_path_is_the_lowest() {
        let mut invalid = Invalid::default();
        assert_eq!(invalid.first, None);
        for path in [70, 12, 900] {
            invalid.add(path);
        }
        invalid.merge(&Invalid::default());
        assert_eq!(invalid, Invalid { count: 3, first: Some(12) });
    }

    #[test]
    fn invalid_paths_are_counted_scramble_by_scramble() {
        let mut draws = Draws::new(12);
        let mut whole = Tally::new(&specs(), 2, 5);
        for (scramble, invalid) in [(0, None), (1, Some(70)), (2, Some(3)), (3, None)] {
            let mut part = part(&mut draws, 0);
            part.invalid = Invalid::default();
            invalid.into_iter().for_each(|path| part.invalid.add(path));
            whole.merge(&part.as_scramble(scramble));
        }
        assert_eq!((whole.invalid.count, whole.first_invalid()), (2, Some(101 + 70)));
        let independent = part(&mut draws, 1000);
        assert_eq!(independent.first_invalid(), independent.invalid.first);
    }

    #[test]
    #[should_panic(expected = "different plans")]
    fn tallies_of_different_plans_do_not_merge() {
        Tally::new(&specs(), 2, 5).merge(&Tally::new(&specs(), 1, 5));
    }
}
