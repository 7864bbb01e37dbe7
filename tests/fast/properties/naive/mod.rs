//! The flows of one path, written down once more from the specification, one number at a time, with the factors and the
//! random words given.
//!
//! Nothing here knows of plans, lanes or kernels, and nothing is fast. Years compare with a tolerance of 10⁻⁹.

mod clause;
mod contract;
mod crisis;
mod flow;
mod outcome;
mod path;
mod standing;
mod tranche;
mod vendor;
mod words;
mod workout;

use overhang::scenario::{Condition, Process, Scenario, Threshold, Trigger};

use contract::Schedule;
pub use path::{Account, Acts, FIGURES, Flow, Loss, Path, VendorFlow};
use standing::Standing;
pub use words::{PeriodWords, Words};

const TOLERANCE: f64 = 1e-9;

/// A scenario, with what its contracts say period by period.
pub struct Model<'a> {
    scenario: &'a Scenario,
    schedules: Vec<Schedule>,
    dt: f64,
    periods: i64,
}

/// What a path is driven by.
pub struct Given<'a> {
    /// [period][factor], period 0 being the start
    pub factors: &'a [Vec<f64>],
    /// [period]: the chain's state
    pub states: &'a [u32],
    pub words: &'a Words,
}

impl<'a> Model<'a> {
    pub fn new(scenario: &'a Scenario) -> Self {
        let (dt, periods) = (scenario.horizon.dt(), i64::from(scenario.horizon.periods));
        let schedules = scenario.contracts.iter().map(|contract| Schedule::new(scenario, contract)).collect();
        Model { scenario, schedules, dt, periods }
    }

    /// Walks a path.
    pub fn walk(&self, given: &Given) -> Path {
        Walk::begin(self, given).run()
    }

    /// The period that contains a year; period 1 for year 0.
    fn containing(&self, year: f64) -> i64 {
        ((year / self.dt - TOLERANCE / self.dt).ceil() as i64).max(1)
    }

    /// Periods that make up so many years.
    fn periods_of(&self, years: f64) -> i64 {
        (years / self.dt - TOLERANCE / self.dt).ceil() as i64
    }

    fn middle(&self, t: i64) -> f64 {
        (t as f64 - 0.5) * self.dt
    }

    fn liabilities(&self, t: i64) -> f64 {
        let year = t as f64 * self.dt;
        (-self.scenario.discount.liabilities.at(year) * year).exp()
    }

    fn discount(&self, t: i64) -> f64 {
        let year = t as f64 * self.dt;
        (-self.scenario.discount.rate.at(year) * year).exp()
    }

    /// The contracts of an organization in the order in which they serve.
    fn order(&self, o: usize) -> Vec<usize> {
        let contracts = &self.scenario.contracts;
        let mut order: Vec<usize> = (0..contracts.len()).filter(|&c| contracts[c].organization == o).collect();
        order.sort_by_key(|&c| contracts[c].priority);
        order
    }
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
}

/// What a vendor carries from period to period.
#[derive(Clone, Default)]
struct Ledger {
    /// Losses so far, undiscounted.
    lost: f64,
    /// [stake]
    stakes: Vec<bool>,
}

struct Walk<'a> {
    model: &'a Model<'a>,
    scenario: &'a Scenario,
    given: &'a Given<'a>,
    /// The period that is settled.
    t: i64,
    in_crisis: bool,
    standings: Vec<Standing>,
    books: Vec<Books>,
    ledgers: Vec<Ledger>,
    /// [event][organization]: periods in a row
    held: Vec<Vec<i64>>,
    /// Of the period: what is done so far.
    flows: Vec<Flow>,
    accounts: Vec<Account>,
    vendor_flows: Vec<VendorFlow>,
    path: Path,
}

impl<'a> Walk<'a> {
    fn begin(model: &'a Model<'a>, given: &'a Given<'a>) -> Self {
        let scenario = model.scenario;
        let organizations = scenario.organizations.len();
        let path = Path {
            events: vec![vec![None; organizations]; scenario.events.len()],
            bubbles: vec![None; organizations],
            tranches: vec![None; scenario.tranches.len()],
            failures: vec![None; scenario.vendors.len()],
            workouts: vec![None; organizations],
            ..Path::default()
        };
        let ledger = |stakes: usize| Ledger { lost: 0.0, stakes: vec![false; stakes] };
        let mut walk = Walk {
            model,
            scenario,
            given,
            t: 0,
            in_crisis: false,
            standings: Vec::new(),
            books: Vec::new(),
            ledgers: scenario.vendors.iter().map(|vendor| ledger(vendor.stakes.len())).collect(),
            held: vec![vec![0; organizations]; scenario.events.len()],
            flows: Vec::new(),
            accounts: Vec::new(),
            vendor_flows: Vec::new(),
            path,
        };
        walk.sign();
        walk.books = (0..organizations).map(|o| walk.open(o)).collect();
        walk
    }

    fn run(mut self) -> Path {
        for t in 1..=self.model.periods {
            self.t = t;
            self.clear();
            self.crisis();
            self.fail();
            self.work_out();
            self.stop();
            self.reduce();
            self.extend();
            self.lose_stakes();
            self.pay_tranches();
            self.set_rates();
            self.dispatch();
            self.bill();
            self.earn();
            self.watch();
            self.burst();
            self.keep();
        }
        self.close();
        self.path
    }

    fn clear(&mut self) {
        let (contracts, organizations) = (self.scenario.contracts.len(), self.scenario.organizations.len());
        self.flows = vec![Flow::default(); contracts];
        self.accounts = vec![Account::default(); organizations];
        let none = VendorFlow { received: 0.0, losses: vec![Loss::default(); organizations] };
        self.vendor_flows = vec![none; self.scenario.vendors.len()];
    }

    /// Balance before period 1.
    fn open(&self, o: usize) -> Books {
        let mut books = Books::default();
        for c in self.model.order(o) {
            books.cash -= self.path.prepaid_at_start[c];
        }
        if let Some(cash) = &self.scenario.organizations[o].cash {
            let funded: f64 = cash.funding.iter().filter(|lump| lump[0] < TOLERANCE).map(|lump| lump[1]).sum();
            books.cash += cash.opening + funded;
        }
        books.low = books.cash;
        books
    }

    /// Whether a condition holds at the beginning of the period: nothing of the period has happened yet.
    fn holds(&self, condition: &Condition) -> bool {
        let has_happened = |trigger: &Trigger| match *trigger {
            Trigger::Event { event, organization } => self.path.events[event][organization].is_some(),
            Trigger::Bubble { organization } => self.path.bubbles[organization].is_some(),
            Trigger::SystemBubble => self.path.system_bubble.is_some(),
        };
        match condition {
            Condition::Always => true,
            Condition::When(trigger) => has_happened(trigger),
            Condition::Unless(trigger) => !has_happened(trigger),
        }
    }

    /// The words of the period.
    fn words(&self) -> &'a PeriodWords {
        &self.given.words.periods[self.t as usize - 1]
    }

    /// A price at τ(at), as the period sees it.
    fn price(&self, factor: usize, at: i64) -> f64 {
        let crisis = self.scenario.crisis.as_ref().filter(|_| self.in_crisis);
        crisis.map_or(1.0, |crisis| crisis.price) * self.given.factors[at as usize][factor]
    }

    /// The burst price of an organization at τ(at), without premium.
    fn burst_price(&self, o: usize, at: i64) -> Option<f64> {
        self.scenario.organizations[o].burst.as_ref().map(|burst| burst.scale * self.price(burst.price, at))
    }

    /// The same with premium.
    fn market(&self, o: usize, at: i64) -> Option<f64> {
        let burst = self.scenario.organizations[o].burst.as_ref()?;
        Some(self.burst_price(o, at)? * (1.0 + burst.premium))
    }

    /// Events at the period's end.
    fn watch(&mut self) {
        let scenario = self.scenario;
        let organizations = scenario.organizations.len();
        let mut metrics = vec![vec![(0.0, 0.0); organizations]; scenario.events.len()];
        let year = self.t as f64 * self.model.dt;
        for (e, event) in scenario.events.iter().enumerate() {
            let needed = self.model.periods_of(event.duration).max(1);
            for o in (0..organizations).filter(|&o| event.organization.is_none_or(|at| at == o)) {
                let counts = year > event.after + TOLERANCE;
                let (a, b) = self.metric(event.metric, o);
                metrics[e][o] = (a, b);
                let crossed = match &event.threshold {
                    Threshold::Below(threshold) => a < threshold.at(year) * b,
                    Threshold::Above(threshold) => a > threshold.at(year) * b,
                };
                self.held[e][o] = if counts && crossed { self.held[e][o] + 1 } else { 0 };
                if self.held[e][o] >= needed && self.path.events[e][o].is_none() {
                    self.path.events[e][o] = Some(self.t as u32);
                }
            }
        }
        self.path.metrics.push(metrics);
    }

    fn keep(&mut self) {
        self.path.contracts.push(std::mem::take(&mut self.flows));
        self.path.organizations.push(std::mem::take(&mut self.accounts));
        self.path.vendors.push(std::mem::take(&mut self.vendor_flows));
        self.path.crisis.push(self.in_crisis);
    }
}
