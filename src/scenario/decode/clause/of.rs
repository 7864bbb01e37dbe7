//! The contract whose clauses are read, and what they refer to.

use super::super::super::clauses::Condition;
use super::super::super::item::Fields;
use super::super::super::limits::Limits;
use super::super::super::model::{Contract, Horizon, Organization};
use super::super::condition::Happenings;
use super::super::organization::Factors;

/// What is taken off a market price.
pub(super) const DISCOUNT: Limits =
    Limits::any("the discount on the price: 0.2 is 20% off, a negative value is a mark-up").above(-10.0).below(1.0);

/// What clauses refer to. Where something could not be read it is `None`, and what depends on it is not checked.
pub struct World<'a> {
    pub horizon: Option<&'a Horizon>,
    pub factors: Factors<'a>,
    pub organizations: &'a [Option<Organization>],
    pub happenings: &'a Happenings<'a>,
}

/// Whose clauses are read.
pub(super) struct Of<'a> {
    /// The table of the contract.
    pub fields: &'a Fields<'a>,
    /// What the other keys say, `None` where they are wrong.
    pub contract: Option<&'a Contract>,
    pub organization: Option<usize>,
    /// Whether the rate follows an index.
    pub indexed: bool,
    pub world: &'a World<'a>,
}

impl Of<'_> {
    /// The condition of a clause.
    pub fn condition(&self, fields: &Fields) -> Option<Condition> {
        self.world.happenings.condition(fields, self.organization)
    }

    /// A multiple of a rate that the burst price is compared with, so that there must be one; `None` where it is wrong.
    pub fn market(&self, fields: &Fields, key: &'static str, limits: &Limits) -> Option<Option<f64>> {
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
    pub fn price(&self, fields: &Fields, key: &'static str) -> Option<usize> {
        let item = fields.required(key, "the factor that is the market price")?;
        self.world.factors.not_negative(&item, "a price")
    }
}
