//! Checks of what the caller gives, made before anything is sent.

use cryptopocket_core::{Error, Result};
use cryptopocket_types::{ExternalId, Money, ParseError, Secret, UserId};

/// A value that a type of `cryptopocket-types` refused.
pub(crate) fn refused(error: ParseError) -> Error {
    Error::invalid_input(
        error.field(),
        &format!("is refused: {}", error.rule()),
        error.cure(),
    )
}

/// An amount above zero that the currency can express. It is never rounded.
pub(crate) fn amount(field: &str, money: Money) -> Result<()> {
    if money.is_zero() || money.is_negative() {
        return Err(Error::invalid_input(
            field,
            "must be above zero",
            "Give an amount such as 25.00 EUR.",
        ));
    }
    if money.amount().normalized().scale() > money.currency().minor_digits() {
        return Err(Error::invalid_input(
            field,
            "has more decimals than its currency",
            "Round it first, choosing the direction.",
        ));
    }
    Ok(())
}

pub(crate) fn user(user: &UserId) -> Result<()> {
    Error::require(
        "user_id",
        user.as_str(),
        "Give the id that creating the customer returned.",
    )
}

pub(crate) fn external_id(id: &ExternalId) -> Result<()> {
    Error::require(
        "external_id",
        id.as_str(),
        "Give a reference of your own that no other payment has, or leave it out.",
    )?;
    // A provider that trims or cleans it would hold the payment under another reference than the one looked for.
    if id.as_str().trim() != id.as_str() || id.as_str().contains(char::is_control) {
        return Err(Error::invalid_input(
            "external_id",
            "has white space around it, or holds a control character",
            "Give the bare reference, such as order-2001, the same whenever you name the payment.",
        ));
    }
    Ok(())
}

pub(crate) fn callback_url(url: &Secret) -> Result<()> {
    let text = url.expose();
    let scheme_fits = text.starts_with("https://") || text.starts_with("http://");
    if !scheme_fits || text.contains(char::is_whitespace) {
        return Err(Error::invalid_input(
            "callback_url",
            "is not a web address",
            "Give a whole address that begins with https://.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_of(result: Result<()>) -> String {
        let error = result.unwrap_err();
        assert!(error.is_validation());
        assert_eq!(error.sent(), cryptopocket_core::Sent::No);
        assert!(!error.advice().is_empty());
        error.to_string()
    }

    #[test]
    fn an_amount_must_be_above_zero_and_is_never_rounded() {
        assert!(amount("fiat_amount", "0.01 EUR".parse().unwrap()).is_ok());
        assert!(amount("fiat_amount", "95000 CLP".parse().unwrap()).is_ok());
        assert!(
            amount("fiat_amount", "150.500 EUR".parse().unwrap()).is_ok(),
            "a zero at the end loses nothing"
        );
        for text in ["0 EUR", "-5 EUR"] {
            assert_eq!(
                rule_of(amount("fiat_amount", text.parse().unwrap())),
                "fiat_amount must be above zero"
            );
        }
        for text in ["10.005 EUR", "95000.5 CLP"] {
            let rule = rule_of(amount("fiat_amount", text.parse().unwrap()));
            assert_eq!(rule, "fiat_amount has more decimals than its currency");
        }
    }

    #[test]
    fn a_reference_has_nothing_around_it_that_could_be_trimmed_away() {
        assert!(external_id(&"order 1/ñ".into()).is_ok());
        for careless in [
            "order-1 ",
            " order-1",
            "order-1\n",
            "\u{a0}order-1",
            "order\u{0}1",
            "order\t1",
        ] {
            assert_eq!(
                rule_of(external_id(&careless.into())),
                "external_id has white space around it, or holds a control character"
            );
        }
    }

    #[test]
    fn a_callback_is_a_whole_web_address() {
        assert!(callback_url(&"https://shop.example.com/orders?t=1".into()).is_ok());
        for wrong in [
            "shop.example.com/orders",
            "",
            "javascript:alert(1)",
            "https://shop example.com",
        ] {
            assert_eq!(
                rule_of(callback_url(&wrong.into())),
                "callback_url is not a web address"
            );
        }
    }

    #[test]
    fn an_empty_reference_or_customer_is_refused() {
        assert_eq!(rule_of(external_id(&" ".into())), "external_id is empty");
        assert_eq!(rule_of(user(&"".into())), "user_id is empty");
    }
}
