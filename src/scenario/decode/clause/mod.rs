//! The clauses of contracts, one file each.

mod delay;
mod extension;
mod make_up;
mod reduction;
mod resale;
mod review;

use super::super::clauses::Condition;
use super::super::item::Fields;
use super::super::limits::Limits;
use super::super::model::{Contract, Horizon, Organization};
use super::super::tree::Value;
use super::common::sound;
use super::condition::Happenings;
use super::organization::Factors;
pub(super) use delay::delays;

/// What is taken off a market price.
const DISCOUNT: Limits =
    Limits::any("the discount on the price: 0.2 is 20% off, a negative value is a mark-up").above(-10.0).below(1.0);

/// What clauses refer to. Where something could not be read it is `None`, and what depends on it is not checked.
pub(super) struct World<'a> {
    pub horizon: Option<&'a Horizon>,
    pub factors: Factors<'a>,
    pub organizations: &'a [Option<Organization>],
    pub happenings: &'a Happenings<'a>,
}

/// Whose clauses are read.
struct Of<'a> {
    /// The table of the contract.
    fields: &'a Fields<'a>,
    /// What the other keys say, `None` where they are wrong.
    contract: Option<&'a Contract>,
    organization: Option<usize>,
    /// Whether the rate follows an index.
    indexed: bool,
    world: &'a World<'a>,
}

/// Completes one `[[contract]]`, and finishes its keys.
pub(super) fn complete(fields: &Fields, contract: Option<Contract>, world: &World) -> Option<Contract> {
    let rate = fields.optional("rate");
    let of = Of {
        fields,
        contract: contract.as_ref(),
        organization: fields.peek("organization").and_then(|name| world.happenings.organization_names.place(name)),
        indexed: rate.is_some_and(|item| matches!(item.node.value, Value::Table(_))),
        world,
    };
    let review = fields.optional("review").map(|item| review::review(&item, &of));
    let reduction = fields.optional("reduction").map(|item| reduction::reduction(&item, &of));
    let extension = fields.optional("extension").map(|item| extension::extension(&item, &of));
    let delay = fields.optional("delay").map(|item| delay::delay(&item, &of));
    let true_up = fields.optional("true_up").map(|item| make_up::true_up(&item, &of));
    let make_up = make_up::make_up(fields);
    let resale = fields.optional("resale").map(|item| resale::resale(&item, &of));
    fields.finish();
    let (review, reduction, extension) = (sound(review)?, sound(reduction)?, sound(extension)?);
    let (delay, true_up, resale) = (sound(delay)?, sound(true_up)?, sound(resale)?);
    Some(Contract { review, reduction, extension, delay, true_up, make_up, resale, ..contract? })
}

impl Of<'_> {
    /// The condition of a clause.
    fn condition(&self, fields: &Fields) -> Option<Condition> {
        self.world.happenings.condition(fields, self.organization)
    }

    /// A multiple of a rate that the burst price is compared with, so that there must be one; `None` where it is wrong.
    fn market(&self, fields: &Fields, key: &'static str, limits: &Limits) -> Option<Option<f64>> {
        let Some(item) = fields.optional(key) else { return Some(None) };
        let multiple = item.number(limits)?;
        let organization = self.organization.and_then(|place| self.world.organizations[place].as_ref());
        if let Some(organization) = organization.filter(|organization| organization.burst.is_none()) {
            let title = format!("`{key}` needs `burst`, which `{}` lacks", organization.name);
            let hint = "the burst price is the market; add `burst`, with limit = 0 to buy nothing";
            item.fail(title, "needs `burst` of the organization", hint);
            return None;
        }
        Some(Some(multiple))
    }

    /// A factor that is a market price.
    fn price(&self, fields: &Fields, key: &'static str) -> Option<usize> {
        let item = fields.required(key, "the factor that is the market price")?;
        self.world.factors.not_negative(&item, "a price")
    }
}
