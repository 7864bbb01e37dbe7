//! Numbers as people read them: as many digits as their error supports.

/// What stands where there is no number.
pub const NOTHING: &str = "–";

/// Digits of a number at most, in the answer and in tables where many stand side by side.
pub const ANSWER_DIGITS: i32 = 8;
pub const TABLE_DIGITS: i32 = 4;

/// Digits of a value that is exact.
const EXACT_DIGITS: i32 = 6;

/// Numbers smaller than this are written with a power of ten.
const SMALLEST_PLAIN: f64 = 1e-4;

/// Numbers of a scenario file from here on have a power of ten.
const LARGE: f64 = 1e5;

/// Digits of a probability in per cent at most.
const PERCENT_DIGITS: i32 = 4;

/// Digits of a value whose error is unknown.
const UNKNOWN_DIGITS: i32 = 3;

/// The digits after the decimal point down to which an error has two digits; negative for errors of 100 and more.
/// `None` for what is not an error: 0, negative, not finite.
pub fn decimals(error: f64) -> Option<i32> {
    if !(error.is_finite() && error > 0.0) {
        return None;
    }
    // an error of 0.0996 is 0.10, and its second digit one place further left than that of 0.0994
    let rounded = format!("{error:.1e}");
    let exponent: i32 = rounded.split_once('e')?.1.parse().ok()?;
    Some(1 - exponent)
}

/// `x` rounded to so many digits after the point (before it, if negative), with commas from five digits before the
/// point on. Small numbers have a power of ten instead of their zeros.
pub fn fixed(x: f64, decimals: i32) -> String {
    let further_digits = decimals + exponent(x);
    if x != 0.0 && x.abs() < SMALLEST_PLAIN && further_digits >= 0 {
        return format!("{x:.0$e}", further_digits as usize);
    }
    let text = if decimals < 0 {
        let unit = 10f64.powi(-decimals);
        format!("{:.0}", (x / unit).round() * unit)
    } else {
        format!("{x:.0$}", decimals as usize)
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) => ("-", digits),
        Some(zero) => ("", zero),
        None => ("", text.as_str()),
    };
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    format!("{sign}{}{rest}", grouped(whole))
}

/// A count with commas.
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// Digits in groups of three, if there are five or more.
fn grouped(digits: &str) -> String {
    if digits.len() < 5 {
        return digits.to_owned();
    }
    let first = (digits.len() - 1) % 3 + 1;
    let mut text = digits[..first].to_owned();
    for group in digits.as_bytes()[first..].chunks(3) {
        text.push(',');
        text.extend(group.iter().map(|&digit| char::from(digit)));
    }
    text
}

/// `x` in so many significant digits.
pub fn significant(x: f64, digits: i32) -> String {
    fixed(x, digits - 1 - exponent(x))
}

/// A value down to the second digit of its error, but with at most `most` digits. An error of 0 means that it is exact.
pub fn supported(x: Option<f64>, error: Option<f64>, most: i32) -> String {
    match (x, error) {
        (None, _) => NOTHING.to_owned(),
        (Some(x), Some(error)) => match decimals(error) {
            Some(decimals) => fixed(x, decimals.min(most - 1 - exponent(x))),
            None => exact(x, most.min(EXACT_DIGITS)),
        },
        (Some(x), None) => significant(x, UNKNOWN_DIGITS),
    }
}

/// A value in so many digits at most, without zeros at the end.
pub fn exact(x: f64, digits: i32) -> String {
    let text = significant(x, digits);
    match (text.contains('e'), text.contains('.')) {
        (true, _) => text.parse().map_or(text, |rounded: f64| format!("{rounded:e}")),
        (false, true) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        (false, false) => text,
    }
}

/// A number of a scenario file, in thousands, millions and so on where it is large.
pub fn input_number(x: f64) -> String {
    let thousands = if x.abs() >= LARGE { (x.abs().log10() / 3.0).floor() as i32 } else { 0 };
    let shown = exact(x / 1000f64.powi(thousands), TABLE_DIGITS);
    if thousands == 0 { shown } else { format!("{shown}e{}", 3 * thousands) }
}

/// The power of ten of the first digit; 0 for 0.
pub fn exponent(x: f64) -> i32 {
    if x == 0.0 { 0 } else { x.abs().log10().floor() as i32 }
}

/// A probability in per cent, of which the interval's width has two digits: value, low and high. Certainties have none.
pub fn percent(probability: Option<f64>, low: Option<f64>, high: Option<f64>) -> Option<(String, String, String)> {
    let (probability, low, high) = (probability?, low?, high?);
    // but for what is next to certain two digits of the rest
    let most = (PERCENT_DIGITS - 1 - exponent(100.0 * high)).max(decimals(100.0 * (1.0 - low)).unwrap_or(0));
    let decimals = decimals(100.0 * (high - low)).unwrap_or(0).clamp(0, most);
    let text = |x: f64| if x == 0.0 || x == 1.0 { format!("{:.0}", 100.0 * x) } else { fixed(100.0 * x, decimals) };
    Some((text(probability), text(low), text(high)))
}

/// A share in per cent, in as many digits as it needs: 0.995 is 99.5%.
pub fn percentage(share: f64) -> String {
    // the product of a short decimal and 100 may end in …0001
    format!("{}%", (share * 1e8).round() / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_two_digits() {
        let cases = [(0.013, Some(3)), (0.0996, Some(2)), (0.0994, Some(3)), (1.0, Some(1)), (1234.0, Some(-2))];
        for (error, expected) in cases {
            assert_eq!(decimals(error), expected, "{error}");
        }
        for none in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(decimals(none), None);
        }
    }

    #[test]
    fn values_go_down_to_the_second_digit_of_their_error() {
        let cases = [
            (Some(31.41823), Some(0.01316), 8, "31.418"),
            (Some(-31.41823), Some(0.0996), 8, "-31.42"),
            (Some(123_456.0), Some(1234.0), 8, "123,500"),
            (Some(31.41823), Some(1e-9), 5, "31.418"),
            (Some(-0.0004), Some(0.02), 8, "0.000"),
            (Some(38.0), Some(0.0), 8, "38"),
            (Some(0.0), Some(0.0), 8, "0"),
            (Some(2.0 / 3.0), Some(0.0), 8, "0.666667"),
            (Some(31.41823), None, 8, "31.4"),
            (Some(4.2), Some(5000.0), 8, "0"),
            (Some(0.000_050_61), Some(0.000_001_04), 8, "5.06e-5"),
            (Some(-0.000_05), Some(0.0), 8, "-5e-5"),
            (Some(0.000_05), Some(0.02), 8, "0.000"),
            (None, Some(1.0), 8, NOTHING),
        ];
        for (x, error, most, expected) in cases {
            assert_eq!(supported(x, error, most), expected, "{x:?} ± {error:?}");
        }
    }

    #[test]
    fn long_numbers_have_commas() {
        assert_eq!(count(1_048_576), "1,048,576");
        assert_eq!(count(4096), "4096");
        assert_eq!(count(100_000), "100,000");
        assert_eq!(fixed(-12345.678, 1), "-12,345.7");
        assert_eq!(fixed(-0.001, 2), "0.00");
    }

    #[test]
    fn percentages_have_the_digits_of_their_interval() {
        let text = |a: &str, b: &str, c: &str| Some((a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(percent(Some(0.23411), Some(0.23331), Some(0.23493)), text("23.41", "23.33", "23.49"));
        assert_eq!(percent(Some(0.976_561), Some(0.976_260), Some(0.976_857)), text("97.66", "97.63", "97.69"));
        assert_eq!(percent(Some(0.0), Some(0.0), Some(0.000_003_7)), text("0", "0", "0.00037"));
        assert_eq!(percent(Some(1.0), Some(0.999_996_3), Some(1.0)), text("100", "99.99963", "100"));
        assert_eq!(percent(None, None, None), None);
    }
}
