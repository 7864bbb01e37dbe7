//! A quantile sketch: how many paths fell into each of many fixed bins.

use std::sync::Arc;

use crate::formula::single::SKETCH_BINS;

/// Bins of a page.
const PAGE: usize = 2048;
const PAGES: usize = (SKETCH_BINS as usize).div_ceil(PAGE);
/// Bins that are listed one by one at most: as many as four pages take.
const MOST_LISTED: usize = 8192;
/// Counters that are looked at together for one that is not 0.
const AT_ONCE: usize = 16;

/// Counts of paths by bin of y = (figure − centre) / scale; the bins are those of `shaders/formula/sketch.wgsl`.
///
/// A bin is as wide as 2⁻¹¹, or where |y| > 1 as 2⁻¹¹ of the power of two below |y|, so a place inside the bin of a figure
/// x is at most 2⁻¹¹·scale from it, or 2⁻¹¹·|x − centre|, and a place at the bin's middle at most half as much.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    counts: Counts,
}

/// Counts of bins that lie next to each other; `None` if there are none. Copies of a sketch share them until one is changed.
type Page = Option<Arc<[u64; PAGE]>>;

/// A bin with its count, above 0.
type Listed = (u32, u32);

/// Invariant: what can be listed is listed, so equal counts are equal sketches.
#[derive(Debug, Clone, PartialEq)]
enum Counts {
    /// Up to [`MOST_LISTED`] bins in their order, if all counts fit: of few paths, most bins have none. Shared as pages are.
    Listed(Arc<Vec<Listed>>),
    /// Pages of bins, each of which has a count above 0 if it is there.
    Paged(Vec<Page>),
}

impl Sketch {
    /// The sketch of nothing.
    pub fn new() -> Self {
        Sketch { counts: Counts::Listed(Arc::default()) }
    }

    /// Counts `count` more paths in `bin` = 0…[`SKETCH_BINS`] − 1.
    ///
    /// # Panics
    /// If there is no such bin.
    pub fn add(&mut self, bin: u32, count: u64) {
        assert!(bin < SKETCH_BINS, "the sketch has {SKETCH_BINS} bins, not a bin {bin}");
        if count == 0 {
            return;
        }
        let listed = match &mut self.counts {
            Counts::Paged(pages) => return add_paged(pages, bin, count),
            Counts::Listed(listed) => Arc::make_mut(listed),
        };
        let place = match listed.last() {
            // bins mostly come in their order
            Some(&(last, _)) if last >= bin => listed.binary_search_by_key(&bin, |&(bin, _)| bin),
            _ => Err(listed.len()),
        };
        let known = place.map_or(0, |place| u64::from(listed[place].1));
        match (u32::try_from(known + count), place) {
            (Ok(count), Ok(place)) => listed[place].1 = count,
            (Ok(count), Err(place)) if listed.len() < MOST_LISTED => listed.insert(place, (bin, count)),
            _ => add_paged(self.paged(), bin, count),
        }
    }

    /// Adds counts of bins in several stretches, each the counts of neighbours from its first bin on, in their order.
    ///
    /// # Panics
    /// If there are no such bins.
    pub fn add_counts<'c>(&mut self, stretches: impl Iterator<Item = (u32, &'c [u32])> + Clone) {
        let of_all = |(first, counts): (u32, &'c [u32])| {
            assert!(first as usize + counts.len() <= SKETCH_BINS as usize, "the sketch has {SKETCH_BINS} bins");
            counts.iter().filter(|&&count| count != 0).count()
        };
        let bins: usize = stretches.clone().map(of_all).sum();
        if bins > MOST_LISTED || matches!(self.counts, Counts::Paged(_)) {
            let pages = self.paged();
            return stretches.for_each(|(first, counts)| add_neighbours(pages, first as usize, counts));
        }
        // a list of their own is merged at once
        let mut listed = Vec::with_capacity(bins);
        for (first, counts) in stretches {
            for (bin, counts) in (first..).step_by(AT_ONCE).zip(counts.chunks(AT_ONCE)) {
                if counts.iter().fold(0, |any, &count| any | count) != 0 {
                    listed.extend((bin..).zip(counts.iter().copied()).filter(|&(_, count)| count != 0));
                }
            }
        }
        self.merge(&Sketch { counts: Counts::Listed(Arc::new(listed)) });
    }

    /// Counts the bins of single paths, which are in their order.
    ///
    /// # Panics
    /// If there is no such bin.
    pub fn add_sorted(&mut self, bins: &[u32]) {
        let last = bins.last().copied().unwrap_or(0);
        assert!(last < SKETCH_BINS, "the sketch has {SKETCH_BINS} bins, not a bin {last}");
        // stretches of which each can be listed
        for few in bins.chunks(MOST_LISTED) {
            self.merge(&Sketch { counts: Counts::Listed(Arc::new(runs(few))) });
        }
    }

    /// Adds the counts of another sketch.
    pub fn merge(&mut self, other: &Sketch) {
        match (&mut self.counts, &other.counts) {
            (_, Counts::Listed(theirs)) if theirs.is_empty() => {}
            (Counts::Listed(listed), _) if listed.is_empty() => self.counts = other.counts.clone(),
            (Counts::Listed(listed), Counts::Listed(theirs)) => match merged(listed, theirs) {
                Some(all) => *listed = Arc::new(all),
                None => add_all(self.paged(), theirs),
            },
            (Counts::Listed(listed), Counts::Paged(theirs)) => {
                let mut pages = theirs.clone();
                add_all(&mut pages, listed);
                self.counts = Counts::Paged(pages);
            }
            (Counts::Paged(pages), Counts::Listed(theirs)) => add_all(pages, theirs),
            (Counts::Paged(pages), Counts::Paged(theirs)) => {
                for (page, theirs) in pages.iter_mut().zip(theirs) {
                    match (page, theirs) {
                        (_, None) => {}
                        (Some(page), Some(theirs)) => {
                            Arc::make_mut(page).iter_mut().zip(theirs.iter()).for_each(|(a, b)| *a += b);
                        }
                        (page, theirs) => page.clone_from(theirs),
                    }
                }
            }
        }
    }

    /// The sum of many: faster than to merge them one by one, which goes through the growing sum for each.
    pub fn sum(all: &[&Sketch]) -> Sketch {
        let lists: Vec<&[Listed]> = all
            .iter()
            .filter_map(
                |sketch| if let Counts::Listed(listed) = &sketch.counts { Some(listed.as_slice()) } else { None },
            )
            .collect();
        if lists.len() == all.len() && lists.iter().map(|listed| listed.len()).sum::<usize>() <= MOST_LISTED {
            // sorting finds that they are sorted each
            let mut bins = lists.concat();
            bins.sort_by_key(|&(bin, _)| bin);
            let counts = bins.chunk_by(|one, next| one.0 == next.0);
            let mut sum = Sketch::new();
            counts.for_each(|same| sum.add(same[0].0, same.iter().map(|&(_, count)| u64::from(count)).sum()));
            return sum;
        }
        let mut sum = Sketch { counts: Counts::Paged(vec![None; PAGES]) };
        all.iter().for_each(|sketch| sum.merge(sketch));
        sum.listed_if_few()
    }

    /// The same, with a list of the bins where they are few enough.
    fn listed_if_few(self) -> Sketch {
        let Counts::Paged(pages) = &self.counts else { return self };
        let bins = pages.iter().flatten().map(|page| page.iter().filter(|&&count| count != 0).count());
        if bins.sum::<usize>() > MOST_LISTED {
            return self;
        }
        let listed = self.counts().map(|(bin, count)| Some((bin, u32::try_from(count).ok()?)));
        match listed.collect() {
            Some(listed) => Sketch { counts: Counts::Listed(Arc::new(listed)) },
            None => self,
        }
    }

    /// The bins that hold paths with their counts, in the order of the figure.
    pub fn counts(&self) -> impl DoubleEndedIterator<Item = (u32, u64)> {
        let (listed, pages): (&[Listed], &[Page]) = match &self.counts {
            Counts::Listed(listed) => (listed, &[]),
            Counts::Paged(pages) => (&[], pages),
        };
        let pages = pages.iter().enumerate().filter_map(|(i, page)| Some((i, page.as_deref()?)));
        let bins = pages.flat_map(|(i, page)| page.iter().enumerate().map(move |(j, &count)| (i * PAGE + j, count)));
        let paged = bins.filter(|&(_, count)| count > 0).map(|(bin, count)| (bin as u32, count));
        listed.iter().map(|&(bin, count)| (bin, u64::from(count))).chain(paged)
    }

    /// How many bins hold paths, where they are listed; 0 where they are too many.
    pub fn listed(&self) -> usize {
        if let Counts::Listed(listed) = &self.counts { listed.len() } else { 0 }
    }

    /// The number of paths in all bins.
    pub fn total(&self) -> u64 {
        self.counts().map(|(_, count)| count).sum()
    }

    /// The pages, which the list becomes if there is one.
    fn paged(&mut self) -> &mut [Page] {
        if let Counts::Listed(listed) = &self.counts {
            let mut pages = vec![None; PAGES];
            add_all(&mut pages, listed);
            self.counts = Counts::Paged(pages);
        }
        match &mut self.counts {
            Counts::Paged(pages) => pages,
            Counts::Listed(_) => unreachable!("the list became pages"),
        }
    }
}

fn add_all(pages: &mut [Page], listed: &[Listed]) {
    for of_page in listed.chunk_by(|one, next| one.0 as usize / PAGE == next.0 as usize / PAGE) {
        let page = Arc::make_mut(page(pages, of_page[0].0));
        of_page.iter().for_each(|&(bin, count)| page[bin as usize % PAGE] += u64::from(count));
    }
}

/// The page of a bin.
fn page(pages: &mut [Page], bin: u32) -> &mut Arc<[u64; PAGE]> {
    pages[bin as usize / PAGE].get_or_insert_with(bytemuck::allocation::zeroed_arc)
}

fn add_paged(pages: &mut [Page], bin: u32, count: u64) {
    Arc::make_mut(page(pages, bin))[bin as usize % PAGE] += count;
}

/// Adds counts of neighbouring bins, page by page.
fn add_neighbours(pages: &mut [Page], mut bin: usize, mut counts: &[u32]) {
    while !counts.is_empty() {
        let (now, rest) = counts.split_at(counts.len().min(PAGE - bin % PAGE));
        if now.iter().fold(0, |any, &count| any | count) != 0 {
            let page = Arc::make_mut(page(pages, bin as u32));
            page[bin % PAGE..].iter_mut().zip(now).for_each(|(total, &count)| *total += u64::from(count));
        }
        (bin, counts) = (bin + now.len(), rest);
    }
}

/// How often each of these bins comes, which are in their order and at most [`MOST_LISTED`]. There is no branch for each bin: whether the
/// next one differs is as good as random, so the processor would often guess wrong.
fn runs(bins: &[u32]) -> Vec<Listed> {
    let (mut ends, mut done) = (vec![0; bins.len()], 0);
    for (at, pair) in bins.windows(2).enumerate() {
        ends[done] = at as u32 + 1;
        done += usize::from(pair[0] != pair[1]);
    }
    let Some(last) = ends.get_mut(done) else { return Vec::new() };
    *last = bins.len() as u32;
    let mut start = 0;
    let run = |&end: &u32| (bins[end as usize - 1], end - std::mem::replace(&mut start, end));
    ends[..=done].iter().map(run).collect()
}

/// Both lists as one, in the order of bins, if it can be listed.
fn merged(mut one: &[Listed], mut other: &[Listed]) -> Option<Vec<Listed>> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    while let (Some(&(bin, count)), Some(&(theirs, more))) = (one.first(), other.first()) {
        let sum = if bin <= theirs { count } else { 0 }.checked_add(if theirs <= bin { more } else { 0 })?;
        all.push((bin.min(theirs), sum));
        one = &one[usize::from(bin <= theirs)..];
        other = &other[usize::from(theirs <= bin)..];
    }
    all.extend_from_slice(one);
    all.extend_from_slice(other);
    (all.len() <= MOST_LISTED).then_some(all)
}

impl Default for Sketch {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_back_in_order() {
        let mut sketch = Sketch::new();
        for (bin, count) in [(5000, 3), (0, 1), (SKETCH_BINS - 1, 2), (5000, 4), (30_000, 0)] {
            sketch.add(bin, count);
        }
        assert_eq!(sketch.counts().collect::<Vec<_>>(), [(0, 1), (5000, 7), (SKETCH_BINS - 1, 2)]);
        assert_eq!(sketch.total(), 10);
    }

    /// A sketch of these bins, each counted as often as its place is odd or even.
    fn of(bins: impl Iterator<Item = u32>) -> Sketch {
        let mut sketch = Sketch::new();
        bins.for_each(|bin| sketch.add(bin, 1 + u64::from(bin % 2)));
        sketch
    }

    #[test]
    fn few_bins_and_many_are_the_same_however_they_came_together() {
        // below, at and above what is listed; bins of either overlap
        for (ours, theirs) in [(5, 9), (1500, 1500), (5000, 5000), (8192, 8192), (8193, 1), (1, 9000), (9000, 9500)] {
            let (ours, theirs) = ((0..ours).map(|i| 7 * i), (0..theirs).map(|i| 5 * i));
            let mut whole = of(ours.clone());
            theirs.clone().for_each(|bin| whole.add(bin, 1 + u64::from(bin % 2)));
            let (mut one, mut other) = (of(ours.clone()), of(theirs.clone()));
            let first = one.clone();
            one.merge(&other);
            other.merge(&first);
            assert!(one == whole && other == whole, "{} and {} bins", ours.len(), theirs.len());
            let mut counts = vec![0; SKETCH_BINS as usize];
            whole.counts().for_each(|(bin, count)| counts[bin as usize] = count as u32);
            let (low, high) = counts.split_at(3001);
            let stretches = [(0, low), (3001, high)];
            let mut at_once = Sketch::new();
            at_once.add_counts(stretches.into_iter());
            assert_eq!(at_once, whole);
            let mut twice = whole.clone();
            twice.merge(&whole);
            at_once.add_counts(stretches.into_iter());
            assert_eq!(at_once, twice);
            assert_eq!(Sketch::sum(&[&of(ours.clone()), &of(theirs.clone())]), whole);
            assert_eq!(Sketch::sum(&[&whole, &Sketch::new(), &whole]), twice);
            let one_by_one = whole.counts().flat_map(|(bin, count)| (0..count).map(move |_| bin));
            let mut sorted = Sketch::new();
            sorted.add_sorted(&one_by_one.collect::<Vec<_>>());
            assert_eq!(sorted, whole);
            assert_eq!(whole.listed() > 0, whole.counts().count() <= MOST_LISTED);
            let backwards: Vec<(u32, u64)> = whole.counts().rev().collect();
            assert!(backwards.iter().rev().copied().eq(whole.counts()));
        }
    }

    #[test]
    fn counts_beyond_32_bits_are_the_same_however_they_came_together() {
        let most = u64::from(u32::MAX);
        let of = |counts: &[u64]| {
            let mut sketch = Sketch::new();
            counts.iter().for_each(|&count| sketch.add(7, count));
            sketch.add(9, 1);
            sketch
        };
        let whole = of(&[most + 3]);
        assert_eq!((whole.listed(), of(&[most]).listed()), (0, 2));
        assert_eq!(of(&[most, 3]), whole);
        let (mut merged, mut one) = (of(&[most]), Sketch::new());
        one.add(7, 3);
        merged.merge(&one);
        assert_eq!(merged, whole);
        one.merge(&of(&[most]));
        assert_eq!(one, whole);
        assert_eq!(whole.counts().collect::<Vec<_>>(), [(7, most + 3), (9, 1)]);
    }

    #[test]
    fn a_copy_stays_as_it_is_when_the_sketch_goes_on() {
        for bins in [100, 9000] {
            let mut sketch = of(0..bins);
            let copy = sketch.clone();
            sketch.add(5, 1);
            sketch.merge(&copy);
            assert_eq!(copy, of(0..bins));
            assert_eq!(sketch.total(), 2 * copy.total() + 1);
        }
    }

    #[test]
    fn merging_adds_counts_both_ways() {
        let (mut one, mut other, mut both) = (Sketch::new(), Sketch::new(), Sketch::new());
        for (bin, count) in [(10, 1), (4000, 5)] {
            one.add(bin, count);
            both.add(bin, count);
        }
        for (bin, count) in [(10, 2), (70_000, 7)] {
            other.add(bin, count);
            both.add(bin, count);
        }
        let first = one.clone();
        one.merge(&other);
        other.merge(&first);
        assert_eq!(one, both);
        assert_eq!(other, both);
    }

    #[test]
    #[should_panic(expected = "not a bin 73729")]
    fn a_bin_beyond_the_last_is_refused() {
        Sketch::new().add(SKETCH_BINS, 0);
    }
}
