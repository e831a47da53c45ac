//! `bigdecimal`: unbounded, so every value of ours fits.

use bigdecimal::BigDecimal;

use crate::{Decimal, ParseError};

const TOO_LONG: ParseError =
    ParseError::new("bigdecimal", "more than 126 digits or decimals", "round it first");

crate::from! {
    /// Exact; keeps the number of decimals.
    Decimal => BigDecimal, |value| value.to_string().parse().expect("plain digits with a point");
}

crate::traits::try_from! {
    /// Exact; keeps the number of decimals, unless only dropping zeros at the end makes the value fit.
    &BigDecimal => Decimal, |value| {
        let read = |value: &BigDecimal| {
            let (digits, scale) = value.as_bigint_and_exponent();
            format!("{digits}e{}", -i128::from(scale)).parse::<Self>().ok()
        };
        read(value).or_else(|| read(&value.normalized())).ok_or(TOO_LONG)
    };
    BigDecimal => Decimal, |value| Self::try_from(&value);
}

super::amounts!(BigDecimal, |ours| Ok(BigDecimal::from(ours)), Decimal::try_from);

#[cfg(test)]
mod tests {
    use super::{BigDecimal, Decimal};
    use crate::{Asset, CoinAmount, Currency, Money};

    #[test]
    fn money_round_trips() {
        let money: Money = "150.50 EUR".parse().unwrap();
        let foreign = BigDecimal::try_from(money).unwrap();
        assert_eq!(foreign.to_string(), "150.50");
        assert_eq!(Money::try_from((foreign, Currency::EUR)), Ok(money));
        let coins = Asset::new("DAI", "polygon").amount("0.000000000000000001".parse().unwrap());
        let foreign = BigDecimal::try_from(&coins).unwrap();
        let back = CoinAmount::try_from((foreign, &Asset::new("DAI", "polygon")));
        assert_eq!(back, Ok(coins));
    }

    #[test]
    fn values_of_126_digits_round_trip() {
        for text in ["0", "-0.10", &"9".repeat(126), &format!("-0.{}", "7".repeat(126))] {
            let ours: Decimal = text.parse().unwrap();
            let foreign = BigDecimal::from(ours);
            assert_eq!(Decimal::try_from(&foreign).unwrap().to_string(), text);
        }
    }

    #[test]
    fn larger_values_are_refused_unless_zeros_can_go() {
        let read = |text: &str| Decimal::try_from(text.parse::<BigDecimal>().unwrap());
        for text in [
            "1e126",
            "1e-127",
            "1e999999999",
            "-1e-999999999",
            &"9".repeat(127),
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let zeros = BigDecimal::new(format!("1{}", "0".repeat(200)).parse().unwrap(), 200);
        assert_eq!(Decimal::try_from(zeros), Ok(Decimal::ONE));
        assert_eq!(read("0e500"), Ok(Decimal::ZERO));
        assert_eq!(read("1.5e3").unwrap().to_string(), "1500");
    }
}
