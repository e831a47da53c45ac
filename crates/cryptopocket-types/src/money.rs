//! Currencies, and amounts of them.

#[cfg(test)]
mod tests;

use core::cmp::Ordering;
use core::fmt::{self, Write as _};
use core::str::FromStr;

use crate::json::json_object;
use crate::traits::{shown_as, text_serde};
use crate::{Decimal, ParseError, Rounding, formats};

/// An exact amount of one currency, in currency units.
///
/// Arithmetic and order exist only between amounts of the same currency. The JSON form is
/// `{"amount":"150.50","currency":"EUR"}` whatever form the provider used.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::{Currency, Money};
///
/// let price = Money::parse("150.5", Currency::EUR)?;
/// let fee: Money = "1.25 EUR".parse()?;
/// let total = price.checked_add(fee).expect("same currency");
/// assert_eq!(total.to_string(), "151.75 EUR");
/// assert_eq!(total.to_minor()?, 15175);
/// assert!(price.checked_add(Money::from_minor(100, Currency::USD)).is_none());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// Makes an amount from `amount` units of `currency`.
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Zero in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// Reads `amount` in units of `currency`.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, ParseError> {
        Ok(Self::new(amount.parse()?, currency))
    }

    /// Makes an amount from minor units: 15050 is `150.50 EUR` or `15050 CLP`.
    pub fn from_minor(minor: impl Into<i128>, currency: Currency) -> Self {
        // No currency has more decimals than a decimal can carry.
        let amount = Decimal::from_minor(minor.into(), currency.minor_digits());
        Self::new(amount.unwrap_or_default(), currency)
    }

    /// The amount in minor units: cents for EUR, pesos for CLP.
    ///
    /// # Errors
    ///
    /// When the amount is not a whole number of minor units, such as `0.001 EUR`. Call [`Money::round`] first.
    pub fn to_minor(self) -> Result<i128, ParseError> {
        self.amount.to_minor(self.currency.minor_digits())
    }

    /// The amount in currency units.
    pub const fn amount(&self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether the amount is zero.
    pub fn is_zero(&self) -> bool {
        self.amount.is_zero()
    }

    /// Whether the amount is below zero.
    pub const fn is_negative(&self) -> bool {
        self.amount.is_negative()
    }

    /// The sum; `None` when the currencies differ or the sum does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.with(other, Decimal::checked_add)
    }

    /// The difference; `None` when the currencies differ or the difference does not fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.with(other, Decimal::checked_sub)
    }

    /// The amount times `factor`, exact; `None` when it does not fit.
    #[must_use]
    pub fn checked_mul(self, factor: Decimal) -> Option<Self> {
        Some(Self::new(self.amount.checked_mul(factor)?, self.currency))
    }

    /// The amount rounded to the currency's minor unit.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::{Currency, Money, Rounding};
    ///
    /// let fee = Money::parse("1.255", Currency::EUR)?;
    /// assert!(fee.to_minor().is_err());
    /// assert_eq!(fee.round(Rounding::HalfEven).to_minor()?, 126);
    /// # Ok::<(), cryptopocket_types::ParseError>(())
    /// ```
    #[must_use]
    pub fn round(self, rounding: Rounding) -> Self {
        let amount = self.amount.round(self.currency.minor_digits(), rounding);
        Self::new(amount, self.currency)
    }

    fn with(self, other: Self, operation: fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self::new(operation(self.amount, other.amount)?, self.currency))
    }

    /// The amount with at least the decimals of the minor unit.
    fn printed(&self) -> Decimal {
        let digits = self.currency.minor_digits().max(self.amount.scale());
        self.amount.rescaled(digits).unwrap_or(self.amount)
    }
}

impl PartialOrd for Money {
    /// `None` when the currencies differ.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

/// Honours width, fill and alignment. `Formatter::pad` would also honour a precision by cutting the text, which turns
/// `1234.50` under `{:.2}` into `12`.
pub(crate) fn pad(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let missing = f.width().unwrap_or(0).saturating_sub(text.chars().count());
    let before = match f.align() {
        None | Some(fmt::Alignment::Left) => 0,
        Some(fmt::Alignment::Center) => missing / 2,
        Some(fmt::Alignment::Right) => missing,
    };
    let fill = |f: &mut fmt::Formatter<'_>, count: usize| {
        let c = f.fill();
        (0..count).try_for_each(|_| f.write_char(c))
    };
    fill(f, before)?;
    f.write_str(text)?;
    fill(f, missing - before)
}

formats! {
    /// Writes the amount with at least the decimals of the minor unit, and the currency. Honours width and alignment; a
    /// precision such as `{:.2}` is ignored, since cutting or rounding would change the amount.
    Display of Money, |money, f| pad(f, &format!("{} {}", money.printed(), money.currency));
    Debug of Money, |money, f| write!(f, "Money({money})");
}

impl FromStr for Money {
    type Err = ParseError;

    /// Reads an amount, one space and a currency code: `150.50 EUR`.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (amount, currency) = text.split_once(' ').ok_or(ParseError::new(
            "money",
            "not an amount and a currency",
            "write both with a space between, such as 150.50 EUR",
        ))?;
        Self::parse(amount, currency.parse()?)
    }
}

json_object! {
    Money, "Exact amount of one currency.", |money| {
        amount: Decimal = &money.printed();
        currency: Currency = &money.currency;
    }
}

/// A currency by its ISO 4217 code. Codes without a constant here work as well.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Currency;
///
/// assert_eq!("eur".parse::<Currency>()?, Currency::EUR);
/// assert_eq!("PLN".parse::<Currency>()?.as_str(), "PLN");
/// assert!("euro".parse::<Currency>().is_err());
///
/// assert_eq!(Currency::EUR.minor_digits(), 2);
/// assert_eq!(Currency::CLP.minor_digits(), 0);
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

macro_rules! currencies {
    ($($(#[$doc:meta])* $code:ident = $bytes:literal;)+) => {
        impl Currency {
            $($(#[$doc])* pub const $code: Self = Self(*$bytes);)+
        }
    };
}

currencies! {
    /// Argentine peso.
    ARS = b"ARS";
    /// Brazilian real.
    BRL = b"BRL";
    /// Swiss franc.
    CHF = b"CHF";
    /// Chilean peso, without minor unit.
    CLP = b"CLP";
    /// Colombian peso.
    COP = b"COP";
    /// Euro.
    EUR = b"EUR";
    /// Pound sterling.
    GBP = b"GBP";
    /// Mexican peso.
    MXN = b"MXN";
    /// Peruvian sol.
    PEN = b"PEN";
    /// United States dollar.
    USD = b"USD";
    /// Uruguayan peso.
    UYU = b"UYU";
}

impl Currency {
    /// The code.
    pub fn as_str(&self) -> &str {
        // The constructors admit ASCII capitals only.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number of decimals of the minor unit by ISO 4217: 2 for EUR, 0 for CLP; 2 for an unlisted code.
    pub const fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text.as_bytes() {
            &[a, b, c] if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                Ok(Self([a, b, c].map(|byte| byte.to_ascii_uppercase())))
            }
            _ => Err(ParseError::new(
                "currency",
                "not three letters",
                "use an ISO 4217 code such as EUR",
            )),
        }
    }
}

shown_as!(Currency, |currency| currency.as_str());
text_serde!(Currency, |currency, to| to.serialize_str(currency.as_str()));
