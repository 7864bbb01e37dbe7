//! `true_up` and `make_up`: take-or-pay over longer windows, and units that were paid for and can be used later.

use super::super::super::item::{Fields, Item};
use super::super::super::limits::Limits;
use super::super::common::share;
use super::super::horizon::whole_periods;
use super::of::Of;

const TRUE_UP: Limits =
    Limits::positive("the years over which take-or-pay is tested, in whole periods; every period if omitted")
        .up_to(100.0);
const MAKE_UP: Limits = share("the share of units paid for and not used that later use may draw free of charge");

/// The length of a window in years.
pub(super) fn true_up(item: &Item, of: &Of) -> Option<f64> {
    let years = item.number(&TRUE_UP)?;
    of.world.horizon.map_or(Some(years), |horizon| whole_periods(item, years, horizon))
}

/// The share that later use may draw.
pub(super) fn make_up(contract: &Fields) -> f64 {
    contract.number_or("make_up", &MAKE_UP, 0.0)
}
