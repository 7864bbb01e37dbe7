//! What contracts do at the beginning of a period: long stops, reductions, extensions.

use overhang::scenario::Reduction;

use super::{TOLERANCE, Walk};

impl Walk<'_> {
    /// Ends contracts whose delivery is later than the long stop.
    pub(super) fn stop(&mut self) {
        for c in 0..self.standings.len() {
            let standing = &self.standings[c];
            if standing.stop == Some(self.t) && !standing.ended {
                self.flows[c].refund += standing.balance;
                self.end(c);
                self.path.acts[c].stopped = Some(self.t as u32);
            }
        }
    }

    /// Gives notice, and carries out reductions whose notice has run out.
    pub(super) fn reduce(&mut self) {
        let scenario = self.scenario;
        for (c, contract) in scenario.contracts.iter().enumerate() {
            let Some(reduction) = &contract.reduction else { continue };
            if self.standings[c].due.is_none() && self.gives_notice(c, reduction) {
                self.standings[c].due = Some(self.t + self.model.periods_of(reduction.notice));
                self.path.acts[c].notice = Some(self.t as u32);
            }
            let standing = &self.standings[c];
            // in the first period after the term there is no row, since an extension is not yet taken
            if standing.due == Some(self.t) && !standing.at_market && self.row(c).is_some() {
                self.cut(c, reduction);
            }
        }
    }

    fn gives_notice(&self, c: usize, reduction: &Reduction) -> bool {
        let (standing, contract) = (&self.standings[c], &self.scenario.contracts[c]);
        let Some(place) = self.row(c).filter(|&row| row < self.model.schedules[c].signed) else { return false };
        if standing.at_market || !self.holds(&reduction.condition) {
            return false;
        }
        let row = &self.rows(c)[place];
        let rate = row.rate.map_or_else(|| self.rate_before(c), |rate| standing.review * rate);
        let is_dear = reduction.market_below.is_none_or(|share| {
            let market = self.market(contract.organization, self.t - 1).expect("there is a market");
            market < share * rate * (contract.aging * row.age).exp()
        });
        is_dear && self.service(c) >= reduction.earliest - TOLERANCE
    }

    fn cut(&mut self, c: usize, reduction: &Reduction) {
        let (bills, units) = self.minimum_left(c);
        let fee = reduction.fee.at(self.service(c)) * reduction.share * bills;
        let given_back = (bills - self.relet_price(c) * units).max(0.0);
        self.flows[c].fee = fee;
        self.lose(c, |loss| &mut loss.reductions, (reduction.share * given_back - fee).max(0.0));
        self.standings[c].left *= 1.0 - reduction.share;
        self.standings[c].leaves = reduction.share == 1.0;
        self.path.acts[c].cut = Some(self.t as u32);
    }

    /// Takes extensions in the first period after the term.
    pub(super) fn extend(&mut self) {
        let scenario = self.scenario;
        for (c, contract) in scenario.contracts.iter().enumerate() {
            let Some(extension) = contract.extension.as_ref().filter(|_| self.can_be_extended(c)) else { continue };
            let schedule = &self.model.schedules[c];
            let Some(next) = schedule.rows.get(schedule.signed) else { continue };
            let fixed = next.rate.map(|rate| self.standings[c].review * rate);
            let rate = fixed.unwrap_or_else(|| extension.rate * self.rate_before(c));
            let is_cheap = extension.market_above.is_none_or(|share| {
                let market = self.market(contract.organization, self.t - 1).expect("there is a market");
                market > share * rate * (contract.aging * next.age).exp()
            });
            if is_cheap && self.holds(&extension.condition) {
                self.standings[c].extended = true;
                self.path.acts[c].extended = Some(self.t as u32);
            }
        }
    }
}
