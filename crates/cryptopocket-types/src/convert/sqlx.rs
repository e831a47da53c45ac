//! `sqlx`: columns of text, in any database that sqlx has a driver for.
//!
//! | type | column holds |
//! |---|---|
//! | ids, [`Symbol`], [`Chain`], [`Currency`], open enums | the text as it is |
//! | [`Decimal`] | its digits, `150.50` |
//! | [`Money`] | amount and currency, `150.50 EUR` |
//! | [`CoinAmount`], [`Asset`] | the JSON form |
//! | [`Timestamp`] | RFC 3339, the text that was read if any |
//! | [`Date`] | `2026-04-08` |
//! | [`Iban`], [`Personal`], [`Secret`] | the plain text: protect the column |
//!
//! Text because a number or time column of each database has its own limits, and reads back another text than it was
//! given. For columns of type `NUMERIC` or `TIMESTAMPTZ` convert by the features `bigdecimal`, `rust_decimal`, `chrono`
//! or `time`, whose types sqlx knows.

use crate::{
    Asset, Chain, CoinAmount, Concept, Currency, Date, Decimal, ExternalId, Iban, Money, OfframpId,
    PaymentId, Personal, Secret, Symbol, Timestamp, TransactionId, TxId, UserId,
};

/// The traits of a column that holds the text `$to` gives and `$from` reads.
macro_rules! text_column {
    ($($name:ty, $to:expr, $from:expr;)+) => {$(
        impl<DB: ::sqlx::Database> ::sqlx::Type<DB> for $name
        where
            str: ::sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as ::sqlx::Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <str as ::sqlx::Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: ::sqlx::Database> ::sqlx::Encode<'q, DB> for $name
        where
            String: ::sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> Result<::sqlx::encode::IsNull, ::sqlx::error::BoxDynError> {
                let text: String = $to(self);
                text.encode(buffer)
            }
        }

        impl<'r, DB: ::sqlx::Database> ::sqlx::Decode<'r, DB> for $name
        where
            &'r str: ::sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, ::sqlx::error::BoxDynError> {
                Ok($from(<&str>::decode(value)?)?)
            }
        }
    )+};
    (display $($name:ty)+) => {
        $crate::convert::text_column! { $($name, ToString::to_string, str::parse;)+ }
    };
}

pub(crate) use text_column;

text_column! {
    display
    PaymentId UserId OfframpId TransactionId ExternalId Concept TxId
    Symbol Chain Currency Decimal Money Timestamp Date
}

text_column! {
    Asset, json, serde_json::from_str::<Asset>;
    CoinAmount, json, serde_json::from_str::<CoinAmount>;
    Iban, |iban: &Iban| iban.reveal().to_owned(), str::parse::<Iban>;
    Personal, |text: &Personal| text.reveal().to_owned(), str::parse::<Personal>;
    Secret, |text: &Secret| text.expose().to_owned(), str::parse::<Secret>;
}

fn json<T: serde_core::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("text and decimals are JSON")
}

#[cfg(test)]
mod tests {
    use core::fmt::Debug;

    use sqlx::any::{Any, AnyArguments, AnyValue};
    use sqlx::{Arguments as _, Decode, Encode, Type, Value as _, ValueRef as _};

    use super::*;
    use crate::{KycStatus, PaymentStatus};

    /// What a driver would store for `value`.
    fn stored<T: for<'q> Encode<'q, Any> + Type<Any>>(value: &T) -> AnyValue {
        let mut arguments = AnyArguments::default();
        arguments.add(value).unwrap();
        let kind = arguments.values.0.pop().unwrap();
        AnyValue { kind }
    }

    /// The text of the column, checked to read back as `value`.
    fn column<T>(value: &T) -> String
    where
        T: Type<Any> + for<'q> Encode<'q, Any> + for<'r> Decode<'r, Any> + PartialEq + Debug,
    {
        let stored = stored(value);
        assert!(T::compatible(&stored.as_ref().type_info()));
        assert_eq!(&T::decode(stored.as_ref()).unwrap(), value);
        String::decode(stored.as_ref()).unwrap()
    }

    #[test]
    fn every_column_round_trips_as_text() {
        assert_eq!(column(&"150.50 EUR".parse::<Money>().unwrap()), "150.50 EUR");
        assert_eq!(column(&"0.10".parse::<Decimal>().unwrap()), "0.10");
        let coins = Asset::new("USDC", "polygon").amount("148.32".parse().unwrap());
        assert_eq!(
            column(&coins),
            r#"{"amount":"148.32","symbol":"USDC","chain":"polygon"}"#
        );
        assert_eq!(
            column(&Asset::new("USDC", "polygon")),
            r#"{"symbol":"USDC","chain":"polygon"}"#
        );
        let time = "2026-04-08T12:00:00.25+02:00";
        assert_eq!(column(&time.parse::<Timestamp>().unwrap()), time);
        assert_eq!(column(&"2026-04-08".parse::<Date>().unwrap()), "2026-04-08");
        assert_eq!(column(&PaymentId::from("p1")), "p1");
        assert_eq!(column(&UserId::from(100_067)), "100067");
        assert_eq!(column(&Currency::EUR), "EUR");
        assert_eq!(column(&PaymentStatus::CoinsSent), "coins_sent");
        assert_eq!(column(&PaymentStatus::from("frozen")), "frozen");
        assert_eq!(column(&KycStatus::Valid), KycStatus::Valid.as_str());
        assert_eq!(column(&Secret::from("t0k3n")), "t0k3n");
        assert_eq!(column(&Personal::from("Ana")), "Ana");
        let iban = "ES9121000418450200051332";
        assert_eq!(column(&iban.parse::<Iban>().unwrap()), iban);
    }

    #[test]
    fn text_of_another_form_is_refused() {
        let stored = stored(&"150,50 EUR".to_owned());
        let read = <Money as Decode<'_, Any>>::decode(stored.as_ref());
        assert!(read.unwrap_err().to_string().contains("decimal"));
        let text = <Money as Type<Any>>::type_info();
        assert_eq!(text.to_string(), "TEXT");
    }
}
