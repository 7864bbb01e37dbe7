//! A tally as a list of whole numbers, for storing it and getting back the same bits.

use std::collections::BTreeMap;

use super::design::SampleDesign;
use super::figure::FigureTally;
use super::first_passage::FirstPassageTally;
use super::whole::Tally;

/// One number of a tally: what it is, of which figure or time, at which bin, limb or period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    pub item: i64,
    pub index: i64,
    pub key: i64,
    pub value: i64,
}

const PATHS: i64 = 0;
const INVALID: i64 = 1;
const FIRST_INVALID: i64 = 2;
/// `value` is a design other than independent paths, with the words of its parts behind it.
const DESIGN: i64 = 3;
/// `key` is the number of a part, `value` its paths; its words follow, except for those of a batch, which has no others.
const PART: i64 = 4;
const COUNT: i64 = 10;
const MIN: i64 = 11;
const MAX: i64 = 12;
const AT_MIN: i64 = 13;
const AT_MAX: i64 = 14;
/// Limbs of the sums of the first to fourth powers.
const POWER: i64 = 15;
/// `key` is the power whose sum is not finite.
const NOT_FINITE: i64 = 19;
const BIN: i64 = 20;
const TIME: i64 = 30;

const BATCHED: i64 = 1;
const REPLICATED: i64 = 2;
const CLUSTERED: i64 = 3;

/// No count is larger, so that sums of them fit.
const MOST_PATHS: i64 = 1 << 48;

impl Tally {
    /// Everything in it; equal tallies have equal lists. Independent paths are what a list without a design means.
    pub fn words(&self) -> Vec<Word> {
        let mut words = self.counts();
        let word = |item, key, value| Word { item, index: 0, key, value };
        let (design, parts) = match &self.design {
            SampleDesign::Independent => return words,
            SampleDesign::Batched { batches } => {
                words.push(word(DESIGN, 0, BATCHED));
                words.extend(batches.iter().map(|(&number, &paths)| word(PART, i64::from(number), paths as i64)));
                return words;
            }
            SampleDesign::Replicated { scrambles } => (REPLICATED, scrambles),
            SampleDesign::Clustered { sets } => (CLUSTERED, sets),
        };
        words.push(word(DESIGN, 0, design));
        for (&number, part) in parts {
            words.push(word(PART, i64::from(number), part.paths as i64));
            words.extend(part.counts());
        }
        words
    }

    /// The words of all but the design.
    fn counts(&self) -> Vec<Word> {
        let mut words = Vec::new();
        let mut put = |item, index: usize, key, value| words.push(Word { item, index: index as i64, key, value });
        put(PATHS, 0, 0, self.paths as i64);
        put(INVALID, 0, 0, self.invalid.count as i64);
        if let Some(first) = self.invalid.first {
            put(FIRST_INVALID, 0, 0, first as i64);
        }
        for (index, figure) in self.figures.iter().enumerate() {
            put(COUNT, index, 0, figure.count as i64);
            put(MIN, index, 0, figure.min.to_bits() as i64);
            put(MAX, index, 0, figure.max.to_bits() as i64);
            put(AT_MIN, index, 0, figure.at_min as i64);
            put(AT_MAX, index, 0, figure.at_max as i64);
            for (power, sum) in (0..).zip(&figure.powers) {
                for (limb, value) in sum.limbs() {
                    put(POWER + power, index, limb as i64, value);
                }
                if !sum.is_finite() {
                    put(NOT_FINITE, index, power, 1);
                }
            }
            for (bin, count) in figure.sketch.iter().flat_map(|sketch| sketch.counts()) {
                put(BIN, index, i64::from(bin), count as i64);
            }
        }
        for (index, time) in self.times.iter().enumerate() {
            for (period, &count) in (1..).zip(&time.counts).filter(|(_, count)| **count > 0) {
                put(TIME, index, period, count as i64);
            }
        }
        words
    }

    /// The paths of the tally that has these words.
    pub fn paths_of(words: &[Word]) -> Option<u64> {
        words.iter().find(|word| word.item == PATHS).and_then(|word| u64::try_from(word.value).ok())
    }

    /// Sets all words of a tally of so many paths in one that was empty; false if they cannot be those of one.
    pub fn set_words(&mut self, words: &[Word], paths: u64) -> bool {
        let (whole, design) = words.split_at(words.iter().position(|word| word.item == DESIGN).unwrap_or(words.len()));
        if let [kind, parts @ ..] = design {
            let Some(found) = self.design_of(kind.value, parts) else { return false };
            self.design = found;
        }
        self.set_counts(whole, paths) && self.is_whole()
    }

    /// The same without a design.
    fn set_counts(&mut self, words: &[Word], paths: u64) -> bool {
        words.iter().all(|word| self.set_word(*word)) && self.paths == paths && self.is_sound()
    }

    /// The design of a kind from the words of its parts, each a tally like this one, which is empty.
    fn design_of(&self, kind: i64, words: &[Word]) -> Option<SampleDesign<Tally>> {
        let mut starts: Vec<usize> = (0..words.len()).filter(|&at| words[at].item == PART).collect();
        starts.push(words.len());
        let parts = starts.windows(2).map(|ends| {
            let (head, rest) = words[ends[0]..ends[1]].split_first()?;
            let paths = u64::try_from(head.value).ok().filter(|_| head.value <= MOST_PATHS)?;
            Some((u32::try_from(head.key).ok()?, paths, rest))
        });
        let parts: Vec<(u32, u64, &[Word])> = parts.collect::<Option<_>>()?;
        let tallies = |design: SampleDesign<Tally>| {
            let tally = |&(number, paths, words): &(u32, u64, &[Word])| {
                let mut part = self.clone();
                let set = part.set_counts(words, paths);
                part.design = design.clone();
                set.then_some((number, part))
            };
            parts.iter().map(tally).collect::<Option<BTreeMap<u32, Tally>>>()
        };
        match kind {
            BATCHED => {
                let batches = parts.into_iter().map(|(number, paths, rest)| rest.is_empty().then_some((number, paths)));
                Some(SampleDesign::Batched { batches: batches.collect::<Option<_>>()? })
            }
            REPLICATED => {
                let scrambles = tallies(SampleDesign::Replicated { scrambles: BTreeMap::new() })?;
                Some(SampleDesign::Replicated { scrambles })
            }
            CLUSTERED => {
                let sets = tallies(SampleDesign::Clustered { sets: BTreeMap::new() })?;
                Some(SampleDesign::Clustered { sets })
            }
            _ => None,
        }
    }

    /// Whether the parts of the design make up the whole.
    fn is_whole(&self) -> bool {
        let parts = match &self.design {
            SampleDesign::Independent => return true,
            SampleDesign::Batched { batches } => return sum(batches.values().copied()) == Some(self.paths),
            SampleDesign::Replicated { scrambles: parts } | SampleDesign::Clustered { sets: parts } => parts,
        };
        if sum(parts.values().map(|part| part.paths)) != Some(self.paths) {
            return false;
        }
        let mut parts = parts.values().cloned();
        let Some(mut all) = parts.next() else { return true };
        parts.for_each(|part| all.merge(&part));
        all.invalid == self.invalid && (&all.figures, &all.times) == (&self.figures, &self.times)
    }

    /// Whether the counts can belong together, so that no estimate of them fails.
    fn is_sound(&self) -> bool {
        let Some(valid) = self.paths.checked_sub(self.invalid.count) else { return false };
        let figure = |figure: &FigureTally| {
            let ends = [figure.at_min, figure.at_max];
            let sketched = figure.sketch.as_ref().map(|sketch| sum(sketch.counts().map(|(_, count)| count)));
            figure.count <= valid
                && ends.iter().all(|&end| end <= figure.count)
                && sketched.is_none_or(|total| total == Some(figure.count))
                && (figure.count == 0 || figure.min <= figure.max)
        };
        let time = |time: &FirstPassageTally| sum(time.counts.iter().copied()).is_some_and(|total| total <= valid);
        self.figures.iter().all(figure) && self.times.iter().all(time)
    }

    /// Sets a word in a tally that was empty; false if it has no such place.
    fn set_word(&mut self, word: Word) -> bool {
        let Word { item, index, key, value } = word;
        let Ok(index) = usize::try_from(index) else { return false };
        let counted = matches!(item, PATHS..=FIRST_INVALID | COUNT | AT_MIN | AT_MAX | BIN | TIME);
        if counted && !(0..=MOST_PATHS).contains(&value) {
            return false;
        }
        match item {
            PATHS => self.paths = value as u64,
            INVALID => self.invalid.count = value as u64,
            FIRST_INVALID => self.invalid.first = Some(value as u64),
            TIME => {
                let place = usize::try_from(key).ok().and_then(|period| period.checked_sub(1));
                let count = place.and_then(|place| self.times.get_mut(index)?.counts.get_mut(place));
                return count.map(|count| *count = value as u64).is_some();
            }
            _ => {
                let Some(figure) = self.figures.get_mut(index) else { return false };
                match item {
                    COUNT => figure.count = value as u64,
                    MIN => figure.min = f64::from_bits(value as u64),
                    MAX => figure.max = f64::from_bits(value as u64),
                    AT_MIN => figure.at_min = value as u64,
                    AT_MAX => figure.at_max = value as u64,
                    BIN => {
                        let bin = u32::try_from(key).ok().filter(|&bin| bin < crate::formula::single::SKETCH_BINS);
                        let (Some(bin), Some(sketch)) = (bin, &mut figure.sketch) else { return false };
                        sketch.add(bin, value as u64);
                    }
                    NOT_FINITE if (0..4).contains(&key) => figure.powers[key as usize].add(f64::NAN),
                    _ if (POWER..POWER + 4).contains(&item) => {
                        let limb = usize::try_from(key).unwrap_or(usize::MAX);
                        return figure.powers[(item - POWER) as usize].set_limb(limb, value);
                    }
                    _ => return false,
                }
            }
        }
        true
    }
}

/// The sum of counts, unless it overflows.
fn sum(mut counts: impl Iterator<Item = u64>) -> Option<u64> {
    counts.try_fold(0, u64::checked_add)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Draws, run_of, tally_of};
    use super::super::{FigureTally, FirstPassageTally, Invalid};
    use super::*;
    use crate::plan::figure::Frame;

    #[test]
    fn a_tally_comes_back_from_its_words() {
        let mut draws = Draws::new(61);
        let values: Vec<f64> = (0..5000).map(|_| 1e9 * draws.normal() - 3e8).collect();
        let frame = Frame { centre: 2e8, scale: 2f64.powi(30) };
        let mut time = FirstPassageTally::new(7);
        (0..100).for_each(|_| time.add(1 + (draws.word() % 7) as u32, 1));
        let mut odd = FigureTally { sketch: None, ..tally_of(&[1.0, 2.0], frame) };
        odd.powers[2].add(f64::INFINITY);
        let tally = Tally {
            paths: 5003,
            figures: vec![tally_of(&values, frame), odd, FigureTally::new(true)],
            times: vec![time, FirstPassageTally::new(7)],
            invalid: Invalid { count: 3, first: Some(1 << 35) },
            design: SampleDesign::Independent,
        };
        let empty = || Tally {
            paths: 0,
            figures: vec![FigureTally::new(true), FigureTally::new(false), FigureTally::new(true)],
            times: vec![FirstPassageTally::new(7); 2],
            invalid: Invalid::default(),
            design: SampleDesign::Independent,
        };
        let mut back = empty();
        assert!(tally.words().into_iter().all(|word| back.set_word(word)));
        assert_eq!(back, tally);
        assert_eq!(back.words(), tally.words());
        assert_eq!((Tally::paths_of(&tally.words()), Tally::paths_of(&[])), (Some(5003), None));
        for (item, index, key) in
            [(99, 0, 0), (COUNT, 3, 0), (BIN, 1, 5), (BIN, 0, -1), (TIME, 0, 8), (TIME, 0, 0), (15, 0, 999)]
        {
            assert!(!empty().set_word(Word { item, index, key, value: 1 }), "{item} {index} {key}");
        }
    }
    #[test]
    fn every_design_comes_back_from_its_words() {
        let mut draws = Draws::new(62);
        let frame = Frame { centre: 0.0, scale: 1.0 };
        let empty = run_of(&[], frame, 0.5);
        for design in [Tally::in_batch, Tally::as_scramble, Tally::as_set] {
            let mut tally = empty.clone();
            for number in [7, 0, u32::MAX] {
                let values: Vec<f64> = (0..50).map(|_| draws.normal()).collect();
                tally.merge(&design(run_of(&values, frame, 0.5), number));
            }
            let words = tally.words();
            let read = |words: &[Word]| {
                let mut back = empty.clone();
                back.set_words(words, 150).then_some(back)
            };
            assert_eq!(read(&words).as_ref(), Some(&tally), "{}", tally.design.name());
            // a part that lacks a path, a part that is not there, a kind that nobody knows
            let part = words.iter().rposition(|word| word.item == PART).expect("there are parts");
            let mut short = words.clone();
            short[part].value -= 1;
            let mut unknown = words.clone();
            let kind = words.iter().position(|word| word.item == DESIGN).expect("a design");
            unknown[kind].value = 9;
            for wrong in [short.as_slice(), &words[..part], &unknown] {
                assert_eq!(read(wrong), None, "{}", tally.design.name());
            }
            // the whole alone are independent paths, as in stores of before
            assert_eq!(read(&words[..kind]).expect("it is whole").design, SampleDesign::Independent);
        }
    }
}
