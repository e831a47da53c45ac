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
        $crate::traits::try_from! {
            /// The amount in currency units, without the currency.
            crate::Money => $foreign, |money| $to(money.amount());
            /// An amount in currency units.
            ($foreign, crate::Currency) => crate::Money, |(amount, currency)| Ok(Self::new($from(amount)?, currency));
            /// The amount in coin units, without coin and chain.
            &crate::CoinAmount => $foreign, |coins| $to(coins.amount());
            /// An amount in coin units.
            ($foreign, &crate::Asset) => crate::CoinAmount, |(amount, asset)| Ok(asset.amount($from(amount)?));
        }
    };
}

/// A date of these parts; `refused` if the calendar has no such day between the years 0000 and 9999.
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
fn date(
    year: impl TryInto<u16>,
    month: impl TryInto<u8>,
    day: impl TryInto<u8>,
    refused: crate::ParseError,
) -> Result<crate::Date, crate::ParseError> {
    let parts = (year.try_into(), month.try_into(), day.try_into());
    let (Ok(year), Ok(month), Ok(day)) = parts else {
        return Err(refused);
    };
    crate::Date::new(year, month, day).map_err(|_| refused)
}

#[cfg(any(feature = "bigdecimal", feature = "rust_decimal"))]
use amounts;
#[cfg(feature = "sqlx")]
pub(crate) use sqlx::text_column;
