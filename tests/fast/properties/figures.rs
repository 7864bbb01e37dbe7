//! What holds between the figures of a path, as the engine gives them in either precision, on scenarios with clauses: owners add
//! up, vendors receive what contracts cost, and what a figure is made of makes it.

use overhang::engine::{Engine, PathValues, Precision, prepare};
use overhang::plan::Plan;
use overhang::plan::figure::Owner;
use overhang::registry::{Figure, Registered as _};
use overhang::scenario::Scenario;

use super::{CASES, DRAWS, cpu, ensure, generator, on_scenarios};

const PATHS: u64 = 64;

/// The figures of one path.
struct Figures<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    values: &'a PathValues,
    path: usize,
    /// What sums of amounts may be off
    slack: f64,
}

impl Figures<'_> {
    /// By owner, of one kind.
    fn of(&self, figure: Figure) -> impl Iterator<Item = (Owner, f64)> {
        let own = self.plan.figures.iter().filter(move |spec| spec.figure == figure);
        own.map(|spec| (spec.owner, self.values.figures[spec.slot * self.values.paths + self.path]))
    }

    fn sum(&self, figure: Figure, of: impl Fn(&Owner) -> bool) -> f64 {
        self.of(figure).filter(|(owner, _)| of(owner)).map(|(_, value)| value).sum()
    }

    fn get(&self, owner: Owner, figure: Figure) -> Option<f64> {
        self.of(figure).find(|(other, _)| *other == owner).map(|(_, value)| value)
    }

    fn same(&self, a: f64, b: f64, what: impl FnOnce() -> String) -> Result<(), String> {
        ensure((a - b).abs() <= self.slack, || format!("path {}, {}: {a}, not {b}", self.path, what()))
    }

    /// The system's figures are sums of its organizations', which pay for contracts what vendors receive.
    fn owners_add_up(&self) -> Result<(), String> {
        let organizations = |owner: &Owner| matches!(owner, Owner::Organization(_));
        for &figure in Figure::ALL.iter().filter(|figure| figure.entry().is_of_system) {
            let system = self.get(Owner::System, figure).filter(|_| figure != Figure::UnitCost);
            if let Some(system) = system {
                self.same(system, self.sum(figure, organizations), || format!("{} of the system", figure.name()))?;
            }
        }
        for figure in [Figure::CommitmentCost, Figure::StrandedCost] {
            let all = self.sum(figure, organizations);
            let contracts = self.sum(figure, |owner| matches!(owner, Owner::Contract(_)));
            self.same(contracts, all, || format!("{} of contracts", figure.name()))?;
            // of a vendor with a single contract that contract's figures are its own
            let vendors = self.plan.vendor_owners().into_iter().filter_map(|(_, owner)| self.get(owner, figure)).sum();
            self.same(vendors, all, || format!("{} of vendors", figure.name()))?;
        }
        Ok(())
    }

    fn vendors_receive_what_contracts_cost(&self) -> Result<(), String> {
        for (owner, received) in self.of(Figure::Received) {
            let Owner::Counterparty(v) = owner else { return Err(format!("{owner:?} receives")) };
            let vendor = &self.scenario.vendors[v].name;
            let own = |c: usize| self.scenario.contracts[c].vendor == *vendor;
            let paid = self.sum(Figure::CommitmentCost, |owner| matches!(*owner, Owner::Contract(c) if own(c)));
            self.same(received, paid, || format!("received by {vendor}"))?;
            let by = |owner: &Owner| matches!(*owner, Owner::Exposure { counterparty, .. } if counterparty == v);
            let lost = self.get(owner, Figure::Loss).expect("a vendor that receives can lose");
            self.same(self.sum(Figure::Loss, by), lost, || format!("loss of {vendor} by organization"))?;
        }
        Ok(())
    }

    fn figures_are_made_of_others(&self) -> Result<(), String> {
        for (o, organization) in self.scenario.organizations.iter().enumerate() {
            let get = |figure: Figure| self.get(Owner::Organization(o), figure);
            let all = |figure: Figure| get(figure).expect("every organization has it");
            let compute = all(Figure::ComputeCost);
            self.same(all(Figure::CommitmentCost) + all(Figure::BurstCost), compute, || {
                format!("compute cost of {o}")
            })?;
            if let (Some(market), Some(lock_in)) = (get(Figure::MarketCost), get(Figure::LockInCost)) {
                self.same(compute - market, lock_in, || format!("lock-in cost of {o}"))?;
            }
            let resale = get(Figure::ResaleIncome).unwrap_or(0.0);
            if let (Some(value), Some(net)) = (get(Figure::Value), get(Figure::NetValue)) {
                let margin = organization.cash.as_ref().map_or(1.0, |cash| cash.margin);
                self.same(margin * value + resale - compute, net, || format!("net value of {o}"))?;
            }
        }
        Ok(())
    }
}

#[test]
fn figures_with_clauses_add_up_in_both_precisions() {
    for (precision, rounding) in [(Precision::Single, 1e-5), (Precision::Double, 1e-13)] {
        let engine = cpu(1, precision);
        on_scenarios(CASES, &generator::scenarios_with_clauses(), |scenario| {
            let plan = prepare(scenario);
            let values = engine.values(&plan, DRAWS, 0..PATHS).expect("the CPU has no faults");
            for path in 0..values.paths {
                let amount = |slot: usize| values.figures[slot * values.paths + path].abs();
                let most = plan.figures.iter().map(|spec| amount(spec.slot)).fold(1.0, f64::max);
                let slack = rounding * most;
                let figures = Figures { scenario, plan: &plan, values: &values, path, slack };
                figures.owners_add_up()?;
                figures.vendors_receive_what_contracts_cost()?;
                figures.figures_are_made_of_others()?;
            }
            Ok(())
        });
    }
}
