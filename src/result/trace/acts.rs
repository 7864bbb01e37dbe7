//! What clauses did on a path, from what changed between two periods.

use serde::Serialize;

use crate::engine::trace::{ChangeTrace, ClauseTrace, CrisisTrace, PeriodTrace};
use crate::plan::Plan;
use crate::plan::double::twin::ChangeTerms;
use crate::scenario::Scenario;
use crate::text::units::Unit;

/// Something that a clause did in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Act {
    /// The clause, as scenario files name it: `reduction`, `tranche`, `crisis`.
    pub clause: &'static str,
    /// Whose it is: a contract, a vendor, an organization, a tranche; empty for crises.
    pub of: String,
    pub what: &'static str,
    /// An amount, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Its unit, where that has a label.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// What its amount is measured in.
    #[serde(skip)]
    pub measure: Unit,
}

/// Units are made up if they are more than this share of those in the bank: less is rounding.
const ROUNDING: f64 = 1e-5;

/// What clauses did in a period, in the order in which they act.
pub fn acts(scenario: &Scenario, plan: &Plan, before: Option<&PeriodTrace>, now: &PeriodTrace) -> Vec<Act> {
    let mut acts = Acts { scenario, plan, before: before.map(|period| &period.clauses), now, found: Vec::new() };
    acts.crisis();
    acts.vendors();
    acts.workouts();
    for i in 0..now.clauses.changes.len() {
        acts.contract(i);
    }
    acts.stakes();
    acts.tranches();
    acts.found
}

struct Acts<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    before: Option<&'a ClauseTrace>,
    now: &'a PeriodTrace,
    found: Vec<Act>,
}

impl Acts<'_> {
    fn add(&mut self, clause: &'static str, of: &str, what: &'static str) {
        self.measured(clause, of, what, None, Unit::Number);
    }

    fn amount(&mut self, clause: &'static str, of: &str, what: &'static str, value: f64, measure: Unit) {
        self.measured(clause, of, what, Some(value), measure);
    }

    fn measured(&mut self, clause: &'static str, of: &str, what: &'static str, value: Option<f64>, measure: Unit) {
        let unit = self.scenario.labels().text(measure);
        self.found.push(Act { clause, of: of.to_owned(), what, value, unit, measure });
    }

    fn crisis(&mut self) {
        let lasts = |crisis: Option<CrisisTrace>| crisis.is_some_and(|crisis| crisis.lasts);
        match (lasts(self.before.and_then(|before| before.crisis)), lasts(self.now.clauses.crisis)) {
            (false, true) => self.add("crisis", "", "begins"),
            (true, false) => self.add("crisis", "", "ends"),
            _ => {}
        }
    }

    fn vendors(&mut self) {
        let (scenario, now) = (self.scenario, self.now);
        for (vendor, state) in scenario.vendors.iter().zip(&now.clauses.vendors) {
            if state.failed == Some(now.period) {
                self.add("vendor", &vendor.name, if state.ends { "fails" } else { "fails, and is taken over" });
            }
        }
    }

    fn workouts(&mut self) {
        let (scenario, plan) = (self.scenario, self.plan);
        for (terms, &settles) in plan.double.workouts.iter().zip(&self.now.clauses.settles) {
            if settles {
                self.add("workout", &scenario.organizations[terms.organization as usize].name, "settles");
            }
        }
    }

    fn stakes(&mut self) {
        let (scenario, plan, now) = (self.scenario, self.plan, self.now);
        for stake in &plan.double.stakes {
            let exposure = &plan.double.exposures[stake.exposure as usize];
            let survives = now.clauses.vendors[exposure.counterparty as usize].failed.is_none();
            if now.clauses.begun[stake.condition as usize] && survives {
                let vendor = &scenario.vendors[exposure.counterparty as usize].name;
                let organization = &scenario.organizations[exposure.organization as usize].name;
                self.amount("stakes", &format!("{vendor} in {organization}"), "lost", stake.loss, Unit::Money);
            }
        }
    }

    fn tranches(&mut self) {
        let (plan, t) = (self.plan, self.now.period);
        let fund = self.now.clauses.crisis.map_or(1.0, |crisis| crisis.fund);
        for (index, (terms, paid)) in plan.double.tranches.iter().zip(&self.now.clauses.paid).enumerate() {
            let name = &self.scenario.tranches[index].name;
            let payer = self.now.clauses.vendors.get(terms.payer as usize);
            let solvent = payer.is_none_or(|payer| payer.failed.is_none());
            match paid {
                Some(period) if *period == t => {
                    self.amount("tranche", name, "paid", fund * terms.amount, Unit::Money);
                }
                None if t == terms.last_period && solvent && terms.otherwise > 0.0 => {
                    self.amount("tranche", name, "paid what comes otherwise", fund * terms.otherwise, Unit::Money);
                }
                _ => {}
            }
        }
    }

    fn contract(&mut self, i: usize) {
        let terms = &self.plan.double.changes[i];
        let index = self.plan.contract_order[terms.contract as usize];
        let name = &self.scenario.contracts[index].name;
        let now = &self.now.clauses.changes[i];
        let before = self.before.map(|before| before.changes[i]).unwrap_or(START);
        self.delivery(index, name, terms, (&before, now));
        self.leaving(name, terms, (&before, now));
        self.reduction(name, (&before, now));
        if now.extended && !before.extended {
            self.add("extension", name, "taken");
        }
        if now.multiplier != before.multiplier {
            self.amount("review", name, "rate, as a share of the scheduled one", now.multiplier, Unit::Number);
        }
        if now.credited > before.credited {
            self.amount("delay", name, "credited", now.credited - before.credited, Unit::Money);
        }
        self.minimum(name, terms, (&before, now));
        if now.resold > 0.0 {
            self.amount("resale", name, "idle capacity sold", now.resold, Unit::Money);
        }
    }

    /// Lateness is told when service should have begun.
    fn delivery(&mut self, index: usize, name: &str, terms: &ChangeTerms, (before, now): (&ChangeTrace, &ChangeTrace)) {
        let planned = *self.scenario.contracts[index].term_periods(&self.scenario.horizon).start();
        if now.late > 0 && i64::from(self.now.period) == planned && !before.ended {
            self.amount("delay", name, "late, in periods", f64::from(now.late), Unit::Count);
        }
        if now.never_begins && self.now.period == terms.long_stop_period && now.leaves && !before.ended {
            self.add("delay", name, "never begins");
        }
    }

    /// Its vendor's failure, or its organization's settlement.
    fn leaving(&mut self, name: &str, terms: &ChangeTerms, (before, now): (&ChangeTrace, &ChangeTrace)) {
        if !now.leaves {
            return;
        }
        let vendor = self.now.clauses.vendors.get(terms.counterparty as usize);
        if vendor.is_some_and(|vendor| vendor.ends) {
            self.add("vendor", name, "ends with its vendor");
            return;
        }
        let owner = self.scenario.contracts[self.plan.contract_order[terms.contract as usize]].organization;
        let workouts = self.plan.double.workouts.iter().zip(&self.now.clauses.settles);
        let settles = workouts.into_iter().any(|(workout, &settles)| settles && workout.organization as usize == owner);
        if settles && (now.settled != before.settled || now.ended != before.ended) && !now.cuts {
            let what = if now.settled { "goes on at market rates, claim paid" } else { "ends, claim paid" };
            self.amount("workout", name, what, now.exit, Unit::Money);
        }
    }

    fn reduction(&mut self, name: &str, (before, now): (&ChangeTrace, &ChangeTrace)) {
        if let (None, Some(effect)) = (before.effect, now.effect)
            && effect > self.now.period
        {
            let year = self.scenario.horizon.end(effect - 1);
            self.amount("reduction", name, "notice, for the year", year, Unit::Years);
        }
        if now.cuts {
            self.amount("reduction", name, "capacity left, as a share", now.kept, Unit::Number);
            self.amount("reduction", name, "fee", now.exit, Unit::Money);
        }
    }

    /// Windows of take-or-pay.
    fn minimum(&mut self, name: &str, terms: &ChangeTerms, (before, now): (&ChangeTrace, &ChangeTrace)) {
        if terms.windowed == 0 {
            return;
        }
        if now.idle > 0.0 {
            self.amount("true_up", name, "unused minimum billed", now.idle, Unit::Money);
        }
        let missing = if now.rate > 0.0 { (now.idle - now.closing) / now.rate } else { 0.0 };
        let made_up = before.bank + terms.make_up * missing - now.bank;
        if !now.leaves && made_up > ROUNDING * before.bank.max(now.bank) {
            self.amount("make_up", name, "units made up", made_up, Unit::CapacityYears);
        }
    }
}

/// Before the first period.
const START: ChangeTrace = ChangeTrace {
    runs: false,
    late: 0,
    never_begins: false,
    effect: None,
    cuts: false,
    kept: 1.0,
    multiplier: 1.0,
    extended: false,
    ended: false,
    settled: false,
    leaves: false,
    exit: 0.0,
    credited: 0.0,
    idle: 0.0,
    closing: 0.0,
    resold: 0.0,
    bank: 0.0,
    rate: 0.0,
};
