//! The cases of docs/parties.md.

use overhang::plan::figure::{FirstPassage, Owner};
use overhang::registry::Figure;

use super::case::{CERTAIN_USE, Case, Check, Engines, at_quarter as at, on_every_engine, scenario};
use super::exact::{Lognormal, transition};

/// The cases of tranches, workouts, vendors and crises, by name.
pub const CASES: [(&str, Case); 7] = [
    ("a vendor that fails by chance", failure),
    ("a vendor that loses its capital", capital),
    ("tranches by regime and by vendor", tranches),
    ("a workout that ends contracts", exit),
    ("a workout at market rates", market),
    ("a crisis by chance", crisis),
    ("a crisis that is provoked", provoked),
];

const LAB: &str = "[[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n";
const CONTRACT: &str =
    "[[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 6.0\ncapacity = 1.0\nrate = 4e9\n";

/// The bill of a quarter of that contract.
const BILL: f64 = 1e9;
/// Quarters of the horizon, and of the contract.
const PERIODS: i32 = 16;
const ROWS: i32 = 24;

/// The probability that nothing with this intensity has happened by the end of quarter t.
fn survival(intensity: f64, t: i32) -> f64 {
    (-intensity * f64::from(t) / 4.0).exp()
}

fn by_period(of: impl FnMut(i32) -> f64) -> Vec<f64> {
    (1..=PERIODS).map(of).collect()
}

fn sum(of: impl Fn(i32) -> f64) -> f64 {
    (1..=PERIODS).map(of).sum()
}

/// A contract that is half prepaid runs until its vendor fails, and in a quarter of failures goes on. Two fifths of what is left
/// of the prepayment comes back. A stake is lost in the first quarter unless the vendor fails in it.
pub fn failure(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}{LAB}{CONTRACT}prepaid = 0.5\n\
         [[vendor]]\nname = \"V\"\nintensity = 0.15\nrecovery = 0.4\nnovation = 0.25\n\
         stakes = [{{ organization = \"lab\", value = 5e9, loss = 0.8 }}]\n\
         [[event]]\nname = \"failed\"\nmetric = \"failed\"\nvendor = \"V\""
    );
    let survives = |t: i32| survival(0.15, t);
    let goes_on = |t: i32| survives(t) + 0.25 * (1.0 - survives(t));
    let prepaid = 12.0 * BILL;
    let left = |t: i32| (prepaid - f64::from(t) * BILL).max(0.0);
    let bills: f64 = (13..=PERIODS).map(|t| goes_on(t) * BILL * at(t)).sum();
    let back = sum(|t| (survives(t - 1) - survives(t)) * 0.75 * 0.4 * left(t - 1) * at(t));
    let cost = prepaid + bills - back;
    let residual = (PERIODS + 1..=ROWS).map(|t| goes_on(PERIODS) * BILL * at(t)).sum();
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        let vendor = Owner::Counterparty(0);
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::ResidualCommitment, residual));
        checks.push(run.mean_of(vendor, Figure::Received, cost));
        checks.push(run.mean_of(vendor, Figure::Loss, 4e9 * survives(1) * at(1)));
        checks.extend(run.event_by_period_is(0, &by_period(|t| 1.0 - survives(t))));
        let failure = FirstPassage::Failure { vendor: 0 };
        checks.extend(run.time_by_period_is(failure, "failure", &by_period(|t| 1.0 - survives(t))));
    }
    checks
}

/// The stake of 4bn is lost in the first quarter, so a vendor with 3bn fails in the second and one with 5bn never.
pub fn capital(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    for (capital, fails) in [(3e9, true), (5e9, false)] {
        let rest = format!(
            "{CERTAIN_USE}{LAB}{CONTRACT}prepaid = 0.5\n\
             [[vendor]]\nname = \"V\"\ncapital = {capital}\nrecovery = 0.4\n\
             stakes = [{{ organization = \"lab\", value = 5e9, loss = 0.8 }}]"
        );
        let cost = match fails {
            true => 12.0 * BILL - 0.4 * 11.0 * BILL * at(2),
            false => 12.0 * BILL + (13..=PERIODS).map(|t| BILL * at(t)).sum::<f64>(),
        };
        for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
            let vendor = Owner::Counterparty(0);
            checks.push(run.is_certain(Figure::CommitmentCost, cost));
            checks.push(run.is_certain_of(vendor, Figure::Received, cost));
            checks.push(run.is_certain_of(vendor, Figure::Loss, 4e9 * at(1)));
            let failure = FirstPassage::Failure { vendor: 0 };
            let has_failed = |t: i32| f64::from(u8::from(fails && t >= 2));
            checks.extend(run.time_by_period_is(failure, "failure", &by_period(has_failed)));
        }
    }
    checks
}

/// One tranche has an intensity by regime in quarters 2 to 10: what is left unpaid is the chain's distribution, moved by e^{Qdt}
/// and thinned by e^{−λdt}. Another comes from a vendor that may fail first, which also ends its contract. A third waits for an
/// event of quarter 4.
pub fn tranches(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let tranche = |name: &str, terms: &str| {
        format!("[[tranche]]\nname = \"{name}\"\norganization = \"lab\"\nat = 0.5\nuntil = 2.5\n{terms}\n")
    };
    let rest = format!(
        "{CERTAIN_USE}[[factor]]\nname = \"sales\"\nprocess = \"table\"\nvalues = [[0, 0.0], [1, 1.0]]\n\
         [regimes]\nstates = [\"boom\", \"slow\", \"bust\"]\nstart = \"boom\"\n\
         intensity = [[\"boom\", \"slow\", 0.6], [\"slow\", \"bust\", 0.7], [\"slow\", \"boom\", 0.2], [\"bust\", \"boom\", 0.9]]\n\
         {LAB}cash = {{ opening = 20e9, opex = 0.0 }}\n{CONTRACT}\
         [[vendor]]\nname = \"V\"\nintensity = 0.2\n\
         [[event]]\nname = \"milestone\"\nmetric = \"factor\"\nfactor = \"sales\"\nabove = 0.9\n{}{}{}",
        tranche("buyer", "amount = 5e9\notherwise = 1e9\nintensity = { boom = 0.9, slow = 0.4 }"),
        tranche("partner", "amount = 2e9\notherwise = 5e8\nintensity = 0.5\nvendor = \"V\""),
        tranche("sold", "amount = 3e9\nwhen = \"milestone\"")
    );
    let window = 2..=10;
    let step = transition(&[[-0.6, 0.6, 0.0], [0.2, -0.9, 0.7], [0.9, 0.0, -0.9]], 0.25);
    let mut unpaid = [1.0, 0.0, 0.0];
    let buyer = by_period(|t| {
        unpaid = std::array::from_fn(|j| {
            let thinned = if window.contains(&t) { survival([0.9, 0.4, 0.0][j], 1) } else { 1.0 };
            (0..3).map(|i| unpaid[i] * step[i][j]).sum::<f64>() * thinned
        });
        1.0 - unpaid.iter().sum::<f64>()
    });
    let still_open = |t: i32| survival(0.5, (t.min(10) - 1).max(0));
    let pays = |t: i32| survival(0.2, t) * (still_open(t - 1) - still_open(t));
    let partner = by_period(|t| (1..=t).map(pays).sum());
    let [by_buyer, by_partner] = [&buyer, &partner].map(|of| of[PERIODS as usize - 1]);
    let funded = 5e9 * by_buyer + 1e9 * (1.0 - by_buyer) + 2e9 * by_partner + 3e9
        // the vendor is there and has not paid
        + 5e8 * survival(0.2, 10) * still_open(10);
    let billed = sum(|t| BILL * survival(0.2, t));
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        let times = [("buyer", &buyer), ("partner", &partner), ("sold", &by_period(|t| f64::from(u8::from(t >= 5))))];
        for (tranche, (name, exact)) in times.into_iter().enumerate() {
            checks.extend(run.time_by_period_is(FirstPassage::Tranche { tranche }, name, exact));
        }
        checks.push(run.mean_is(Figure::FinalCash, 20e9 + funded - billed));
    }
    checks
}

/// A workout's probability by period, and E[MU·max(r − Y(τ(t−1)), 0)]·D(τ(t)) of its claim, by the price Y that the vendor gets.
fn claims(hazard: f64, minimum: f64, elsewhere: impl Fn(f64) -> Lognormal) -> f64 {
    sum(|t| {
        let units = minimum * 0.25 * f64::from(ROWS + 1 - t);
        let claim = units * (4e9 - elsewhere(f64::from(t - 1) / 4.0).capped(4e9));
        (survival(hazard, t - 1) - survival(hazard, t)) * claim * at(t)
    })
}

const PRICE: &str = "[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 3e9\ndrift = 0.05\nvolatility = 0.3\n";

fn price(share: f64, year: f64) -> Lognormal {
    Lognormal { mean: share * 3e9 * (0.05 * year).exp(), deviation: 0.3 * year.sqrt() }
}

/// The claim is a put on what the vendor gets elsewhere, struck at the rate, at the time of an exponential.
pub fn exit(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}{PRICE}{LAB}workout = {{ hazard = 0.4, pay = 0.37, then = \"exit\" }}\n{CONTRACT}take_or_pay = 0.9\n\
         [[vendor]]\nname = \"V\"\nrelet = {{ price = \"price\", share = 0.8 }}"
    );
    let claimed = claims(0.4, 0.9, |year| price(0.8, year));
    let billed = sum(|t| survival(0.4, t) * BILL * at(t));
    let residual: f64 = (PERIODS + 1..=ROWS).map(|t| survival(0.4, PERIODS) * 0.9 * BILL * at(t)).sum();
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.push(run.mean_is(Figure::ExitCost, 0.37 * claimed));
        checks.push(run.mean_is(Figure::CommitmentCost, billed + 0.37 * claimed));
        checks.push(run.mean_is(Figure::ResidualCommitment, residual));
        checks.push(run.mean_is(Figure::Unserved, sum(|t| 0.25 * (1.0 - survival(0.4, t)))));
        checks.push(run.mean_of(Owner::Counterparty(0), Figure::Loss, 0.63 * claimed));
        let workout = FirstPassage::Workout { organization: 0 };
        checks.extend(run.time_by_period_is(workout, "workout", &by_period(|t| 1.0 - survival(0.4, t))));
    }
    checks
}

/// From the settlement on the lab pays the lower of rate and burst price, with its premium.
pub fn market(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}{PRICE}{LAB}burst = {{ price = \"price\", premium = 0.1 }}\n\
         workout = {{ hazard = 0.4, pay = 0.37, then = \"market\" }}\n{CONTRACT}take_or_pay = 0.9\n\
         [[vendor]]\nname = \"V\""
    );
    let claimed = claims(0.4, 0.9, |year| price(1.1, year));
    let bill = |t: i32| {
        let (kept, market) = (survival(0.4, t), price(1.1, f64::from(t) / 4.0).capped(4e9));
        kept * BILL + (1.0 - kept) * 0.25 * market
    };
    let residual: f64 = (PERIODS + 1..=ROWS).map(|t| survival(0.4, PERIODS) * 0.9 * BILL * at(t)).sum();
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.push(run.mean_is(Figure::ExitCost, 0.37 * claimed));
        checks.push(run.mean_is(Figure::CommitmentCost, sum(|t| bill(t) * at(t)) + 0.37 * claimed));
        checks.push(run.mean_is(Figure::ResidualCommitment, residual));
        checks.push(run.mean_of(Owner::Counterparty(0), Figure::Loss, 0.63 * claimed));
    }
    checks
}

/// A crisis comes and goes as a chain of two states, with all that it multiplies, and triples the intensity of a vendor.
pub fn crisis(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let chance =
        "[crisis]\nhazard = 0.2\nrecovery = 0.5\nprice = 0.7\nuse = 0.9\nperformance_return = 0.75\nfund = 0.25\n";
    let rest = format!(
        "{CERTAIN_USE}{PRICE}[[factor]]\nname = \"return\"\nprocess = \"table\"\nvalues = 5e9\n\
         {LAB}performance_return = \"return\"\nburst = {{ price = \"price\" }}\n\
         cash = {{ opening = 2e9, margin = 0.8, opex = 0.0, funding = [[1, 1e9], [2.5, 2e9]] }}\n\
         {chance}[[event]]\nname = \"panic\"\nmetric = \"crisis\""
    );
    let [begins, ends] = [0.2, 0.5].map(|intensity| 1.0 - survival(intensity, 1));
    let mut share = 0.0;
    let shares = by_period(|_| {
        share = share * (1.0 - ends) + (1.0 - share) * begins;
        share
    });
    let lasts = |t: i32| shares[t as usize - 1];
    // what is left on average of an amount that a crisis multiplies
    let left = |t: i32, multiplier: f64| 1.0 - (1.0 - multiplier) * lasts(t);
    let burst = |t: i32| 0.25 * price(1.0, f64::from(t) / 4.0).mean * left(t, 0.7 * 0.9);
    let value = |t: i32| 0.25 * 5e9 * left(t, 0.75 * 0.9);
    let cash = 2e9 + sum(|t| 0.8 * value(t) - burst(t)) + 1e9 * left(4, 0.25) + 2e9 * left(10, 0.25);
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.push(run.mean_is(Figure::BurstCost, sum(|t| burst(t) * at(t))));
        checks.push(run.mean_is(Figure::Used, sum(|t| 0.25 * left(t, 0.9))));
        checks.push(run.mean_is(Figure::Value, sum(|t| value(t) * at(t))));
        checks.push(run.mean_is(Figure::FinalCash, cash));
        checks.extend(run.event_by_period_is(0, &by_period(|t| 1.0 - survival(0.2, t))));
    }
    let rest = format!("{CERTAIN_USE}{LAB}{CONTRACT}{chance}[[vendor]]\nname = \"V\"\nintensity = 0.1\ncrisis = 3.0\n");
    let mut alive = [1.0, 0.0];
    let failed = by_period(|_| {
        let calm = alive[0] * (1.0 - begins) + alive[1] * ends;
        let troubled = alive[0] * begins + alive[1] * (1.0 - ends);
        alive = [calm * survival(0.1, 1), troubled * survival(0.3, 1)];
        1.0 - alive[0] - alive[1]
    });
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.extend(run.time_by_period_is(FirstPassage::Failure { vendor: 0 }, "failure", &failed));
    }
    checks
}

/// A lab that earns three fifths of its costs all the time, and whose bubble bursts in quarter 4, so that the intensity of a
/// crisis is known for every quarter: λ, λe^{2·0.4} from the second, and e^{0.7} times that from the fifth.
pub fn provoked(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}[[factor]]\nname = \"return\"\nprocess = \"table\"\nvalues = 3e9\n\
         [[factor]]\nname = \"mood\"\nprocess = \"table\"\nvalues = [[0, 1.0], [1, 0.0]]\n\
         {LAB}performance_return = \"return\"\ncash = {{ opening = 0.0, margin = 0.8, opex = 0.0 }}\n{CONTRACT}\
         [crisis]\nhazard = 0.05\nsensitivity = 2.0\ncontagion = 0.7\n\
         [[event]]\nname = \"panic\"\nmetric = \"crisis\"\n\
         [[event]]\nname = \"gloom\"\nmetric = \"factor\"\nfactor = \"mood\"\nbelow = 0.1\n\
         [bubble]\nany = [\"gloom\"]"
    );
    let intensity = |t: i32| {
        let gap = if t == 1 { 0.0 } else { 1.0 - 0.8 * 3.0 / 4.0 };
        let contagion = if t > 4 { 0.7 } else { 0.0 };
        0.05 * f64::exp(2.0 * gap + contagion)
    };
    let exact = by_period(|t| 1.0 - (-0.25 * (1..=t).map(intensity).sum::<f64>()).exp());
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.extend(run.event_by_period_is(0, &exact));
    }
    checks
}
