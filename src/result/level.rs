//! The probabilities that name quantiles, values at risk and shortfalls.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// A probability that names a quantile or a tail, such as 0.95. Documents have it as a key: the shortest number that
/// reads back to the same bits.
#[derive(Debug, Clone, Copy)]
pub struct Level(f64);

impl Level {
    pub fn new(share: f64) -> Self {
        Level(share)
    }

    /// The probability itself.
    pub fn share(self) -> f64 {
        self.0
    }
}

impl PartialEq for Level {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Level {}

impl Hash for Level {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl Display for Level {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Text that is not what a level is written as.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a level such as 0.95")]
pub struct WrongLevel(String);

impl FromStr for Level {
    type Err = WrongLevel;

    fn from_str(text: &str) -> Result<Self, WrongLevel> {
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && number.to_string() == text);
        number.map(Level).ok_or_else(|| WrongLevel(text.to_owned()))
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Level {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Level".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}
