//! Metrics, figures at the horizon, and bubbles.

use overhang::registry::{Figure, MetricKind};
use overhang::scenario::{BubbleRule, Metric, Subject};

use super::{FIGURES, Loss, Walk};

impl Walk<'_> {
    /// Numerator and denominator at the period's end.
    pub(super) fn metric(&self, metric: Metric, o: usize) -> (f64, f64) {
        let [value, cost, stranded, used, wanted, unserved] = self.books[o].averages.expect("a period has passed");
        let order = self.model.order(o);
        let capacity: f64 = order.iter().map(|&c| self.flows[c].capacity).sum();
        let useful: f64 = order.iter().map(|&c| self.flows[c].useful).sum();
        let account = &self.accounts[o];
        match metric.kind {
            MetricKind::Cash => (account.cash, 1.0),
            MetricKind::Value => (value, 1.0),
            MetricKind::Use => (used, 1.0),
            MetricKind::UnservedShare => (unserved, wanted),
            MetricKind::Capacity => (capacity, 1.0),
            MetricKind::Coverage => (value, cost),
            MetricKind::StrandedShare => (stranded, cost),
            MetricKind::Utilization if useful == 0.0 => (1.0, 1.0),
            MetricKind::Utilization => (account.served, useful),
            MetricKind::LockIn => match self.burst_price(o, self.t) {
                Some(price) if capacity > 0.0 => {
                    let locked = |&c: &usize| self.flows[c].rate.unwrap_or(0.0) * self.flows[c].capacity;
                    (order.iter().map(locked).sum(), price * capacity)
                }
                _ => (1.0, 1.0),
            },
            MetricKind::Overhang => (order.iter().map(|&c| self.due_after(c, false)).sum(), value),
            MetricKind::Crisis => (indicator(self.in_crisis), 1.0),
            MetricKind::Factor
            | MetricKind::Regime
            | MetricKind::ContractUtilization
            | MetricKind::ContractPremium
            | MetricKind::Failed => self.of_subject(metric, o),
        }
    }

    fn of_subject(&self, metric: Metric, o: usize) -> (f64, f64) {
        let t = self.t as usize;
        match metric.subject {
            Subject::Organization => panic!("it has a subject"),
            Subject::Factor(factor) => (self.given.factors[t][factor], 1.0),
            // thresholds of indicators are above one half
            Subject::State(state) => (indicator(self.given.states[t - 1] == state as u32), 1.0),
            Subject::Vendor(v) => (indicator(self.has_failed(v)), 1.0),
            Subject::Contract(c) if self.flows[c].capacity == 0.0 => (1.0, 1.0),
            Subject::Contract(c) => {
                let flow = &self.flows[c];
                match metric.kind {
                    MetricKind::ContractUtilization => (flow.served, flow.useful),
                    _ => match self.market(o, self.t) {
                        Some(market) => (flow.rate.expect("it is in force") * flow.wear, market),
                        None => (1.0, 1.0),
                    },
                }
            }
        }
    }

    /// Whose bubbles have burst by the period's end.
    pub(super) fn burst(&mut self) {
        let Some(bubble) = &self.scenario.bubble else { return };
        let path = &mut self.path;
        for o in 0..self.scenario.organizations.len() {
            let concerned =
                bubble.events.iter().filter(|&&e| self.scenario.events[e].organization.is_none_or(|at| at == o));
            let times: Vec<Option<u32>> = concerned.map(|&e| path.events[e][o]).collect();
            path.bubbles[o] = match bubble.rule {
                BubbleRule::Any => times.iter().flatten().min().copied(),
                BubbleRule::All => {
                    times.iter().copied().collect::<Option<Vec<u32>>>().and_then(|t| t.into_iter().max())
                }
            };
        }
        let mut times: Vec<u32> = path.bubbles.iter().flatten().copied().collect();
        times.sort_unstable();
        path.system_bubble = times.get(bubble.organizations as usize - 1).copied();
    }

    /// Figures, once all periods are settled.
    pub(super) fn close(&mut self) {
        let organizations = 0..self.scenario.organizations.len();
        for o in organizations.clone() {
            self.add_up(o);
        }
        self.path.costs = (0..self.scenario.contracts.len()).map(|c| self.costs(c)).collect();
        for v in 0..self.scenario.vendors.len() {
            let own = (0..self.scenario.contracts.len()).filter(|&c| self.vendor_of(c) == Some(v));
            let at_start: f64 = own.map(|c| self.path.prepaid_at_start[c]).sum();
            let received = self.present_value(|t| self.path.vendors[t][v].received);
            let loss = |o: usize| {
                let value = |kind: fn(&Loss) -> f64| self.present_value(|t| kind(&self.path.vendors[t][v].losses[o]));
                Loss {
                    reductions: value(|loss| loss.reductions),
                    workouts: value(|loss| loss.workouts),
                    stakes: value(|loss| loss.stakes),
                }
            };
            let losses = organizations.clone().map(loss).collect();
            self.path.received.push(at_start + received);
            self.path.losses.push(losses);
        }
    }

    /// Of what is paid in periods, which are counted from 0 here.
    fn present_value(&self, paid: impl Fn(usize) -> f64) -> f64 {
        (1..=self.model.periods).map(|t| self.model.liabilities(t) * paid(t as usize - 1)).sum()
    }

    /// What a contract comes to: payments with the prepayment, and idle capacity.
    fn costs(&self, c: usize) -> [f64; 2] {
        let paid = self.present_value(|t| self.path.contracts[t][c].paid());
        [self.path.prepaid_at_start[c] + paid, self.present_value(|t| self.path.contracts[t][c].stranded)]
    }

    fn add_up(&mut self, o: usize) {
        let (organization, model, order) = (&self.scenario.organizations[o], self.model, self.model.order(o));
        let margin = organization.cash.as_ref().map_or(1.0, |cash| cash.margin);
        let accounts = |t: usize| &self.path.organizations[t][o];
        let used = |t: usize| (accounts(t).served + accounts(t).burst) * model.dt;
        let of_income = |income: fn(&super::Account) -> f64| -> f64 {
            (1..=model.periods).map(|t| model.discount(t) * income(accounts(t as usize - 1))).sum()
        };
        let undiscounted = |amount: &dyn Fn(usize) -> f64| (0..model.periods as usize).map(amount).sum::<f64>();
        let at_start: f64 = order.iter().map(|&c| self.path.prepaid_at_start[c]).sum();
        let commitment = at_start + self.present_value(|t| accounts(t).paid);
        let burst = self.present_value(|t| accounts(t).burst_bill);
        let market = self.present_value(|t| used(t) * accounts(t).market);
        let (value, resale) = (of_income(|account| account.value), of_income(|account| account.resale));
        let (compute, use_value) = (commitment + burst, self.present_value(used));
        let mut f = [0.0; FIGURES];
        f[Figure::CommitmentCost as usize] = commitment;
        f[Figure::BurstCost as usize] = burst;
        f[Figure::ComputeCost as usize] = compute;
        f[Figure::StrandedCost as usize] = self.present_value(|t| accounts(t).stranded);
        f[Figure::MarketCost as usize] = market;
        f[Figure::LockInCost as usize] = compute - market;
        f[Figure::ResidualCommitment as usize] = order.iter().map(|&c| self.due_after(c, true)).sum();
        f[Figure::Value as usize] = value;
        f[Figure::NetValue as usize] = margin * value + resale - compute;
        f[Figure::Used as usize] = undiscounted(&used);
        f[Figure::Unserved as usize] = undiscounted(&|t| accounts(t).unserved * model.dt);
        f[Figure::UnitCost as usize] = if use_value > 0.0 { compute / use_value } else { -1.0 };
        f[Figure::MinCash as usize] = self.books[o].low;
        f[Figure::FinalCash as usize] = self.books[o].cash;
        let exits = self.present_value(|t| accounts(t).exits);
        self.path.figures.push(f);
        self.path.use_values.push(use_value);
        self.path.exit_costs.push(exits);
        self.path.resale_incomes.push(resale);
    }
}

fn indicator(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}
