//! `delay`: delivery that may be late. `[delays]`: how the delays of one vendor hang together.

use super::super::super::clauses::Delay;
use super::super::super::item::{Fields, Item};
use super::super::super::limits::{Limits, number};
use super::super::common::share;
use super::of::Of;

const PROBABILITY: Limits = share("the probability that delivery is late");
const MEDIAN: Limits = Limits::positive("the median delay in years, if delivery is late").up_to(100.0);
const SIGMA: Limits = Limits::between(0.0, 10.0, "the standard deviation of the delay's logarithm");
const DAMAGES: Limits = Limits::between(0.0, 100.0, "the credit for late periods, as a share of their planned bills");
const DAMAGES_CAP: Limits = share("the most that is credited, as a share of the commitment");
const LONG_STOP: Limits = Limits::positive("the years of delay beyond which the contract never begins").up_to(100.0);
const CORRELATION: Limits = Limits::at_least(0.0, "the correlation of the delays of one vendor's contracts").below(1.0);

pub(super) fn delay(item: &Item, of: &Of) -> Option<Delay> {
    let fields = item.table("{ probability, median, sigma, damages, damages_cap, long_stop }")?;
    if let Some(contract) = of.contract.filter(|contract| contract.start < 0.0) {
        let title = format!("`delay` of a contract that already runs: its start is {}", number(contract.start));
        item.fail(title, "needs a `start` of at least 0", "service has begun, so delivery cannot be late");
    }
    if of.indexed {
        let hint = "damages are a share of the planned bill, which an indexed rate does not fix";
        for key in ["damages", "damages_cap"] {
            fields.refuse(key, "an indexed `rate`", hint);
        }
    }
    let probability = fields.required_number("probability", &PROBABILITY);
    let median = fields.required_number("median", &MEDIAN);
    let sigma = fields.required_number("sigma", &SIGMA);
    let damages = fields.number_or("damages", &DAMAGES, 0.0);
    let damages_cap = fields.number("damages_cap", &DAMAGES_CAP);
    let long_stop = fields.number("long_stop", &LONG_STOP);
    fields.finish();
    if damages_cap.is_some() && !fields.has("damages") && !of.indexed {
        let hint = "add `damages`, the credit as a share of planned bills";
        fields.warn("damages_cap", "`damages_cap` has no effect", "without `damages`", hint);
    }
    Some(Delay { probability: probability?, median: median?, sigma: sigma?, damages, damages_cap, long_stop })
}

/// The `[delays]`: the correlation. `any` says whether a contract has a delay.
pub fn delays(fields: &Fields, any: bool) -> Option<f64> {
    let correlation = fields.required_number("correlation", &CORRELATION);
    fields.finish();
    if !any {
        let hint = "add `delay` to contracts, or remove [delays]";
        fields.warn("correlation", "`correlation` of delays has no effect", "no contract has a `delay`", hint);
    }
    correlation
}
