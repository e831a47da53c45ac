use std::fmt;

use cryptopocket_types::{Currency, Decimal, Field, Money};
use serde::{Deserialize, Serialize};

/// An amount of fiat money whose currency may be unknown.
///
/// As far as is known, the reply of reading an off-ramp does not name the currency (older). A currency that the reply names
/// in an unknown form is unreadable: it is never taken for the one that you expect.
///
/// # Examples
/// ```
/// use cryptopocket_offramp::FiatAmount;
/// use cryptopocket_types::{Currency, Field, Money};
///
/// let euros: Money = "4800.24 EUR".parse()?;
/// let unnamed = FiatAmount::new("4800.24".parse()?, Field::Absent);
/// assert_eq!(unnamed.money(), None);
/// assert_eq!(unnamed.in_currency(Currency::EUR), Some(euros));
///
/// let dollars = FiatAmount::new("4800.24".parse()?, Field::Value(Currency::USD));
/// assert_eq!(dollars.in_currency(Currency::EUR), None);
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FiatAmount {
    /// The amount in currency units.
    pub amount: Decimal,
    /// The currency, if the reply named one.
    pub currency: Field<Currency>,
}

impl FiatAmount {
    /// `amount` in currency units, and its currency if it is known.
    pub const fn new(amount: Decimal, currency: Field<Currency>) -> Self {
        Self { amount, currency }
    }

    /// The amount as money, if its currency is known.
    pub fn money(self) -> Option<Money> {
        Some(Money::new(self.amount, self.currency.into_value()?))
    }

    /// The amount as money in `currency`; `None` if the reply named another currency, or one that cannot be read.
    pub fn in_currency(self, currency: Currency) -> Option<Money> {
        let is_in = self.currency.or(Some(currency)) == currency;
        is_in.then(|| Money::new(self.amount, currency))
    }
}

impl fmt::Display for FiatAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.money() {
            Some(money) => fmt::Display::fmt(&money, f),
            None => fmt::Display::fmt(&self.amount, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_currency_is_not_overruled() {
        let dollars = FiatAmount {
            amount: "10".parse().unwrap(),
            currency: Field::Value(Currency::USD),
        };
        assert_eq!(dollars.in_currency(Currency::EUR), None);
        assert_eq!(dollars.in_currency(Currency::USD), dollars.money());
        assert_eq!(dollars.to_string(), "10.00 USD");
    }

    #[test]
    fn unreadable_currency_is_never_the_expected_one() {
        let unreadable = FiatAmount::new("10".parse().unwrap(), Field::Unreadable);
        assert_eq!(unreadable.in_currency(Currency::EUR), None);
        assert_eq!(unreadable.money(), None);
        let stored = serde_json::to_string(&unreadable).unwrap();
        assert_eq!(serde_json::from_str::<FiatAmount>(&stored).unwrap(), unreadable);
    }

    #[test]
    fn json_has_decimal_string_and_null_currency() {
        let unknown = FiatAmount {
            amount: "4800.24".parse().unwrap(),
            currency: Field::Absent,
        };
        assert_eq!(
            serde_json::to_string(&unknown).unwrap(),
            r#"{"amount":"4800.24","currency":null}"#
        );
    }
}
