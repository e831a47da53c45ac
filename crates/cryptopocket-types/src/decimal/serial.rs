//! A decimal in JSON: written as a string, read from a string or a number, always by its text.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Decimal;
use crate::json::scalar_text;

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar_text(deserializer)?.parse().map_err(D::Error::custom)
    }
}
