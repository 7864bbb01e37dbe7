//! What a path comes to.

/// Figures that organizations have with clauses and without.
pub const FIGURES: usize = 14;

/// Money undiscounted by period, figures as they are defined.
#[derive(Default)]
pub struct Path {
    /// [period][contract, in file order]
    pub contracts: Vec<Vec<Flow>>,
    /// [period][organization]
    pub organizations: Vec<Vec<Account>>,
    /// [period][vendor of the file]
    pub vendors: Vec<Vec<VendorFlow>>,
    /// [period]
    pub crisis: Vec<bool>,
    /// [contract, in file order]: what is prepaid at τ = 0
    pub prepaid_at_start: Vec<f64>,
    /// [organization][figure]
    pub figures: Vec<[f64; FIGURES]>,
    /// [organization]: the present value of fees and settlements
    pub exit_costs: Vec<f64>,
    /// [organization]: the present value of what resale brings in
    pub resale_incomes: Vec<f64>,
    /// [organization]: the present value of use
    pub use_values: Vec<f64>,
    /// [contract, in file order]: present values of what is paid and of what stood idle
    pub costs: Vec<[f64; 2]>,
    /// [vendor of the file]: the present value of what its contracts paid
    pub received: Vec<f64>,
    /// [vendor of the file][organization]: present values
    pub losses: Vec<Vec<Loss>>,
    /// [period][event][organization]: numerator and denominator
    pub metrics: Vec<Vec<Vec<(f64, f64)>>>,
    /// [event][organization]: the period of its happening
    pub events: Vec<Vec<Option<u32>>>,
    /// [organization]
    pub bubbles: Vec<Option<u32>>,
    pub system_bubble: Option<u32>,
    /// [tranche]: the period of payment
    pub tranches: Vec<Option<u32>>,
    /// [vendor of the file]: the period of failure
    pub failures: Vec<Option<u32>>,
    /// [organization]: the period of settlement
    pub workouts: Vec<Option<u32>>,
    /// [contract, in file order]
    pub acts: Vec<Acts>,
}

/// What a contract's clauses did, by period.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    /// ℓ, the periods by which delivery is late.
    pub late: u32,
    /// Delivery is later than the long stop allows.
    pub never_begins: bool,
    /// The long stop ended it.
    pub stopped: Option<u32>,
    /// Notice of a reduction.
    pub notice: Option<u32>,
    /// The reduction's effect.
    pub cut: Option<u32>,
    pub extended: Option<u32>,
    /// A workout settled it.
    pub settled: Option<u32>,
    /// Its vendor failed, and somebody took it over…
    pub taken_over: Option<u32>,
    /// …or nobody did.
    pub abandoned: Option<u32>,
}

/// A contract in a period.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flow {
    /// Capacity as signed and planned.
    pub signed: f64,
    /// ρk, the capacity in force.
    pub capacity: f64,
    /// What is left of it at its age.
    pub useful: f64,
    /// e^{aging·a}
    pub wear: f64,
    pub rate: Option<f64>,
    pub served: f64,
    /// Units free of charge, made up for.
    pub free: f64,
    pub bill: f64,
    pub stranded: f64,
    /// For a reduction.
    pub fee: f64,
    /// By a workout.
    pub settlement: f64,
    /// What bill, fee and settlement took out of the prepayment.
    pub drawn: f64,
    /// Paid in advance at the period's end.
    pub prepayment: f64,
    /// Paid back of a prepayment.
    pub refund: f64,
    /// For late delivery.
    pub credit: f64,
    /// What idle capacity brings in.
    pub resale: f64,
}

impl Flow {
    /// What the organization pays the vendor.
    pub fn paid(&self) -> f64 {
        self.bill + self.fee + self.settlement - self.drawn + self.prepayment - self.refund - self.credit
    }
}

/// An organization in a period.
#[derive(Clone, Copy, Debug, Default)]
pub struct Account {
    pub wanted: f64,
    pub served: f64,
    pub burst: f64,
    pub unserved: f64,
    pub bills: f64,
    pub stranded: f64,
    /// To vendors: bills, fees, settlements and prepayments less what was drawn, paid back and credited.
    pub paid: f64,
    /// Fees and settlements, before prepayments drawn.
    pub exits: f64,
    pub resale: f64,
    /// What tranches and funding lumps bring in.
    pub funded: f64,
    /// The burst price with premium, 0 without burst.
    pub market: f64,
    pub burst_bill: f64,
    pub value: f64,
    pub cash: f64,
}

/// A vendor in a period.
#[derive(Clone, Debug, Default)]
pub struct VendorFlow {
    pub received: f64,
    /// [organization]
    pub losses: Vec<Loss>,
}

/// What a vendor loses with an organization.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loss {
    pub reductions: f64,
    pub workouts: f64,
    pub stakes: f64,
}

impl Loss {
    pub fn total(&self) -> f64 {
        self.reductions + self.workouts + self.stakes
    }
}
