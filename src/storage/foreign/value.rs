//! The values of a column of a Parquet file.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use half::f16;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;

use super::kind::Kind;

/// Rows that are decoded at once.
const AT_ONCE: usize = 1 << 16;
/// 10²² is the largest power of ten that double precision holds exactly, as it does whole numbers up to 2⁵³.
const EXACT_SCALE: u32 = 22;
const EXACT_WHOLE: u64 = 1 << 53;

/// The values of a column, none of them empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    Numbers(Vec<f64>),
    /// The different texts, and which of them stands in each row.
    Texts {
        words: Vec<String>,
        rows: Vec<u32>,
    },
    Dates(Vec<NaiveDate>),
}

/// What is wrong with a column.
pub(super) enum Fault {
    Broken(String),
    /// A row has no value.
    Empty(usize),
    /// A row is not UTF-8.
    Text(usize),
}

/// Reads a column of so many rows.
pub(super) fn read(reader: ColumnReader, kind: Kind, rows: usize) -> Result<Values, Fault> {
    match (kind, reader) {
        (Kind::Text, ColumnReader::ByteArrayColumnReader(reader)) => texts(reader, rows),
        (Kind::Date, ColumnReader::Int32ColumnReader(reader)) => dates(reader, rows),
        (kind, reader) => numbers(reader, kind, rows).map(Values::Numbers),
    }
}

fn numbers(reader: ColumnReader, kind: Kind, rows: usize) -> Result<Vec<f64>, Fault> {
    let mut all = Vec::new();
    let mut put = |number| {
        all.push(number);
        Ok(())
    };
    match (kind, reader) {
        (Kind::Float, ColumnReader::FloatColumnReader(of)) => each(of, rows, |_, &x| put(f64::from(x)))?,
        (Kind::Float, ColumnReader::DoubleColumnReader(of)) => each(of, rows, |_, &x| put(x))?,
        (kind, ColumnReader::Int32ColumnReader(of)) => each(of, rows, |_, &x| put(number(x.into(), kind)))?,
        (kind, ColumnReader::Int64ColumnReader(of)) => each(of, rows, |_, &x| put(number(x, kind)))?,
        (kind, ColumnReader::FixedLenByteArrayColumnReader(of)) => {
            each(of, rows, |_, bytes| put(wide_number(bytes.data(), kind)))?;
        }
        (kind, ColumnReader::ByteArrayColumnReader(of)) => {
            each(of, rows, |_, bytes| put(wide_number(bytes.data(), kind)))?;
        }
        _ => return Err(Fault::Broken("its physical type does not match its logical type".into())),
    }
    Ok(all)
}

fn texts(reader: ColumnReaderImpl<parquet::data_type::ByteArrayType>, all: usize) -> Result<Values, Fault> {
    let (mut words, mut rows) = (Vec::new(), Vec::new());
    let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
    each(reader, all, |row, bytes| {
        let place = match known.get(bytes.data()) {
            Some(&place) => place,
            None => {
                let word = std::str::from_utf8(bytes.data()).map_err(|_| Fault::Text(row))?;
                words.push(word.to_owned());
                known.insert(bytes.data().to_vec(), words.len() as u32 - 1);
                words.len() as u32 - 1
            }
        };
        rows.push(place);
        Ok(())
    })?;
    Ok(Values::Texts { words, rows })
}

fn dates(reader: ColumnReaderImpl<parquet::data_type::Int32Type>, rows: usize) -> Result<Values, Fault> {
    let mut all = Vec::new();
    each(reader, rows, |row, &days| {
        let count = Days::new(u64::from(days.unsigned_abs()));
        let date = if days < 0 {
            NaiveDate::default().checked_sub_days(count)
        } else {
            NaiveDate::default().checked_add_days(count)
        };
        all.push(date.ok_or_else(|| Fault::Broken(format!("row {row} is not a valid date")))?);
        Ok(())
    })?;
    Ok(Values::Dates(all))
}

/// Calls `take` with each row's value, in order.
fn each<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    mut take: impl FnMut(usize, &T::T) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let mut row = 0;
    while row < rows {
        values.clear();
        levels.clear();
        let (records, read, _) = reader
            .read_records((rows - row).min(AT_ONCE), Some(&mut levels), None, &mut values)
            .map_err(|error| Fault::Broken(error.to_string()))?;
        if records == 0 {
            return Err(Fault::Broken("it has fewer values than rows".into()));
        }
        if read < records {
            return Err(Fault::Empty(row + levels.iter().position(|&level| level == 0).unwrap_or(read)));
        }
        values.iter().enumerate().try_for_each(|(at, value)| take(row + at, value))?;
        row += records;
    }
    Ok(())
}

/// A number that is stored as a whole one.
fn number(stored: i64, kind: Kind) -> f64 {
    match kind {
        Kind::Decimal { scale } => decimal(stored, scale),
        Kind::Whole { bits, signed: true } => (stored << (64 - bits) >> (64 - bits)) as f64,
        Kind::Whole { bits, signed: false } => ((stored as u64) << (64 - bits) >> (64 - bits)) as f64,
        Kind::Float | Kind::Half | Kind::Text | Kind::Date => f64::NAN,
    }
}

/// A number that is stored as bytes.
fn wide_number(bytes: &[u8], kind: Kind) -> f64 {
    match (kind, bytes) {
        (Kind::Half, &[low, high]) => f16::from_le_bytes([low, high]).to_f64(),
        (Kind::Decimal { scale }, bytes) => wide_decimal(bytes, scale),
        _ => f64::NAN,
    }
}

/// A decimal number, rounded once.
fn decimal(unscaled: i64, scale: u32) -> f64 {
    if unscaled.unsigned_abs() <= EXACT_WHOLE && scale <= EXACT_SCALE {
        return unscaled as f64 / 10u128.pow(scale) as f64;
    }
    parsed(&unscaled.to_string(), scale)
}

/// The same of a whole number in two's complement, the first byte being the highest.
fn wide_decimal(bytes: &[u8], scale: u32) -> f64 {
    let is_negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let fill = if is_negative { 0xff } else { 0 };
    let (high, low) = bytes.split_at(bytes.len().saturating_sub(8));
    let mut eight = [fill; 8];
    eight[8 - low.len()..].copy_from_slice(low);
    let narrow = i64::from_be_bytes(eight);
    if high.iter().all(|&byte| byte == fill) && (narrow < 0) == is_negative {
        return decimal(narrow, scale);
    }
    let mut magnitude: Vec<u8> = bytes.iter().map(|byte| byte ^ fill).collect();
    let digits = digits(&mut magnitude, is_negative);
    parsed(&format!("{}{digits}", if is_negative { "-" } else { "" }), scale)
}

/// The decimal digits of a whole number in bytes, the first being the highest, plus one if asked for.
fn digits(bytes: &mut [u8], plus_one: bool) -> String {
    let mut reversed = Vec::new();
    let mut carry = u16::from(plus_one);
    for byte in bytes.iter_mut().rev() {
        let sum = u16::from(*byte) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    while bytes.iter().any(|&byte| byte > 0) {
        let mut rest = 0u16;
        for byte in bytes.iter_mut() {
            let all = rest << 8 | u16::from(*byte);
            (*byte, rest) = ((all / 10) as u8, all % 10);
        }
        reversed.push(b'0' + rest as u8);
    }
    reversed.iter().rev().map(|&digit| char::from(digit)).collect()
}

fn parsed(digits: &str, scale: u32) -> f64 {
    format!("{digits}e-{scale}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_once() {
        assert_eq!(decimal(85, 2), 0.85);
        assert_eq!(decimal(-1_234_567_890_123_456_789, 4), -123_456_789_012_345.67);
        assert_eq!(decimal(i64::MIN, 0), -9_223_372_036_854_775_808.0);
        for (bytes, scale, value) in [
            (&[0x55][..], 2, 0.85),
            (&[0xab], 2, -0.85),
            (&[], 2, 0.0),
            // 2⁶³ and −2⁶⁴ − 1, which do not fit eight bytes
            (&[0, 0x80, 0, 0, 0, 0, 0, 0, 0], 1, 922_337_203_685_477_580.8),
            (&[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 0, -18_446_744_073_709_551_617.0),
            (&[0xff; 32], 3, -0.001),
        ] {
            assert_eq!(wide_decimal(bytes, scale), value, "{bytes:?}");
        }
        // −2²⁵⁵, of 77 digits
        let mut least = [0; 32];
        least[0] = 0x80;
        assert_eq!(wide_decimal(&least, 0), -(2f64.powi(255)));
    }

    #[test]
    fn whole_numbers_have_their_width_and_sign() {
        let whole = |bits, signed| Kind::Whole { bits, signed };
        assert_eq!(number(-1, whole(8, false)), 255.0);
        assert_eq!(number(-1, whole(32, false)), 4_294_967_295.0);
        assert_eq!(number(-1, whole(64, false)), 2f64.powi(64));
        assert_eq!(number(-7, whole(16, true)), -7.0);
        assert_eq!(number(i64::MIN, whole(64, true)), -(2f64.powi(63)));
    }
}
