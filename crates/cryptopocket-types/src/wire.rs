//! Amounts in the forms of the API.
//!
//! The same 240 EUR are `240` in a created payment, `24000` in a retrieved one and `"240.00"` in an off-ramp. The type of
//! a field states its form, so that no conversion is forgotten or done twice. Every type is read from the JSON text,
//! number or string, never through `f64`, and is written exactly.
//!
//! | type | on the wire | means |
//! |---|---|---|
//! | [`CurrencyUnits`] | number `240` | 240.00 EUR |
//! | [`Cents`] | whole number `15050` | 150.50 EUR |
//! | [`DecimalString`] | string `"4800.24"` | 4800.24 EUR |
//! | [`BaseUnits`] | string `"20000000000000000000"`, with `decimals` 18 | 20 coins |
//! | [`CoinUnits`] | number `148.32` | 148.32 coins |
//! | [`QueryAmount`] | query parameter `?amount=240` | in the unit of the operation |

/// What every amount has in common: Debug, JSON as `$write` writes its digits, and its way back to a decimal.
macro_rules! amount {
    ($name:ident, |$value:ident| $decimal:expr, $write:ident) => {
        impl From<$name> for Decimal {
            fn from(amount: $name) -> Self {
                amount.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = *self;
                $write($decimal, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = crate::json::scalar_text(deserializer)?;
                text.parse().map_err(serde_core::de::Error::custom)
            }
        }
    };
}

mod base_units;
mod cents;
mod path_text;
mod plain;

pub use base_units::BaseUnits;
pub use cents::Cents;
pub use path_text::PathText;
pub use plain::{CoinUnits, CurrencyUnits, DecimalString, QueryAmount};
