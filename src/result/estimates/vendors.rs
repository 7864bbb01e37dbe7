//! Vendors of the result document: what their contracts cost, what they received and lost, and by whom.

use indexmap::IndexMap;

use super::View;
use crate::measure::{FirstPassageSample, conditional_mean};
use crate::plan::figure::{FirstPassage, Owner};
use crate::registry::Figure;
use crate::result::document::{LossFigure, VendorFigures};

impl View<'_> {
    /// Vendors in the order of their first contracts, those that have none behind them.
    pub(super) fn vendors(&self, contracting: &[(String, Owner)]) -> IndexMap<String, VendorFigures> {
        let costs = |(name, owner): &(String, Owner)| {
            (name.clone(), VendorFigures { costs: self.means_of(*owner), ..VendorFigures::default() })
        };
        let mut all: IndexMap<String, VendorFigures> = contracting.iter().map(costs).collect();
        for (index, vendor) in self.of.scenario.vendors.iter().enumerate() {
            let figures = all.entry(vendor.name.clone()).or_default();
            for (spec, sample) in self.owned_by(Owner::Counterparty(index)) {
                let place = if spec.figure == Figure::Loss { &mut figures.loss } else { &mut figures.received };
                *place = Some(self.figure(spec, &sample));
            }
        }
        all
    }

    /// Losses by vendor and organization.
    pub(super) fn losses(&self) -> IndexMap<String, IndexMap<String, LossFigure>> {
        let (vendors, bubble) = (&self.of.scenario.vendors, self.system_bubble());
        let of = |vendor: usize| {
            self.organizations()
                .filter_map(|(organization, name)| {
                    Some((name.to_owned(), self.loss(vendor, organization, bubble.as_ref())?))
                })
                .collect()
        };
        let all = vendors.iter().enumerate().map(|(index, vendor)| (vendor.name.clone(), of(index)));
        all.filter(|(_, losses): &(String, IndexMap<_, _>)| !losses.is_empty()).collect()
    }

    /// What a vendor loses by an organization; `None` if it can lose nothing by it.
    fn loss(
        &self,
        counterparty: usize,
        organization: usize,
        bubble: Option<&FirstPassageSample>,
    ) -> Option<LossFigure> {
        let owned = |figure| {
            let mut owned = self.owned_by(Owner::Exposure { counterparty, organization });
            owned.find(|(spec, _)| spec.figure == figure)
        };
        let (spec, sample) = owned(Figure::Loss)?;
        let given_bubble = owned(Figure::LossInBubble).zip(bubble);
        Some(LossFigure {
            loss: self.mean(spec, &sample),
            given_bubble: given_bubble.map(|((_, sample), bubble)| conditional_mean(&sample, bubble).into()),
        })
    }

    /// When the system's bubble bursts: that of the only organization, if it is alone.
    fn system_bubble(&self) -> Option<FirstPassageSample<'_>> {
        let wanted = match self.only_organization() {
            Some(_) => FirstPassage::Bubble { organization: 0 },
            None => FirstPassage::SystemBubble,
        };
        self.timed().find(|(spec, _)| *spec == wanted).map(|(_, sample)| sample)
    }
}
