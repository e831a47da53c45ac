//! Amounts in the smallest units of a coin.

use core::fmt;
use core::str::FromStr;

use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::plain::as_string;
use crate::{Decimal, ParseError};

/// An amount in the smallest units of a coin, as a string of digits.
///
/// A second field of the reply states how many decimals a coin has.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::wire::BaseUnits;
///
/// let units: BaseUnits = serde_json::from_str(r#""20000000000000000000""#)?;
/// assert_eq!(units.coins(18).unwrap().to_string(), "20");
/// assert_eq!(serde_json::to_string(&units)?, r#""20000000000000000000""#);
/// assert!(serde_json::from_str::<BaseUnits>(r#""20.0""#).is_err(), "a point may mean coins");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BaseUnits(Decimal);

const NOT_WHOLE: ParseError = ParseError::new(
    "base units",
    "not a whole number of zero or more",
    "give digits only, without a point",
);

const TOO_MANY_DECIMALS: ParseError = ParseError::new(
    "base units",
    "more decimals than an amount can have",
    "use the coin's own number of decimals",
);

impl BaseUnits {
    /// The number of base units.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// The amount in coins; one coin has `10^decimals` base units.
    ///
    /// # Errors
    ///
    /// When `decimals` is out of range.
    pub fn coins(self, decimals: u32) -> Result<Decimal, ParseError> {
        let places = i32::try_from(decimals).map_err(|_| TOO_MANY_DECIMALS)?;
        self.0
            .shifted(-places)
            .map(Decimal::normalized)
            .ok_or(TOO_MANY_DECIMALS)
    }

    /// Converts an amount in coins; one coin has `10^decimals` base units.
    ///
    /// # Errors
    ///
    /// When the result is not a whole number, is negative, or does not fit.
    pub fn from_coins(coins: Decimal, decimals: u32) -> Result<Self, ParseError> {
        let places = i32::try_from(decimals).map_err(|_| TOO_MANY_DECIMALS)?;
        coins
            .normalized()
            .shifted(places)
            .ok_or(TOO_MANY_DECIMALS)?
            .try_into()
    }
}

impl TryFrom<Decimal> for BaseUnits {
    type Error = ParseError;

    fn try_from(units: Decimal) -> Result<Self, ParseError> {
        units
            .rescaled(0)
            .filter(|units| !units.is_negative())
            .map(Self)
            .ok_or(NOT_WHOLE)
    }
}

amount!(BaseUnits, |units| units.0, as_string);

impl FromStr for BaseUnits {
    type Err = ParseError;

    /// Reads digits. A point is refused even before zeros, since `20.0` may mean coins; an exponent is, since a float that
    /// large has lost its last digits.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let units: Decimal = text.parse()?;
        if text.contains(['.', 'e', 'E']) {
            Err(NOT_WHOLE)
        } else {
            units.try_into()
        }
    }
}

impl fmt::Display for BaseUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
