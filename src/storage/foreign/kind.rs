//! How a column of a Parquet file is read: by its logical type, then the older converted type, then how it is stored.

use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::schema::types::ColumnDescriptor;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Single or double precision.
    Float,
    /// Half precision, in two bytes.
    Half,
    /// Whole numbers of so many bits.
    Whole { bits: u32, signed: bool },
    /// Whole numbers over a power of ten.
    Decimal { scale: u32 },
    /// UTF-8.
    Text,
    /// Days since 1970-01-01.
    Date,
}

impl Kind {
    /// How a column is read; otherwise its type in words.
    pub(super) fn of(column: &ColumnDescriptor) -> Result<Self, String> {
        if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
            return Err("nested (a list or a struct)".into());
        }
        let physical = column.physical_type();
        let stored_whole = matches!(physical, Type::INT32 | Type::INT64);
        let stored_bytes = matches!(physical, Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY);
        let decimal = |scale: i32| u32::try_from(scale).ok().map(|scale| Kind::Decimal { scale });
        let found = match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Decimal(of)), _) if stored_whole || stored_bytes => decimal(of.scale),
            (Some(LogicalType::Integer(of)), _) if stored_whole => whole(of.bit_width, of.is_signed),
            (Some(LogicalType::Float16), _) if stored_bytes && column.type_length() == 2 => Some(Kind::Half),
            (Some(LogicalType::Date), _) if physical == Type::INT32 => Some(Kind::Date),
            (Some(LogicalType::String | LogicalType::Enum), _) if physical == Type::BYTE_ARRAY => Some(Kind::Text),
            (None, ConvertedType::DECIMAL) if stored_whole || stored_bytes => decimal(column.type_scale()),
            (None, ConvertedType::DATE) if physical == Type::INT32 => Some(Kind::Date),
            (None, ConvertedType::UTF8 | ConvertedType::ENUM) if physical == Type::BYTE_ARRAY => Some(Kind::Text),
            (None, ConvertedType::NONE) => plain(physical),
            (None, converted) if stored_whole => converted_whole(converted),
            _ => None,
        };
        found.ok_or_else(|| name(column))
    }

    /// In words, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Float | Kind::Half => "a floating-point number",
            Kind::Whole { .. } => "an integer",
            Kind::Decimal { .. } => "a decimal number",
            Kind::Text => "text",
            Kind::Date => "a date",
        }
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        !matches!(self, Kind::Text | Kind::Date)
    }
}

fn whole(bits: i8, signed: bool) -> Option<Kind> {
    let bits = u32::try_from(bits).ok().filter(|bits| matches!(bits, 8 | 16 | 32 | 64))?;
    Some(Kind::Whole { bits, signed })
}

fn converted_whole(converted: ConvertedType) -> Option<Kind> {
    match converted {
        ConvertedType::INT_8 => whole(8, true),
        ConvertedType::INT_16 => whole(16, true),
        ConvertedType::INT_32 => whole(32, true),
        ConvertedType::INT_64 => whole(64, true),
        ConvertedType::UINT_8 => whole(8, false),
        ConvertedType::UINT_16 => whole(16, false),
        ConvertedType::UINT_32 => whole(32, false),
        ConvertedType::UINT_64 => whole(64, false),
        _ => None,
    }
}

/// Columns that say no more than how they are stored. Bytes are what some older programs write for text.
fn plain(physical: Type) -> Option<Kind> {
    match physical {
        Type::FLOAT | Type::DOUBLE => Some(Kind::Float),
        Type::INT32 => whole(32, true),
        Type::INT64 => whole(64, true),
        Type::BYTE_ARRAY => Some(Kind::Text),
        Type::BOOLEAN | Type::INT96 | Type::FIXED_LEN_BYTE_ARRAY => None,
    }
}

/// A type by its name in the format's specification.
fn name(column: &ColumnDescriptor) -> String {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Timestamp(_)), _) => "TIMESTAMP".into(),
        (Some(LogicalType::Time(_)), _) => "TIME".into(),
        (Some(LogicalType::Uuid), _) => "UUID".into(),
        (Some(LogicalType::Unknown), _) => "NULL".into(),
        (Some(LogicalType::Variant(_)), _) => "VARIANT".into(),
        (Some(LogicalType::Geometry(_)), _) => "GEOMETRY".into(),
        (Some(LogicalType::Geography(_)), _) => "GEOGRAPHY".into(),
        (_, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS) => "TIMESTAMP".into(),
        (_, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => "TIME".into(),
        (_, ConvertedType::NONE) => column.physical_type().to_string(),
        (_, converted) => converted.to_string(),
    }
}

/// What to write instead of a type that is not read.
pub(super) fn instead(kind: &str) -> &'static str {
    match kind {
        "BOOLEAN" => "write integers (0 and 1) or text",
        "TIMESTAMP" | "INT96" => "write dates (date32), text or numbers",
        "TIME" | "INTERVAL" => "write a number, for example of seconds",
        "NULL" => "write numbers, or drop the column: it has no values",
        _ if kind.starts_with("nested") => "write a flat column of numbers or text",
        _ => "write integers, decimals, float32 or float64, or UTF-8 strings",
    }
}
