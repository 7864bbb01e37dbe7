//! Metrics, figures at the horizon, and bubbles.

use overhang::registry::{Figure, MetricKind};
use overhang::scenario::{BubbleRule, Metric, Subject};

use super::{Account, Books, Flow, Path, Walk};

impl Walk<'_> {
    /// Numerator and denominator.
    pub(super) fn metric(
        &self,
        metric: Metric,
        o: usize,
        t: i64,
        flows: &[Flow],
        account: &Account,
        books: &Books,
    ) -> (f64, f64) {
        let [value, cost, stranded, used, wanted, unserved] = books.averages.expect("a period has passed");
        let capacity: f64 = self.order(o).iter().map(|&c| flows[c].capacity).sum();
        let useful: f64 = self.order(o).iter().map(|&c| flows[c].useful).sum();
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
            MetricKind::LockIn => match self.price(&self.scenario.organizations[o], t) {
                Some(price) if capacity > 0.0 => {
                    let locked = |&c: &usize| flows[c].rate.unwrap_or(0.0) * flows[c].capacity;
                    (self.order(o).iter().map(locked).sum(), price * capacity)
                }
                _ => (1.0, 1.0),
            },
            MetricKind::Overhang => {
                let due = |&c: &usize| self.due_after(c, t, flows, false);
                (self.order(o).iter().map(due).sum(), value)
            }
            MetricKind::Factor | MetricKind::Regime => match metric.subject {
                Subject::Organization => panic!("it has a subject"),
                Subject::Factor(factor) => (self.factors[t as usize][factor], 1.0),
                // its threshold is above one half
                Subject::State(state) => (f64::from(u8::from(self.states[t as usize - 1] == state as u32)), 1.0),
            },
        }
    }

    /// Minimum bills of a contract after period t, discounted or not.
    pub(super) fn due_after(&self, c: usize, t: i64, flows: &[Flow], discounted: bool) -> f64 {
        let contract = &self.scenario.contracts[c];
        let later = self.term(contract).into_iter().filter(|&later| later > t);
        later
            .map(|later| {
                let rate = self.fixed_rate(contract, later);
                let rate = rate.or(flows[c].rate).unwrap_or_else(|| self.rate_if_set(contract, t as usize));
                let factor = if discounted { self.liabilities(later) } else { 1.0 };
                rate * contract.take_or_pay * self.capacity(contract, later) * self.dt * factor
            })
            .sum()
    }

    pub(super) fn close(&self, o: usize, books: &mut Books, last: &[Flow]) {
        let organization = &self.scenario.organizations[o];
        let margin = organization.cash.as_ref().map_or(1.0, |cash| cash.margin);
        let residual = self.order(o).iter().map(|&c| self.due_after(c, self.periods, last, true)).sum();
        let f = &mut books.figures;
        let compute = f[Figure::CommitmentCost as usize] + f[Figure::BurstCost as usize];
        f[Figure::ComputeCost as usize] = compute;
        f[Figure::LockInCost as usize] = compute - f[Figure::MarketCost as usize];
        f[Figure::ResidualCommitment as usize] = residual;
        f[Figure::NetValue as usize] = margin * f[Figure::Value as usize] - compute;
        f[Figure::UnitCost as usize] = if books.use_value > 0.0 { compute / books.use_value } else { -1.0 };
        f[Figure::MinCash as usize] = books.low;
        f[Figure::FinalCash as usize] = books.cash;
    }

    pub(super) fn burst(&self, path: &mut Path) {
        let Some(bubble) = &self.scenario.bubble else { return };
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
}
