//! The flows of one path, written down once more from the specification, one number at a time, with the factors given.
//!
//! Nothing here knows of plans, lanes or kernels, and nothing is fast. Years compare with a tolerance of 10⁻⁹.

mod contract;
mod outcome;

use overhang::registry::Figure;
use overhang::scenario::{Demand, Dispatch, Organization, Process, Scenario, Threshold};

const TOLERANCE: f64 = 1e-9;

/// What a path comes to.
pub struct Path {
    /// [period][contract, in file order]
    pub contracts: Vec<Vec<Flow>>,
    /// [period][organization]
    pub organizations: Vec<Vec<Account>>,
    /// [organization][figure]
    pub figures: Vec<[f64; 14]>,
    /// [organization]: the present value of use
    pub use_values: Vec<f64>,
    /// [contract, in file order]: present values of what is paid and of what stood idle
    pub costs: Vec<[f64; 2]>,
    /// [period][event][organization]: numerator and denominator
    pub metrics: Vec<Vec<Vec<(f64, f64)>>>,
    /// [event][organization]: the period of its happening
    pub events: Vec<Vec<Option<u32>>>,
    /// [organization]
    pub bubbles: Vec<Option<u32>>,
    pub system_bubble: Option<u32>,
}

#[derive(Clone, Copy, Default)]
pub struct Flow {
    /// As signed.
    pub capacity: f64,
    /// What is left of it at its age.
    pub useful: f64,
    /// e^{aging·a}
    pub wear: f64,
    pub rate: Option<f64>,
    pub served: f64,
    pub bill: f64,
    pub drawn: f64,
    pub stranded: f64,
}

#[derive(Clone, Copy, Default)]
pub struct Account {
    pub wanted: f64,
    pub served: f64,
    pub burst: f64,
    pub unserved: f64,
    pub bills: f64,
    pub stranded: f64,
    pub burst_bill: f64,
    pub value: f64,
    pub cash: f64,
}

struct Walk<'a> {
    scenario: &'a Scenario,
    /// [period][factor], period 0 being the start
    factors: &'a [Vec<f64>],
    states: &'a [u32],
    dt: f64,
    periods: i64,
}

/// Walks a path whose factors at τ(0)…τ(n) and states in periods 1…n are given.
pub fn walk(scenario: &Scenario, factors: &[Vec<f64>], states: &[u32]) -> Path {
    let (dt, periods) = (scenario.horizon.dt(), i64::from(scenario.horizon.periods));
    Walk { scenario, factors, states, dt, periods }.run()
}

/// X(0).
pub fn start(process: &Process) -> f64 {
    match process {
        Process::Gbm { start, .. } | Process::Ou { start, .. } | Process::LogitOu { start, .. } => *start,
        Process::Table { values } => values.at(0.0),
    }
}

/// What an organization carries from period to period.
#[derive(Clone, Default)]
struct Books {
    cash: f64,
    low: f64,
    experience: f64,
    averages: Option<[f64; 6]>,
    figures: [f64; 14],
    use_value: f64,
}

impl Walk<'_> {
    fn run(&self) -> Path {
        let scenario = self.scenario;
        let mut path = Path {
            contracts: Vec::new(),
            organizations: Vec::new(),
            figures: Vec::new(),
            use_values: Vec::new(),
            costs: Vec::new(),
            metrics: Vec::new(),
            events: vec![vec![None; scenario.organizations.len()]; scenario.events.len()],
            bubbles: vec![None; scenario.organizations.len()],
            system_bubble: None,
        };
        let mut balances: Vec<f64> = scenario.contracts.iter().map(|c| self.prepayment(c).0).collect();
        let mut rates: Vec<Option<f64>> = vec![None; scenario.contracts.len()];
        let mut books: Vec<Books> = (0..scenario.organizations.len()).map(|o| self.open(o)).collect();
        let mut held = vec![vec![0i64; scenario.organizations.len()]; scenario.events.len()];
        for t in 1..=self.periods {
            let mut flows = vec![Flow::default(); scenario.contracts.len()];
            for (c, contract) in scenario.contracts.iter().enumerate() {
                flows[c].capacity = self.capacity(contract, t);
                let age = self.middle(t) - contract.start;
                flows[c].useful = flows[c].capacity * (-contract.aging * age).exp();
                flows[c].wear = (contract.aging * age).exp();
                match self.fixed_rate(contract, t) {
                    Some(rate) => rates[c] = Some(rate),
                    None if self.sets(contract, t) => rates[c] = Some(self.rate_if_set(contract, t as usize - 1)),
                    None => {}
                }
                flows[c].rate = rates[c];
            }
            let mut accounts = Vec::new();
            for (o, books) in books.iter_mut().enumerate() {
                let mut account = self.dispatch(o, t, &mut flows);
                self.bill(o, t, &mut flows, &mut balances, &mut account, books);
                self.earn(o, t, &mut account, books);
                accounts.push(account);
            }
            let mut metrics = vec![vec![(0.0, 0.0); scenario.organizations.len()]; scenario.events.len()];
            for (e, event) in scenario.events.iter().enumerate() {
                for o in 0..scenario.organizations.len() {
                    if event.organization.is_some_and(|at| at != o) {
                        continue;
                    }
                    let counts = t as f64 * self.dt > event.after + TOLERANCE;
                    let (a, b) = self.metric(event.metric, o, t, &flows, &accounts[o], &books[o]);
                    metrics[e][o] = (a, b);
                    let crossed = match &event.threshold {
                        Threshold::Below(threshold) => a < threshold.at(t as f64 * self.dt) * b,
                        Threshold::Above(threshold) => a > threshold.at(t as f64 * self.dt) * b,
                    };
                    held[e][o] = if counts && crossed { held[e][o] + 1 } else { 0 };
                    let needed = ((event.duration / self.dt - TOLERANCE).ceil() as i64).max(1);
                    if held[e][o] >= needed && path.events[e][o].is_none() {
                        path.events[e][o] = Some(t as u32);
                    }
                }
            }
            path.metrics.push(metrics);
            path.contracts.push(flows);
            path.organizations.push(accounts);
        }
        for (o, of) in books.iter_mut().enumerate() {
            self.close(o, of, path.contracts.last().expect("a period"));
            path.figures.push(of.figures);
            path.use_values.push(of.use_value);
        }
        path.costs = (0..scenario.contracts.len()).map(|c| self.costs(c, &path.contracts)).collect();
        self.burst(&mut path);
        path
    }

    fn open(&self, o: usize) -> Books {
        let mut books = Books::default();
        for contract in self.scenario.contracts.iter().filter(|c| c.organization == o) {
            if let (amount, Some(0)) = self.prepayment(contract) {
                books.cash -= amount;
            }
        }
        if let Some(cash) = &self.scenario.organizations[o].cash {
            let funded: f64 = cash.funding.iter().filter(|lump| lump[0] < TOLERANCE).map(|lump| lump[1]).sum();
            books.cash += cash.opening + funded;
        }
        books.low = books.cash;
        books
    }

    fn order(&self, o: usize) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.scenario.contracts.len()).filter(|&c| self.scenario.contracts[c].organization == o).collect();
        order.sort_by_key(|&c| self.scenario.contracts[c].priority);
        order
    }

    fn price(&self, organization: &Organization, t: i64) -> Option<f64> {
        organization.burst.as_ref().map(|burst| burst.scale * self.factors[t as usize][burst.price])
    }

    fn dispatch(&self, o: usize, t: i64, flows: &mut [Flow]) -> Account {
        let organization = &self.scenario.organizations[o];
        let demand = match &organization.demand {
            Demand::Curve(curve) => curve.at(self.middle(t)),
            Demand::Planned => self.order(o).iter().map(|&c| flows[c].capacity).sum(),
        };
        let wanted = self.factors[t as usize][organization.utilization] * demand;
        let mut rest = wanted;
        for c in self.order(o) {
            let minimum = self.scenario.contracts[c].take_or_pay * flows[c].useful;
            flows[c].served = rest.min(minimum);
            rest -= flows[c].served;
        }
        let market =
            self.price(organization, t).map(|p| p * (1.0 + organization.burst.as_ref().expect("it is").premium));
        let (early, late): (Vec<usize>, Vec<usize>) = self.order(o).into_iter().partition(|&c| {
            let cheap =
                || market.is_some_and(|market| flows[c].rate.is_some_and(|rate| rate * flows[c].wear <= market));
            organization.dispatch == Dispatch::Priority || cheap()
        });
        let fill = |contracts: Vec<usize>, flows: &mut [Flow], rest: &mut f64| {
            for c in contracts {
                let room = (1.0 - self.scenario.contracts[c].take_or_pay) * flows[c].useful;
                let more = rest.min(room);
                flows[c].served += more;
                *rest -= more;
            }
        };
        fill(early, flows, &mut rest);
        let mut burst = 0.0;
        if let (Some(terms), Some(market)) = (&organization.burst, market)
            && terms.max_price.is_none_or(|max| market <= max)
        {
            burst = rest.min(terms.limit.at(self.middle(t)));
        }
        rest -= burst;
        fill(late, flows, &mut rest);
        let served = self.order(o).iter().map(|&c| flows[c].served).sum();
        let burst_bill = burst * market.unwrap_or(0.0) * self.dt;
        Account { wanted, served, burst, unserved: rest, burst_bill, ..Account::default() }
    }

    fn bill(
        &self,
        o: usize,
        t: i64,
        flows: &mut [Flow],
        balances: &mut [f64],
        account: &mut Account,
        books: &mut Books,
    ) {
        let (organization, discount) = (&self.scenario.organizations[o], self.liabilities(t));
        let mut paid = 0.0;
        for c in self.order(o) {
            let (contract, flow) = (&self.scenario.contracts[c], &mut flows[c]);
            let minimum = contract.take_or_pay * flow.capacity;
            let rate = flow.rate.unwrap_or(0.0);
            let counted = flow.served * flow.wear;
            flow.bill = rate * minimum.max(counted) * self.dt;
            flow.stranded = rate * (minimum - counted).max(0.0) * self.dt;
            flow.drawn = balances[c].min(flow.bill);
            balances[c] -= flow.drawn;
            account.bills += flow.bill;
            account.stranded += flow.stranded;
            paid += flow.bill - flow.drawn;
            let (amount, at) = self.prepayment(contract);
            if at == Some(t) {
                paid += amount;
            }
            if at == Some(0) && t == 1 {
                books.figures[Figure::CommitmentCost as usize] += amount;
            }
        }
        let market = self
            .price(organization, t)
            .map_or(0.0, |p| p * (1.0 + organization.burst.as_ref().expect("it is").premium));
        let used = account.served + account.burst;
        let mut add = |figure: Figure, amount: f64| books.figures[figure as usize] += amount;
        add(Figure::CommitmentCost, paid * discount);
        add(Figure::BurstCost, account.burst_bill * discount);
        add(Figure::StrandedCost, account.stranded * discount);
        add(Figure::MarketCost, used * market * self.dt * discount);
        add(Figure::Used, used * self.dt);
        add(Figure::Unserved, account.unserved * self.dt);
        books.use_value += used * self.dt * discount;
        if let Some(cash) = &organization.cash {
            let interest = if books.cash > 0.0 { cash.interest } else { cash.borrowing };
            let (from, to) = ((t - 1) as f64 * self.dt, t as f64 * self.dt);
            let due = |lump: &&[f64; 2]| lump[0] > from + TOLERANCE && lump[0] <= to + TOLERANCE;
            let funded: f64 = cash.funding.iter().filter(due).map(|lump| lump[1]).sum();
            let running = cash.income.at(self.middle(t)) - cash.opex.at(self.middle(t));
            books.cash += books.cash * interest * self.dt + running * self.dt + funded - paid - account.burst_bill;
        }
    }

    fn earn(&self, o: usize, t: i64, account: &mut Account, books: &mut Books) {
        let organization = &self.scenario.organizations[o];
        let margin = organization.cash.as_ref().map_or(1.0, |cash| cash.margin);
        let (exponent, reference, efficiency) =
            organization.diminishing.as_ref().map_or((0.0, 1.0, 0.0), |d| (d.exponent, d.reference, d.efficiency));
        let effective = (account.served + account.burst) * (efficiency * self.middle(t)).exp();
        if let Some(performance) = organization.performance_return {
            let depth = 1.0 + (books.experience + effective * self.dt / 2.0) / reference;
            account.value = self.factors[t as usize][performance] * effective * depth.powf(-exponent) * self.dt;
        }
        books.experience += effective * self.dt;
        let year = t as f64 * self.dt;
        books.figures[Figure::Value as usize] += account.value * (-self.scenario.discount.rate.at(year) * year).exp();
        if organization.cash.is_some() {
            books.cash += margin * account.value;
            books.low = books.low.min(books.cash);
            account.cash = books.cash;
        }
        let [value, cost, stranded] =
            [margin * account.value, account.bills + account.burst_bill, account.stranded].map(|a| a / self.dt);
        let now = [value, cost, stranded, account.served + account.burst, account.wanted, account.unserved];
        let weight = 1.0 - (-self.dt).exp();
        books.averages = Some(
            books.averages.map_or(now, |before| std::array::from_fn(|k| before[k] + weight * (now[k] - before[k]))),
        );
    }
}
