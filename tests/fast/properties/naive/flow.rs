//! Capacity, rates, use, bills and cash of a period.

use overhang::scenario::{Contract, Demand, Dispatch};

use super::{Account, Flow, Walk};

impl Walk<'_> {
    /// Capacity in force and its rate: resets and reviews.
    pub(super) fn set_rates(&mut self) {
        let scenario = self.scenario;
        for (c, contract) in scenario.contracts.iter().enumerate() {
            self.flows[c].signed = self.model.schedules[c].planned(self.t).map_or(0.0, |row| row.capacity);
            self.flows[c].wear = 1.0;
            let Some(place) = self.row(c) else { continue };
            let row = &self.rows(c)[place];
            let (age, fixed, multiplier) = (row.age, row.rate, row.multiplier);
            let (capacity, reviewed) = (self.standings[c].left * row.capacity, row.reviewed);
            let resets = fixed.is_none() && (row.resets || place == 0 || self.t == 1);
            if let (Some(rate), Some(review)) = (fixed, contract.review.as_ref().filter(|_| reviewed)) {
                let price = (1.0 - review.discount) * review.scale * self.price(review.index, self.t - 1);
                let standing = &mut self.standings[c];
                standing.review = review.floor.max(standing.review.min(price / rate));
            }
            if resets {
                self.standings[c].set = Some(self.rate_if_set(c, self.t - 1));
            }
            let standing = &self.standings[c];
            let rate = match fixed {
                Some(rate) => standing.review * rate,
                None => multiplier * standing.set.expect("it is set in the first row"),
            };
            let wear = (contract.aging * age).exp();
            let market = self.market(contract.organization, self.t).filter(|_| standing.at_market);
            let rate = market.map_or(rate, |market| rate.min(market / wear));
            let flow = &mut self.flows[c];
            *flow = Flow { capacity, useful: capacity / wear, wear, rate: Some(rate), ..*flow };
        }
    }

    pub(super) fn dispatch(&mut self) {
        for o in 0..self.accounts.len() {
            let found = self.serve(o);
            let account = &mut self.accounts[o];
            *account = Account { funded: account.funded, ..found };
        }
    }

    /// Serves what an organization wants.
    fn serve(&mut self, o: usize) -> Account {
        let (organization, order) = (&self.scenario.organizations[o], self.model.order(o));
        let demand = match &organization.demand {
            Demand::Curve(curve) => curve.at(self.model.middle(self.t)),
            Demand::Planned => order.iter().map(|&c| self.flows[c].signed).sum(),
        };
        let crisis = self.scenario.crisis.as_ref().filter(|_| self.in_crisis);
        let willing = crisis.map_or(1.0, |crisis| crisis.utilization);
        let wanted = willing * self.given.factors[self.t as usize][organization.utilization] * demand;
        let mut rest = wanted;
        for &c in &order {
            self.flows[c].served = rest.min(self.minimum_share(c) * self.flows[c].useful);
            rest -= self.flows[c].served;
        }
        let market = self.market(o, self.t);
        let (early, late): (Vec<usize>, Vec<usize>) =
            order.iter().partition(|&&c| organization.dispatch == Dispatch::Priority || self.is_cheap(c, market));
        self.fill(&early, &mut rest);
        let mut burst = 0.0;
        if let (Some(terms), Some(market)) = (&organization.burst, market)
            && terms.max_price.is_none_or(|max| market <= max)
        {
            burst = rest.min(terms.limit.at(self.model.middle(self.t)));
        }
        rest -= burst;
        self.fill(&late, &mut rest);
        let served = order.iter().map(|&c| self.flows[c].served).sum();
        let market = market.unwrap_or(0.0);
        Account {
            wanted,
            served,
            burst,
            unserved: rest,
            market,
            burst_bill: burst * market * self.model.dt,
            ..Account::default()
        }
    }

    /// Whether a useful unit costs at most the market; at market rates it does by definition.
    fn is_cheap(&self, c: usize, market: Option<f64>) -> bool {
        let (Some(rate), Some(market)) = (self.flows[c].rate, market) else { return false };
        self.standings[c].at_market || rate * self.flows[c].wear <= market
    }

    fn fill(&mut self, contracts: &[usize], rest: &mut f64) {
        for &c in contracts {
            let room = (1.0 - self.minimum_share(c)) * self.flows[c].useful;
            let more = rest.min(room);
            self.flows[c].served += more;
            *rest -= more;
        }
    }

    /// Bills and payments of all contracts.
    pub(super) fn bill(&mut self) {
        let scenario = self.scenario;
        for (c, contract) in scenario.contracts.iter().enumerate() {
            self.charge(c, contract);
            self.credit(c, contract);
            self.draw(c, contract);
            let (flow, account) = (self.flows[c], &mut self.accounts[contract.organization]);
            account.bills += flow.bill;
            account.stranded += flow.stranded;
            account.paid += flow.paid();
            account.exits += flow.fee + flow.settlement;
            account.resale += flow.resale;
            if let Some(v) = self.vendor_of(c) {
                let back = flow.drawn + flow.refund + flow.credit;
                self.vendor_flows[v].received += flow.bill + flow.fee + flow.settlement + flow.prepayment - back;
            }
        }
    }

    fn charge(&mut self, c: usize, contract: &Contract) {
        let Some(place) = self.row(c) else { return };
        let (flow, dt, minimum_share) = (self.flows[c], self.model.dt, self.minimum_share(c));
        let (rate, minimum) = (flow.rate.expect("it is in force"), minimum_share * flow.capacity);
        let counted = flow.served * flow.wear;
        if self.standings[c].at_market {
            self.flows[c].bill = rate * counted * dt;
        } else if contract.true_up.is_some() || contract.make_up > 0.0 {
            self.charge_in_window(c, contract, place, minimum, counted);
        } else {
            self.flows[c].bill = rate * minimum.max(counted) * dt;
            let mut idle = (minimum - counted).max(0.0);
            if let Some(resale) = &contract.resale {
                let sold = idle.min(resale.limit * flow.capacity);
                let price = (1.0 - resale.discount) * resale.scale * self.price(resale.price, self.t);
                self.flows[c].resale = sold / flow.wear * price * dt;
                idle -= sold;
            }
            self.flows[c].stranded = rate * idle * dt;
        }
    }

    /// Bills what is taken, and at the end of a window what falls short of the minimum.
    fn charge_in_window(&mut self, c: usize, contract: &Contract, place: usize, minimum: f64, counted: f64) {
        let (dt, signed, rows) = (self.model.dt, self.model.schedules[c].signed, self.rows(c).len());
        let window = contract.true_up.map_or(1, |years| (years / dt).round() as usize);
        let ends = (place + 1).is_multiple_of(window) || [signed, rows].contains(&(place + 1));
        let (closes, rate) = (ends || self.t == self.model.periods, self.flows[c].rate.expect("it is in force"));
        let (flow, standing) = (&mut self.flows[c], &mut self.standings[c]);
        if !standing.leaves {
            flow.free = ((counted - minimum).max(0.0) * dt).min(standing.bank);
            standing.bank -= flow.free;
            flow.bill = rate * (counted * dt - flow.free);
            standing.window[0] += minimum * dt;
            standing.window[1] += counted * dt - flow.free;
        }
        if closes || standing.leaves {
            let [due, taken] = std::mem::take(&mut standing.window);
            let short = (due - taken).max(0.0);
            flow.bill += rate * short;
            flow.stranded += rate * short;
            standing.bank += contract.make_up * short;
        }
    }

    /// What a late vendor credits.
    fn credit(&mut self, c: usize, contract: &Contract) {
        let (Some(delay), schedule) = (&contract.delay, &self.model.schedules[c]) else { return };
        let standing = &mut self.standings[c];
        let is_late = self.t - schedule.first < standing.late;
        let Some(row) = schedule.planned(self.t).filter(|_| is_late && !standing.ended) else { return };
        let Some(rate) = row.rate else { return };
        let most = delay.damages_cap.map_or(f64::INFINITY, |cap| cap * schedule.commitment);
        let full = delay.damages * rate * row.capacity * standing.left * self.model.dt;
        let credit = full.min(most - standing.credited).max(0.0);
        standing.credited += credit;
        self.flows[c].credit = credit;
    }

    /// Prepayments in and drawn; what comes back of them if the contract ends by a reduction.
    fn draw(&mut self, c: usize, contract: &Contract) {
        let (amount, at) = self.model.schedules[c].prepayment;
        let (flow, standing) = (&mut self.flows[c], &mut self.standings[c]);
        if at == Some(self.t) && !standing.ended && !standing.at_market && !standing.leaves {
            flow.prepayment = amount;
            standing.balance += amount;
        }
        let drawn = standing.balance.min(flow.bill + flow.fee);
        flow.drawn += drawn;
        standing.balance -= drawn;
        if standing.leaves {
            standing.leaves = false;
            let refund = contract.reduction.as_ref().map_or(0.0, |reduction| reduction.refund);
            flow.refund += refund * standing.balance;
            self.end(c);
        }
    }

    /// Value, cash and trailing averages.
    pub(super) fn earn(&mut self) {
        let (scenario, dt, t) = (self.scenario, self.model.dt, self.t);
        let crisis = scenario.crisis.as_ref().filter(|_| self.in_crisis);
        let worth = crisis.map_or(1.0, |crisis| crisis.performance_return);
        for (o, organization) in scenario.organizations.iter().enumerate() {
            let lumps = self.lumps(o);
            let (account, books) = (&mut self.accounts[o], &mut self.books[o]);
            let margin = organization.cash.as_ref().map_or(1.0, |cash| cash.margin);
            let (exponent, reference, efficiency) =
                organization.diminishing.as_ref().map_or((0.0, 1.0, 0.0), |d| (d.exponent, d.reference, d.efficiency));
            let effective = (account.served + account.burst) * (efficiency * self.model.middle(t)).exp();
            if let Some(performance) = organization.performance_return {
                let depth = 1.0 + (books.experience + effective * dt / 2.0) / reference;
                let factor = worth * self.given.factors[t as usize][performance];
                account.value = factor * effective * depth.powf(-exponent) * dt;
            }
            books.experience += effective * dt;
            if let Some(cash) = &organization.cash {
                account.funded += lumps;
                let interest = if books.cash > 0.0 { cash.interest } else { cash.borrowing };
                let running = cash.income.at(self.model.middle(t)) - cash.opex.at(self.model.middle(t));
                let earned = margin * account.value + account.resale + account.funded;
                books.cash += books.cash * interest * dt + running * dt + earned - account.paid - account.burst_bill;
                books.low = books.low.min(books.cash);
                account.cash = books.cash;
            }
            let [value, cost, stranded] =
                [margin * account.value, account.bills + account.burst_bill, account.stranded].map(|a| a / dt);
            let now = [value, cost, stranded, account.served + account.burst, account.wanted, account.unserved];
            let weight = 1.0 - (-dt).exp();
            books.averages = Some(
                books.averages.map_or(now, |before| std::array::from_fn(|k| before[k] + weight * (now[k] - before[k]))),
            );
        }
    }
}
