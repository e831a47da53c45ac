//! Amounts in cents.

use core::fmt;
use core::str::FromStr;

use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::plain::as_number;
use crate::{Currency, Decimal, Money, ParseError};

/// Hundredths of a currency unit as a whole JSON number: `15050` is 150.50 EUR.
///
/// The provider documents "cents" with examples in euros. For a currency without cents, such as CLP, the meaning is
/// undocumented; they are read as hundredths too.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::{Currency, Money, wire::Cents};
///
/// let amount: Cents = serde_json::from_str("15050")?;
/// assert_eq!(amount.money(Currency::EUR), Money::parse("150.50", Currency::EUR).unwrap());
/// assert_eq!(amount.decimal().to_string(), "150.50");
/// assert!(serde_json::from_str::<Cents>("150.50").is_err());
/// assert!(serde_json::from_str::<Cents>("150.00").is_err(), "a point may mean euros");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(Decimal);

const DIGITS: u32 = 2;

const NOT_WHOLE: ParseError = ParseError::new(
    "cents",
    "not a whole number of cents",
    "give cents without a fraction, or round first",
);

impl Cents {
    /// Makes an amount from a number of cents.
    pub fn new(cents: i64) -> Self {
        Self(Decimal::from_minor(cents.into(), DIGITS).unwrap_or_default())
    }

    /// The amount in currency units: `150.50` for 15050 cents.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// The amount in `currency`.
    pub const fn money(self, currency: Currency) -> Money {
        Money::new(self.0, currency)
    }

    fn count(self) -> Decimal {
        self.0.shifted(2).unwrap_or_default()
    }
}

impl TryFrom<Decimal> for Cents {
    type Error = ParseError;

    /// Converts an amount in currency units, which must be a whole number of cents.
    fn try_from(amount: Decimal) -> Result<Self, ParseError> {
        amount.rescaled(DIGITS).map(Self).ok_or(NOT_WHOLE)
    }
}

amount!(Cents, |cents| cents.count(), as_number);

impl FromStr for Cents {
    type Err = ParseError;

    /// Reads a number of cents. A point is refused even before zeros, since `150.00` may mean euros; an exponent is, since
    /// only a float is written with one.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let count: Decimal = text.parse()?;
        if text.contains(['.', 'e', 'E']) {
            return Err(NOT_WHOLE);
        }
        count.shifted(-2).map(Self).ok_or(NOT_WHOLE)
    }
}

impl fmt::Display for Cents {
    /// Writes the number of cents, as on the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.count(), f)
    }
}
