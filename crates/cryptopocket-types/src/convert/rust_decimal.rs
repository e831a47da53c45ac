//! `rust_decimal`: 28 digits, so large amounts of base units do not fit.

use rust_decimal::Decimal as Foreign;

use crate::{Decimal, ParseError};

const TOO_LONG: ParseError = ParseError::new(
    "rust_decimal",
    "more digits than its 96 bits or more than 28 decimals",
    "use bigdecimal, or round first",
);

crate::from! {
    /// Exact; keeps the number of decimals.
    Foreign => Decimal, |value| Self::from_minor(value.mantissa(), value.scale()).expect("its scale is at most 28");
}

crate::traits::try_from! {
    /// Exact; keeps the number of decimals, unless only dropping zeros at the end makes the value fit.
    Decimal => Foreign, |value| {
        let mut forms = [value, value.normalized()].into_iter();
        let fitting = forms.find_map(|value| {
            let minor = value.to_minor(value.scale()).ok()?;
            Self::try_from_i128_with_scale(minor, value.scale()).ok()
        });
        fitting.ok_or(TOO_LONG)
    };
}

super::amounts!(Foreign, Foreign::try_from, |foreign| Ok::<_, ParseError>(
    Decimal::from(foreign)
));

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decimal, Foreign};
    use crate::{Asset, CoinAmount, Currency, Money};

    #[test]
    fn money_round_trips() {
        let money: Money = "150.50 EUR".parse().unwrap();
        let foreign = Foreign::try_from(money).unwrap();
        assert_eq!(foreign.to_string(), "150.50");
        assert_eq!(Money::try_from((foreign, Currency::EUR)), Ok(money));
        let coins = Asset::new("USDC", "polygon").amount("148.32".parse().unwrap());
        let foreign = Foreign::try_from(&coins).unwrap();
        let back = CoinAmount::try_from((foreign, &Asset::new("USDC", "polygon")));
        assert_eq!(back, Ok(coins));
    }

    #[test]
    fn values_beyond_96_bits_are_refused() {
        let value = |text: &str| Foreign::try_from(text.parse::<Decimal>().unwrap());
        assert_eq!(value("79228162514264337593543950335"), Ok(Foreign::MAX));
        assert!(value("79228162514264337593543950336").is_err());
        assert!(value("0.00000000000000000000000000001").is_err());
        let zeros = format!("1.{}", "0".repeat(40));
        assert_eq!(value(&zeros), Ok(Foreign::ONE));
    }

    proptest! {
        #[test]
        fn every_foreign_value_round_trips(low: u32, middle: u32, high: u32, negative: bool, scale in 0_u32..=28) {
            let foreign = Foreign::from_parts(low, middle, high, negative, scale);
            let ours = Decimal::from(foreign);
            prop_assert_eq!(ours.to_string(), foreign.to_string());
            prop_assert_eq!(Foreign::try_from(ours), Ok(foreign));
        }
    }
}
