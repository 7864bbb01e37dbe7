//! Units of numbers, and how they are written: money in thousands, millions, billions.

use crate::registry;
use crate::scenario::Scenario;

/// What a number is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// The scenario's currency.
    Money,
    /// The scenario's capacity units.
    Capacity,
    /// Capacity-unit-years.
    CapacityYears,
    /// Currency per capacity-unit-year.
    Rate,
    /// From 0 to 1.
    Probability,
    Years,
    /// How many there are.
    Count,
    /// No unit: a ratio, or something whose unit no file names.
    Number,
}

impl From<registry::Unit> for Unit {
    fn from(unit: registry::Unit) -> Self {
        match unit {
            registry::Unit::Money => Unit::Money,
            registry::Unit::CapacityYears => Unit::CapacityYears,
            registry::Unit::Rate => Unit::Rate,
        }
    }
}

/// What a scenario calls its money and its capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels<'a> {
    pub currency: &'a str,
    pub capacity: &'a str,
}

impl Scenario {
    /// What money and capacity are called.
    pub fn labels(&self) -> Labels<'_> {
        Labels { currency: &self.currency, capacity: &self.capacity_unit }
    }
}

impl Labels<'_> {
    /// A unit as documents have it, for example `USD per GW-year`; empty for units without a label.
    pub fn text(self, unit: Unit) -> String {
        let Labels { currency, capacity } = self;
        match unit {
            Unit::Money => currency.to_owned(),
            Unit::Capacity => capacity.to_owned(),
            Unit::CapacityYears => format!("{capacity}-year"),
            Unit::Rate => format!("{currency} per {capacity}-year"),
            Unit::Probability | Unit::Years | Unit::Count | Unit::Number => String::new(),
        }
    }

    /// The divisor and the label with which numbers of this size are easily read; money is scaled, use is not.
    pub fn scaled(self, unit: Unit, size: f64) -> (f64, String) {
        let Labels { currency, capacity } = self;
        let money = |per: &str| {
            let (factor, name) = scale(size);
            (factor, format!("{}{per}", format!("{}{name}", currency_sign(currency)).trim()))
        };
        match unit {
            Unit::Money => money(""),
            Unit::Rate => money(&format!("/{capacity}-yr")),
            Unit::Capacity => (1.0, capacity.to_owned()),
            Unit::CapacityYears => (1.0, format!("{capacity}-yr")),
            Unit::Probability | Unit::Years | Unit::Count | Unit::Number => (1.0, String::new()),
        }
    }

    /// A number with its unit, scaled as numbers of this size: `$131.1bn`, `$11.4bn/GW-yr`, `CHF 250m`, `3.5 GW`.
    pub fn amount(self, x: f64, unit: Unit, size: f64, write: impl Fn(f64) -> String) -> String {
        let (factor, label) = self.scaled(unit, if x == 0.0 { 0.0 } else { size });
        let text = write(x / factor);
        match unit {
            Unit::Money | Unit::Rate => {
                let sign = currency_sign(self.currency);
                let power = label.strip_prefix(sign.trim_end()).unwrap_or(&label);
                let (minus, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
                format!("{minus}{sign}{digits}{}", power.trim_start())
            }
            Unit::Capacity | Unit::CapacityYears => format!("{text} {label}"),
            Unit::Probability | Unit::Years | Unit::Count | Unit::Number => text,
        }
    }
}

/// The power of a thousand in which numbers of this size have few digits before the point, and its name.
fn scale(size: f64) -> (f64, &'static str) {
    let scales = [(1e13, 1e12, "tn"), (1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k")];
    let found = scales.into_iter().find(|&(from, _, _)| size >= from);
    found.map_or((1.0, ""), |(_, factor, name)| (factor, name))
}

/// The divisor of numbers of this size that may be money, since no file names their unit, and its name.
pub fn large(size: f64) -> (f64, &'static str) {
    match size {
        size if size >= 1e9 => (1e9, "bn"),
        size if size >= 1e6 => (1e6, "m"),
        _ => (1.0, ""),
    }
}

/// A currency's sign, if it has one that everybody knows, or else its label and a space.
fn currency_sign(label: &str) -> String {
    let signs = [("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("JPY", "¥")];
    let known = signs.iter().find(|(name, _)| *name == label);
    known.map_or_else(|| format!("{label} ").trim_start().to_owned(), |(_, sign)| (*sign).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::numbers::exact;

    #[test]
    fn units_are_spelt_with_their_labels() {
        let text = |unit| Labels { currency: "USD", capacity: "GW" }.text(unit);
        assert_eq!(text(Unit::Money), "USD");
        assert_eq!([text(Unit::Capacity), text(Unit::CapacityYears)], ["GW", "GW-year"]);
        assert_eq!(text(Unit::Rate), "USD per GW-year");
        assert_eq!([Unit::Probability, Unit::Years, Unit::Count, Unit::Number].map(text), [""; 4]);
    }

    #[test]
    fn amounts_carry_their_unit() {
        for (x, currency, unit, shown) in [
            (131.1e9, "USD", Unit::Money, "$131.1bn"),
            (-2e6, "EUR", Unit::Money, "-€2m"),
            (11.4e9, "USD", Unit::Rate, "$11.4bn/GW-yr"),
            (250e6, "CHF", Unit::Money, "CHF 250m"),
            (7.0, "CHF", Unit::Money, "CHF 7"),
            (3.5, "G", Unit::Capacity, "3.5 GW"),
            (8.0, "USD", Unit::CapacityYears, "8 GW-yr"),
            (-3e9, "", Unit::Money, "-3bn"),
            (0.25, "USD", Unit::Probability, "0.25"),
        ] {
            let labels = Labels { currency, capacity: "GW" };
            assert_eq!(labels.amount(x, unit, x.abs(), |x| exact(x, 4)), shown);
        }
        let labels = Labels { currency: "USD", capacity: "GW" };
        assert_eq!(labels.amount(0.0, Unit::Money, 38e9, |x| exact(x, 4)), "$0", "no billions of nothing");
    }

    #[test]
    fn scales_leave_few_digits() {
        let names = [9.9e3, 1e4, 5e6, 1e9, 1.4e12, 2e13].map(|size| scale(size).1);
        assert_eq!(names, ["", "k", "m", "bn", "bn", "tn"]);
        assert_eq!((currency_sign("USD"), currency_sign("SEK")), ("$".to_owned(), "SEK ".to_owned()));
    }
}
