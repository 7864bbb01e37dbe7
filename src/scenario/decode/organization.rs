//! Organizations: what they want, what use is worth to them, what they may buy, and their cash.

use super::super::item::Item;
use super::super::limits::{Limits, number, rounded};
use super::super::model::{Burst, Cash, Curve, Demand, Diminishing, Dispatch, Factor, Organization};
use super::super::names::Names;
use super::super::tree::Value;
use super::common::{SCALE, label, sound};
use crate::scenario::item::Fields;
use crate::scenario::model::UNLIMITED;

const DEMAND: Limits = Limits::at_least(
    0.0,
    "the use at u = 1 in capacity units: a number, [[year, value], …], or \"planned\" for the contracts' capacity",
);
const EXPONENT: Limits = Limits::between(0.0, 5.0, "how fast value diminishes; 0 means not at all");
const REFERENCE: Limits =
    Limits::positive("the effective capacity-unit-years after which value has visibly diminished");
const EFFICIENCY: Limits =
    Limits::between(-5.0, 5.0, "the growth of the effect of a unit of compute per year: 0.2 is 20%");
const PREMIUM: Limits = Limits::any("the mark-up on the price: 0.25 is 25%").above(-1.0).up_to(100.0);
const LIMIT: Limits = Limits::at_least(
    0.0,
    "the most capacity units bought on demand: a number or [[year, value], …]; no limit if omitted",
);
const MAX_PRICE: Limits = Limits::positive("the price with premium above which nothing is bought");
const OPENING: Limits = Limits::any("the balance at the start date in currency");
const MARGIN: Limits = Limits::between(-10.0, 10.0, "the share of value that becomes cash");
const FLOW: Limits = Limits::any("currency per year: a number or [[year, value], …]");
const INTEREST: Limits = Limits::between(-1.0, 3.0, "the interest per year on a balance above 0: 0.03 is 3%");
const BORROWING: Limits = Limits::between(-1.0, 3.0, "the interest per year on a balance below 0: 0.12 is 12%");
const FUNDING: Limits = Limits::any("the amount in currency");

/// The factors of the file: names always, what they are where it could be read.
pub(super) struct Factors<'a> {
    pub names: &'a Names,
    pub read: &'a [Option<Factor>],
}

impl Factors<'_> {
    /// A factor that must not fall below 0, because it is `what`.
    pub(super) fn not_negative(&self, item: &Item, what: &str) -> Option<usize> {
        let place = self.names.find(item)?;
        if let Some(factor) = &self.read[place]
            && factor.process.range().0 < 0.0
        {
            let title = format!("`{}` names `{}`, which can be negative", item.subject, factor.name);
            let hint = format!("{what} cannot be negative: give the factor a `lower` or `values` of at least 0");
            item.fail(title, "must be a factor that stays at 0 or above", hint);
            return None;
        }
        Some(place)
    }
}

/// One `[[organization]]` but for its `workout`, which refers to what comes later; its keys are not finished.
pub(super) fn organization(fields: &Fields, name: &str, factors: &Factors) -> Option<Organization> {
    let label = label(fields);
    let meaning = "the factor u: the use wanted, relative to `demand`";
    let utilization = fields.required("utilization", meaning).and_then(|item| factors.not_negative(&item, "use"));
    let demand = fields.required("demand", DEMAND.meaning).and_then(|item| demand(&item));
    let performance_return = fields.optional("performance_return").map(|item| factors.names.find(&item));
    let diminishing = fields.optional("diminishing").map(|item| diminishing(&item));
    let burst = fields.optional("burst").map(|item| burst(&item, factors));
    let dispatch = dispatch(fields);
    let cash = fields.optional("cash").map(|item| cash(&item));
    if diminishing.is_some() && performance_return.is_none() {
        let hint = "value is `performance_return` × use; add `performance_return`";
        fields.warn("diminishing", "`diminishing` has no effect", "without `performance_return`", hint);
    }
    Some(Organization {
        name: name.to_owned(),
        label,
        utilization: utilization?,
        demand: demand?,
        performance_return: sound(performance_return)?,
        diminishing: sound(diminishing)?,
        burst: sound(burst)?,
        dispatch: dispatch?,
        cash: sound(cash)?,
        workout: None,
    })
}

fn demand(item: &Item) -> Option<Demand> {
    match &item.node.value {
        Value::Text(word) if word == "planned" => Some(Demand::Planned),
        Value::Text(_) => item.choice(&["planned"], DEMAND.meaning).map(|_| Demand::Planned),
        _ => item.curve(&DEMAND).map(Demand::Curve),
    }
}

fn diminishing(item: &Item) -> Option<Diminishing> {
    let fields = item.table("{ exponent, reference, efficiency }")?;
    let exponent = fields.required_number("exponent", &EXPONENT);
    let reference = fields.required_number("reference", &REFERENCE);
    let efficiency = fields.number_or("efficiency", &EFFICIENCY, 0.0);
    fields.finish();
    Some(Diminishing { exponent: exponent?, reference: reference?, efficiency })
}

fn burst(item: &Item, factors: &Factors) -> Option<Burst> {
    let fields = item.table("{ price, scale, premium, limit, max_price }")?;
    let meaning = "the factor that is the market price";
    let price = fields.required("price", meaning).and_then(|item| factors.not_negative(&item, "a price"));
    let scale = fields.number_or("scale", &SCALE, 1.0);
    let premium = fields.number_or("premium", &PREMIUM, 0.0);
    let limit = match fields.optional("limit") {
        Some(item) => item.curve(&LIMIT),
        None => Some(Curve::constant(UNLIMITED)),
    };
    let max_price = fields.number("max_price", &MAX_PRICE);
    fields.finish();
    Some(Burst { price: price?, scale, premium, limit: limit?, max_price })
}

fn dispatch(fields: &Fields) -> Option<Dispatch> {
    let Some(item) = fields.optional("dispatch") else { return Some(Dispatch::Priority) };
    match item.choice(&["priority", "merit"], "the order of the second pass: priority, or merit with burst")? {
        0 => Some(Dispatch::Priority),
        _ if fields.has("burst") => Some(Dispatch::Merit),
        _ => {
            let hint =
                "merit order compares contracts with the burst price; add `burst`, with limit = 0 to buy nothing";
            item.fail("`dispatch` is \"merit\", but there is no `burst`", "must be \"priority\" without `burst`", hint);
            None
        }
    }
}

fn cash(item: &Item) -> Option<Cash> {
    let fields = item.table("{ opening, margin, income, opex, interest, borrowing, funding }")?;
    let opening = fields.number_or("opening", &OPENING, 0.0);
    let margin = fields.number_or("margin", &MARGIN, 1.0);
    let flow = |key| fields.optional(key).map_or(Some(Curve::constant(0.0)), |item| item.curve(&FLOW));
    let (income, opex) = (flow("income"), flow("opex"));
    let interest = fields.number_or("interest", &INTEREST, 0.0);
    let borrowing = fields.number_or("borrowing", &BORROWING, interest);
    let funding = fields.optional("funding").map_or(Some(Vec::new()), |item| item.lumps(&FUNDING));
    fields.finish();
    if !fields.has("opex") {
        let hint = "without it, compute is the organization's only cost; write opex = 0 if that is intended";
        fields.warn("opex", "`cash` has no `opex`", "operating costs count as 0", hint);
    }
    Some(Cash { opening, margin, income: income?, opex: opex?, interest, borrowing, funding: funding? })
}

/// Warns of lumps that no path can receive.
pub(super) fn late_funding(cash: &Cash, fields: &Fields, years: f64) {
    if let Some([year, _]) = cash.funding.iter().find(|[year, _]| *year > years + 1e-9) {
        let title = format!("funding in year {} comes after the horizon", number(*year));
        fields.warn("cash", title, format!("the horizon is {} years", rounded(years)), "this payment has no effect");
    }
}
