//! Shortfalls under take-or-pay that others have worked out, to the digits that they published.

use overhang::engine::cpu::CpuEngine;
use overhang::engine::trace::PeriodTrace;
use overhang::engine::{Draws, Instructions, Precision, Sampling, prepare};
use overhang::registry::Figure;

use super::case::{Run, on_every_engine};
use super::engines;

/// A contract of one lab that uses a share of the capacity, by quarters and without discounting.
fn scenario(years: u32, share: f64, contract: &str) -> String {
    format!(
        "schema = 1\nname = \"published\"\ncurrency = \"USD\"\ncapacity_unit = \"unit\"\n\
         [horizon]\nstart = 2015-01-01\nyears = {years}\nstep = \"quarter\"\n[discount]\nrate = 0.0\n\
         [[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = {share}\n\
         [[organization]]\nname = \"buyer\"\nutilization = \"use\"\ndemand = \"planned\"\n\
         [[contract]]\nname = \"supply\"\norganization = \"buyer\"\nvendor = \"Seller\"\nterm = {years}.0\n{contract}\n"
    )
}

/// The periods of a path of the CPU engine; with nothing random, all paths are the same.
fn periods(scenario: &str, precision: Precision) -> Vec<PeriodTrace> {
    let loaded = overhang::scenario::parse(scenario, "published.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let engine = CpuEngine::new(Some(1), Instructions::best(), precision, Sampling::Device).expect("threads start");
    engine.trace(&prepare(&loaded.scenario), Draws { seed: 1, replicate: 0 }, 0)
}

/// A figure that is the same on all paths.
fn certain(run: &Run, figure: Figure) -> f64 {
    run.is_certain(figure, 0.0).value
}

/// Petronet took 68% of the 7.5 million tonnes a year that it had bought from RasGas, and owed what was short of 90%, at $12.5
/// per million British thermal units, of which a tonne has 52: a penalty of "$1bn" for 2015.
///
/// Share and threshold: The Hindu Business Line, "Qatar's RasGas may waive penalty on Petronet LNG for lower offtake", November
/// 2015. The penalty: Oil & Gas Middle East, "Qatar to waive $1bn penalty on India's Petronet", 2015. The price: the managing
/// director of Petronet LNG, petronetlng.com/NewsContent.php?newsid=425.
#[test]
fn petronet_owed_a_billion_for_2015() {
    let rate = 12.5 * 52e6;
    let terms = format!("capacity = 7.5\nrate = {rate}\ntake_or_pay = 0.9\ntrue_up = 1.0");
    let text = scenario(1, 0.68, &terms);
    for run in on_every_engine(&engines(), &text) {
        let shortfall = certain(&run, Figure::StrandedCost);
        assert_eq!(format!("{:.0}", shortfall / 1e9), "1", "{}: {shortfall}", run.engine);
        // 0.22 · 7.5 million tonnes at $650
        assert_eq!(format!("{:.4}", shortfall / 1e9), "1.0725", "{}: {shortfall}", run.engine);
        assert_eq!(format!("{:.1}", certain(&run, Figure::Used)), "5.1", "{}", run.engine);
    }
}

/// The take-or-pay example of github.com/nhphuocvn/contract-clause-extractor (deal_copilot/economics_engine.py, with the numbers
/// in tests/test_take_or_pay.py): processors by the quarter at $25,000, three quarters of them taken, four fifths of each year's
/// owed. Shortfalls of 2,150, 3,600 and 1,750 units and $53.75m, $90.00m and $43.75m, and 7,500 banked units at the end.
#[test]
fn yearly_shortfalls_are_those_of_the_published_example() {
    let quarters = [7000, 9000, 12000, 15000, 18000, 20000, 18000, 16000, 13000, 11000, 7000, 4000];
    // capacity is a year's worth, read at the middle of each quarter
    let point = |(q, units): (usize, &i32)| format!("[{}, {}]", (q as f64 + 0.5) / 4.0, 4 * units);
    let curve: Vec<String> = quarters.iter().enumerate().map(point).collect();
    let terms =
        format!("capacity = [{}]\nrate = 25000\ntake_or_pay = 0.8\ntrue_up = 1.0\nmake_up = 1.0", curve.join(", "));
    let text = scenario(3, 0.75, &terms);
    for precision in [Precision::Single, Precision::Double] {
        let periods = periods(&text, precision);
        let owed: Vec<String> = periods.iter().map(|p| format!("{:.2}", p.organizations[0].stranded / 1e6)).collect();
        let nothing = "0.00";
        let year = |shortfall: &'static str| [nothing, nothing, nothing, shortfall];
        assert_eq!(owed, [year("53.75"), year("90.00"), year("43.75")].concat(), "{precision:?}");
        let mut before = 0.0;
        for (year, [units, floor]) in [["2150", "34400"], ["3600", "57600"], ["1750", "28000"]].iter().enumerate() {
            let of_year = &periods[4 * year..4 * year + 4];
            let bank = of_year[3].clauses.changes[0].bank;
            assert_eq!(&format!("{:.0}", bank - before), units, "{precision:?}, year {year}");
            // what is taken and what is short come to the floor at the full price
            let billed: f64 = of_year.iter().map(|period| period.organizations[0].bills).sum();
            assert_eq!(&format!("{:.0}", billed / 25e3), floor, "{precision:?}, year {year}");
            before = bank;
        }
        assert_eq!(format!("{before:.0}"), "7500", "{precision:?}");
    }
    for run in on_every_engine(&engines(), &text) {
        assert_eq!(format!("{:.2}", certain(&run, Figure::StrandedCost) / 1e6), "187.50", "{}", run.engine);
        assert_eq!(format!("{:.0}", certain(&run, Figure::Used)), "112500", "{}", run.engine);
    }
}
