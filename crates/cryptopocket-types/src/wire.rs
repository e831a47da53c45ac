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

use core::fmt;
use core::str::FromStr;

use serde_core::ser::Error as _;
use serde_core::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::id::path_segment;
use crate::traits::{text_serde, try_from};
use crate::{Currency, Decimal, Iban, Money, ParseError, Personal, formats, from};

/// Declares amounts: `$of_text` reads the digits of the wire, `$digits` gives them back, and `$write` puts them into JSON.
macro_rules! amounts {
    ($($(#[$doc:meta])* $name:ident, $write:ident, $of_text:expr, $digits:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// The amount in its unit; that of [`Cents`] in currency units.
            pub const fn decimal(self) -> Decimal {
                self.0
            }
        }

        from! {
            $name => Decimal, |amount| amount.0;
        }

        impl FromStr for $name {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                $of_text(text).map(Self)
            }
        }

        formats! {
            /// Writes the digits of the wire.
            Display of $name, |amount, f| fmt::Display::fmt(&$digits(amount.0), f);
            Debug of $name, |amount, f| write!(f, concat!(stringify!($name), "({})"), amount);
        }

        text_serde!($name, |amount, serializer| $write($digits(amount.0), serializer));
    )+};
}

amounts! {
    /// Currency units as a JSON number: `240` is 240.00 EUR.
    CurrencyUnits, as_number, str::parse, same;
    /// Currency units as a JSON string: `"4800.24"` is 4800.24 EUR.
    DecimalString, as_string, str::parse, same;
    /// Coin units as a JSON number: `148.32` is 148.32 USDC.
    CoinUnits, as_number, str::parse, same;
    /// An amount as a query parameter, in the unit that the operation names.
    QueryAmount, as_string, str::parse, same;
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
    /// assert!(serde_json::from_str::<Cents>("150.00").is_err(), "a point may mean euros");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Cents, as_number, |text| counted(text, NO_CENTS)?.shifted(-2).ok_or(NO_CENTS), number_of_cents;
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
    BaseUnits, as_string, |text| base_units(counted(text, NO_BASE_UNITS)?), same;
}

const NO_CENTS: ParseError = ParseError::new(
    "cents",
    "not a whole number of cents",
    "give cents without a fraction, or round first",
);
const NO_BASE_UNITS: ParseError = ParseError::new(
    "base units",
    "not a whole number of zero or more",
    "give digits only, without a point",
);
const TOO_MANY_DECIMALS: ParseError = ParseError::new(
    "base units",
    "more decimals than an amount can have",
    "use the coin's own number of decimals",
);

/// Reads a number of smaller units. A point is refused even before zeros, since `150.00` may mean euros and `20.0` coins; an
/// exponent is, since only a float is written with one, and a large one has lost its last digits.
fn counted(text: &str, refused: ParseError) -> Result<Decimal, ParseError> {
    let count: Decimal = text.parse()?;
    if text.contains(['.', 'e', 'E']) {
        return Err(refused);
    }
    Ok(count)
}

fn base_units(units: Decimal) -> Result<Decimal, ParseError> {
    let whole = units.rescaled(0).filter(|units| !units.is_negative());
    whole.ok_or(NO_BASE_UNITS)
}

const fn same(amount: Decimal) -> Decimal {
    amount
}

fn number_of_cents(amount: Decimal) -> Decimal {
    amount.shifted(2).unwrap_or_default()
}

from! {
    Decimal => CurrencyUnits, |amount| Self(amount);
    Decimal => DecimalString, |amount| Self(amount);
    Decimal => CoinUnits, |amount| Self(amount);
    Decimal => QueryAmount, |amount| Self(amount);
    Money => CurrencyUnits, |money| Self(money.amount());
    &Iban => PathText, |iban| Self(iban.into());
}

try_from! {
    /// Converts an amount in currency units, which must be a whole number of cents.
    Decimal => Cents, |amount| amount.rescaled(2).map(Self).ok_or(NO_CENTS);
    Decimal => BaseUnits, |units| base_units(units).map(Self);
    &Personal => PathText, |text| text.reveal().parse();
}

macro_rules! fiat {
    ($($name:ident)+) => {$(
        impl $name {
            /// The amount in `currency`.
            pub const fn money(self, currency: Currency) -> Money {
                Money::new(self.0, currency)
            }
        }
    )+};
}

fiat!(CurrencyUnits DecimalString Cents);

impl Cents {
    /// Makes an amount from a number of cents.
    pub fn new(cents: i64) -> Self {
        Self(Decimal::from_minor(cents.into(), 2).unwrap_or_default())
    }
}

impl BaseUnits {
    /// The amount in coins; one coin has `10^decimals` base units.
    pub fn coins(self, decimals: u32) -> Result<Decimal, ParseError> {
        let places = i32::try_from(decimals).map_err(|_| TOO_MANY_DECIMALS)?;
        let coins = self.0.shifted(-places).map(Decimal::normalized);
        coins.ok_or(TOO_MANY_DECIMALS)
    }

    /// Converts an amount in coins; one coin has `10^decimals` base units.
    ///
    /// # Errors
    ///
    /// When the result is not a whole number, is negative, or does not fit.
    pub fn from_coins(coins: Decimal, decimals: u32) -> Result<Self, ParseError> {
        let places = i32::try_from(decimals).map_err(|_| TOO_MANY_DECIMALS)?;
        let units = coins.normalized().shifted(places).ok_or(TOO_MANY_DECIMALS)?;
        units.try_into()
    }
}

fn as_string<S: Serializer>(amount: Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&amount)
}

/// Writes a whole number as an integer, which every format understands, and a fraction as raw JSON, the only way that
/// avoids `f64`.
fn as_number<S: Serializer>(amount: Decimal, serializer: S) -> Result<S::Ok, S::Error> {
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

/// Personal text, such as an account number, checked to be one safe segment of a URL path.
///
/// Debug hides the text. **Display shows it**, since URLs are built with Display; print [`Iban`] or [`Personal`] instead.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::wire::PathText;
///
/// let segment: PathText = "ES9121000418450200051332".parse()?;
/// assert_eq!(format!("{segment:?}"), "[personal]");
/// assert!("../accounts".parse::<PathText>().is_err());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PathText(Personal);

impl FromStr for PathText {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        path_segment("path parameter", text).map(|text| Self(text.into()))
    }
}

text_serde!(PathText, |text, to| to.serialize_str(text.0.reveal()));

formats! {
    Display of PathText, |text, f| f.pad(text.0.reveal());
    Debug of PathText, |text, f| fmt::Debug::fmt(&text.0, f);
}
