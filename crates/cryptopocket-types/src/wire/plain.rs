//! Amounts whose digits on the wire are the amount in its own unit.

use core::fmt;
use core::str::FromStr;

use serde_core::ser::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{Currency, Decimal, Money, ParseError};

macro_rules! plain_amounts {
    ($($(#[$doc:meta])* $name:ident, $write:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// The amount.
            pub const fn decimal(self) -> Decimal {
                self.0
            }
        }

        impl From<Decimal> for $name {
            fn from(amount: Decimal) -> Self {
                Self(amount)
            }
        }

        amount!($name, |amount| amount.0, $write);

        impl FromStr for $name {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

plain_amounts! {
    /// Currency units as a JSON number: `240` is 240.00 EUR.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::{Currency, wire::CurrencyUnits};
    ///
    /// let amount: CurrencyUnits = serde_json::from_str("240.10")?;
    /// assert_eq!(amount.money(Currency::EUR).to_string(), "240.10 EUR");
    /// assert_eq!(serde_json::to_string(&amount)?, "240.10");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    CurrencyUnits, as_number;
    /// Currency units as a JSON string: `"4800.24"` is 4800.24 EUR.
    DecimalString, as_string;
    /// Coin units as a JSON number: `148.32` is 148.32 USDC.
    CoinUnits, as_number;
    /// An amount as a query parameter, in the unit that the operation names.
    QueryAmount, as_string;
}

impl CurrencyUnits {
    /// The amount in `currency`.
    pub const fn money(self, currency: Currency) -> Money {
        Money::new(self.0, currency)
    }
}

impl DecimalString {
    /// The amount in `currency`.
    pub const fn money(self, currency: Currency) -> Money {
        Money::new(self.0, currency)
    }
}

impl From<Money> for CurrencyUnits {
    fn from(money: Money) -> Self {
        Self(money.amount())
    }
}

pub(super) fn as_string<S: Serializer>(amount: Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&amount)
}

/// Writes a whole number as an integer, which every format understands, and a fraction as raw JSON, the only way that
/// avoids `f64`.
pub(super) fn as_number<S: Serializer>(amount: Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let text = amount.to_string();
    if let Ok(number) = text.parse::<u64>() {
        return serializer.serialize_u64(number);
    }
    if let Ok(number) = text.parse::<i64>() {
        return serializer.serialize_i64(number);
    }
    RawValue::from_string(text)
        .map_err(S::Error::custom)?
        .serialize(serializer)
}
