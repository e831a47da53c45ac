//! `iso_currency`: the currencies of ISO 4217.

use iso_currency::Currency as Foreign;

use crate::{Currency, ParseError};

const UNLISTED: ParseError = ParseError::new(
    "iso_currency",
    "not a code of ISO 4217",
    "check the code that the provider sent",
);

crate::from! {
    Foreign => Currency, |currency| currency.code().parse().expect("a code of three letters");
}

crate::traits::try_from! {
    Currency => Foreign, |currency| Self::from_code(currency.as_str()).ok_or(UNLISTED);
}

#[cfg(test)]
mod tests {
    use super::{Currency, Foreign};

    #[test]
    fn listed_codes_round_trip_and_others_are_refused() {
        for foreign in [Foreign::EUR, Foreign::CLP, Foreign::KWD] {
            let ours = Currency::from(foreign);
            assert_eq!(Foreign::try_from(ours), Ok(foreign));
            assert_eq!(Some(ours.minor_digits()), foreign.exponent().map(u32::from));
        }
        assert!(Foreign::try_from("QQQ".parse::<Currency>().unwrap()).is_err());
    }
}
