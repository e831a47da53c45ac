use std::fmt;

use cryptopocket_types::{Currency, Decimal, Money};
use serde::Serialize;

/// An amount of fiat money whose currency the reply may not name.
///
/// Reading an off-ramp back tells the amount but, as far as is known, not the currency (older).
///
/// # Examples
///
/// ```
/// use cryptopocket_offramp::FiatAmount;
/// use cryptopocket_types::Currency;
///
/// let amount = FiatAmount { amount: "4800.24".parse()?, currency: None };
/// assert_eq!(amount.to_string(), "4800.24");
/// assert_eq!(amount.in_currency(Currency::EUR).map(|money| money.to_string()).as_deref(), Some("4800.24 EUR"));
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct FiatAmount {
    /// The amount in currency units.
    pub amount: Decimal,
    /// The currency, if the reply named one.
    pub currency: Option<Currency>,
}

impl FiatAmount {
    /// The amount as money, if the reply named the currency.
    pub fn money(self) -> Option<Money> {
        self.currency.map(|currency| Money::new(self.amount, currency))
    }

    /// The amount as money in the currency you know it to be in; `None` if the reply named another one.
    pub fn in_currency(self, currency: Currency) -> Option<Money> {
        match self.currency {
            Some(named) if named != currency => None,
            _ => Some(Money::new(self.amount, currency)),
        }
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
    fn a_named_currency_is_not_overruled() {
        let dollars = FiatAmount {
            amount: "10".parse().unwrap(),
            currency: Some(Currency::USD),
        };
        assert_eq!(dollars.in_currency(Currency::EUR), None);
        assert_eq!(dollars.in_currency(Currency::USD), dollars.money());
        assert_eq!(dollars.to_string(), "10.00 USD");
    }

    #[test]
    fn json_holds_a_decimal_string_and_null_for_an_unknown_currency() {
        let unknown = FiatAmount {
            amount: "4800.24".parse().unwrap(),
            currency: None,
        };
        assert_eq!(
            serde_json::to_string(&unknown).unwrap(),
            r#"{"amount":"4800.24","currency":null}"#
        );
    }
}
