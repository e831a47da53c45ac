//! Conversions to and from the types of other crates, one feature a crate.
//!
//! A conversion that could lose something is a `TryFrom` and fails exactly when the value does not fit.

#[cfg(feature = "bigdecimal")]
mod bigdecimal;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "iso_currency")]
mod iso_currency;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "uuid")]
mod uuid;

/// Conversions of amounts, from those of [`Decimal`](crate::Decimal): `$to` gives the foreign type and `$from` ours.
#[cfg(any(feature = "bigdecimal", feature = "rust_decimal"))]
macro_rules! amounts {
    ($foreign:ty, $to:expr, $from:expr) => {
        impl TryFrom<crate::Money> for $foreign {
            type Error = crate::ParseError;

            /// The amount in currency units, without the currency.
            fn try_from(money: crate::Money) -> Result<Self, crate::ParseError> {
                $to(money.amount())
            }
        }

        impl TryFrom<($foreign, crate::Currency)> for crate::Money {
            type Error = crate::ParseError;

            /// An amount in currency units.
            fn try_from((amount, currency): ($foreign, crate::Currency)) -> Result<Self, crate::ParseError> {
                Ok(Self::new($from(amount)?, currency))
            }
        }

        impl TryFrom<&crate::CoinAmount> for $foreign {
            type Error = crate::ParseError;

            /// The amount in coin units, without coin and chain.
            fn try_from(coins: &crate::CoinAmount) -> Result<Self, crate::ParseError> {
                $to(coins.amount())
            }
        }

        impl TryFrom<($foreign, &crate::Asset)> for crate::CoinAmount {
            type Error = crate::ParseError;

            /// An amount in coin units.
            fn try_from((amount, asset): ($foreign, &crate::Asset)) -> Result<Self, crate::ParseError> {
                Ok(asset.amount($from(amount)?))
            }
        }
    };
}

#[cfg(any(feature = "bigdecimal", feature = "rust_decimal"))]
use amounts;
#[cfg(feature = "sqlx")]
pub(crate) use sqlx::text_column;
