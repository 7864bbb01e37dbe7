//! Numbers of points as ranges, in which thousands of neighbours take one line.

/// First and last of neighbouring numbers.
pub type Ranges = Vec<(usize, usize)>;

/// Ascending numbers as ranges.
pub fn ranges(numbers: impl IntoIterator<Item = usize>) -> Ranges {
    let mut ranges = Ranges::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

/// The numbers of ranges, in order.
pub fn numbers(ranges: &Ranges) -> impl Iterator<Item = usize> + '_ {
    ranges.iter().flat_map(|&(first, last)| first..=last)
}

/// Whether the numbers ascend.
pub fn ascend(ranges: &Ranges) -> bool {
    let apart = ranges.windows(2).all(|pair| pair[0].1 < pair[1].0);
    apart && ranges.iter().all(|(first, last)| first <= last && *last < usize::MAX)
}

/// How many numbers there are.
pub fn count(ranges: &Ranges) -> usize {
    ranges.iter().map(|(first, last)| (last + 1).saturating_sub(*first)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_the_same_numbers() {
        assert_eq!(ranges([]), []);
        let all = [0, 1, 2, 5, 7, 8];
        assert_eq!(ranges(all), [(0, 2), (5, 5), (7, 8)]);
        assert_eq!(numbers(&ranges(all)).collect::<Vec<_>>(), all);
        assert_eq!(count(&ranges(all)), 6);
        assert!(ascend(&ranges(all)) && !ascend(&ranges([2, 1])) && !ascend(&vec![(3, 1)]));
    }
}
