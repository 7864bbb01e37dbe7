//! Delivery that may be late: what the scenario says of it.

use statrs::distribution::{ContinuousCDF as _, Normal};

use crate::report::chart::{Axis, Chart, Colour, Mark};
use crate::scenario::{Delay, Scenario};
use crate::text::harmless::short;
use crate::text::numbers::{exact, percentage};

/// Delays of one chart, so that they can be told apart.
const MOST: usize = 6;
/// Characters of a name.
const NAME: usize = 40;
/// Points of a line, and readings at most.
const POINTS: usize = 200;
const READINGS: usize = 40;
/// Standard deviations of the logarithm that the axis holds: 97.7% of the delays.
const WIDTH: f64 = 2.0;

/// Contracts whose delays are the same.
struct Group<'a> {
    contracts: Vec<&'a str>,
    delay: &'a Delay,
}

impl Group<'_> {
    fn name(&self) -> String {
        match self.contracts.as_slice() {
            [one] => short(one, NAME),
            [one, other] if one.len() + other.len() < NAME => format!("{one}, {other}"),
            [first, others @ ..] => format!("{} and {} others", short(first, NAME - 14), others.len()),
            [] => String::new(),
        }
    }
}

/// The probability that service has begun so many years after the start that was planned. Nothing begins once the delay is
/// longer than the long stop.
fn begun(delay: &Delay, late: f64) -> f64 {
    if late < 0.0 {
        return 0.0;
    }
    let late = delay.long_stop.map_or(late, |stop| late.min(stop));
    let share = if late <= 0.0 {
        0.0
    } else if delay.sigma > 0.0 {
        Normal::standard().cdf((late / delay.median).ln() / delay.sigma)
    } else {
        f64::from(u8::from(late >= delay.median))
    };
    1.0 - delay.probability * (1.0 - share)
}

/// The probability that service has begun, by lateness in years: a line for all contracts with the same delay, with a point at
/// its long stop. Several charts where there are many; none without delays.
pub fn delays(scenario: &Scenario) -> Vec<Chart> {
    let mut groups: Vec<Group> = Vec::new();
    for contract in &scenario.contracts {
        let Some(delay) = &contract.delay else { continue };
        match groups.iter_mut().find(|group| alike(group.delay, delay)) {
            Some(group) => group.contracts.push(&contract.name),
            None => groups.push(Group { contracts: vec![&contract.name], delay }),
        }
    }
    groups.chunks(MOST).map(chart).collect()
}

/// Whether service begins at the same times; damages do not matter.
fn alike(a: &Delay, b: &Delay) -> bool {
    (a.probability, a.median, a.sigma, a.long_stop) == (b.probability, b.median, b.sigma, b.long_stop)
}

fn chart(groups: &[Group]) -> Chart {
    let far = |delay: &Delay| (delay.median * (WIDTH * delay.sigma).exp()).max(1.15 * delay.long_stop.unwrap_or(0.0));
    let latest = groups.iter().map(|group| far(group.delay)).fold(0.0, f64::max);
    let x_axis = Axis::over("Years after the planned start", [0.0, latest].into_iter());
    let mut y_axis = Axis::shares("Probability that delivery has begun", [1.0].into_iter());
    let least = groups.iter().map(|group| 1.0 - group.delay.probability).fold(1.0, f64::min);
    // where nearly all is on time, the difference from 1 would be lost
    if least > 0.5 {
        y_axis.low = (20.0 * least).floor() / 20.0 - 0.05;
    }
    let texts = |late: f64| {
        let shares = groups.iter().map(|group| percent(begun(group.delay, late)));
        std::iter::once(exact(late, 4)).chain(shares).collect()
    };
    let rows = x_axis.ticks(READINGS).into_iter().map(|late| (late, texts(late))).collect();
    let columns = std::iter::once("years late".to_owned()).chain(groups.iter().map(Group::name)).collect();
    let said = groups.iter().map(|group| {
        let Delay { probability, median, long_stop, .. } = group.delay;
        let stop = long_stop.map_or_else(String::new, |stop| format!(", never if later than {} years", exact(stop, 4)));
        format!(
            "{}: on time with {}, otherwise late by a median of {} years{stop}",
            group.name(),
            percent(1.0 - probability),
            exact(*median, 4)
        )
    });
    let summary = format!("Cumulative probabilities by lateness. {}", said.collect::<Vec<_>>().join("; "));
    let mut chart = Chart::new("Late delivery", summary, x_axis, y_axis).reading(columns, rows);
    for (place, group) in groups.iter().enumerate() {
        let mut x: Vec<f64> = (0..=POINTS).map(|i| latest * i as f64 / POINTS as f64).collect();
        x.extend(group.delay.long_stop);
        // a delay that is certain in length is a step
        x.extend(
            (group.delay.sigma == 0.0)
                .then_some([group.delay.median * (1.0 - 1e-9), group.delay.median])
                .into_iter()
                .flatten(),
        );
        x.sort_by(f64::total_cmp);
        let y = x.iter().map(|&late| begun(group.delay, late)).collect();
        // those with a long stop are dashed, so that a line under them is seen
        let dashed = group.delay.long_stop.is_some();
        chart.marks.push(Mark::Line { name: group.name(), colour: Colour::of_series(place), dashed, x, y });
    }
    let stops = groups.iter().filter_map(|group| {
        let stop = group.delay.long_stop?;
        let y = begun(group.delay, stop);
        Some([stop, y, y, y])
    });
    let points: Vec<[f64; 4]> = stops.collect();
    if !points.is_empty() {
        chart.marks.push(Mark::Points { name: "long stop".into(), colour: Colour::Ink, upright: true, points });
    }
    chart
}

/// A share in per cent with one decimal.
fn percent(share: f64) -> String {
    percentage((share * 1e3).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::testing::scenario;

    fn delay(probability: f64, long_stop: Option<f64>) -> Delay {
        Delay { probability, median: 0.5, sigma: 0.6, damages: 0.0, damages_cap: None, long_stop }
    }

    #[test]
    fn probabilities_are_the_file_s() {
        let open = delay(0.4, None);
        assert_eq!([begun(&open, -0.01), begun(&open, 0.0)], [0.0, 0.6]);
        assert!((begun(&open, 0.5) - 0.8).abs() < 1e-9, "half of those late have begun at the median");
        // Φ(1) of those late
        assert!((begun(&open, 0.5 * 0.6_f64.exp()) - (0.6 + 0.4 * 0.841_344_746)).abs() < 1e-6);
        assert!((begun(&open, 1e6) - 1.0).abs() < 1e-9);
        let stopped = delay(0.4, Some(0.5));
        assert!((begun(&stopped, 3.0) - 0.8).abs() < 1e-9, "nothing begins after the long stop");
        let certain = Delay { sigma: 0.0, ..delay(0.4, None) };
        assert_eq!([begun(&certain, 0.49), begun(&certain, 0.5)], [0.6, 1.0]);
    }

    #[test]
    fn contracts_with_the_same_delay_share_a_line() {
        let mut scenario = scenario(2);
        assert!(delays(&scenario).is_empty());
        scenario.contracts[0].delay = Some(delay(0.4, None));
        scenario.contracts[1].delay = Some(Delay { damages: 0.5, ..delay(0.4, None) });
        scenario.contracts[2].delay = Some(delay(0.4, Some(1.0)));
        let [chart] = &delays(&scenario)[..] else { panic!("one chart is enough") };
        let names: Vec<&str> = chart.legend().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["deal-2, deal-1", "deal-0", "long stop"]);
        let points = chart
            .marks
            .iter()
            .find_map(|mark| if let Mark::Points { points, .. } = mark { Some(points) } else { None });
        let stop = points.expect("a long stop")[0];
        assert_eq!([stop[0], stop[1]], [1.0, begun(&delay(0.4, Some(1.0)), 1.0)]);
        assert!(chart.readings.rows.windows(2).all(|pair| pair[0].x < pair[1].x));
        assert_eq!(chart.readings.rows[0].texts, ["0", "60%", "60%"]);
    }

    #[test]
    fn many_delays_take_several_charts() {
        let mut scenario = scenario(6);
        for (i, contract) in scenario.contracts.iter_mut().enumerate() {
            contract.delay = Some(delay(0.1 + 0.1 * i as f64, None));
        }
        assert_eq!(delays(&scenario).len(), 2);
    }
}
