use cryptopocket_types::{ExternalId, OfframpId, ParseError, UserId};

use super::bare;
use crate::{Error, Result};

/// Checks that the id of a customer is not empty.
pub fn user_id(id: &UserId) -> Result<()> {
    Error::require(
        "user_id",
        id.as_str(),
        "Give the id that creating the customer returned.",
    )
}

/// Checks that the id of an off-ramp is not empty.
pub fn offramp_id(id: &OfframpId) -> Result<()> {
    Error::require(
        "id",
        id.as_str(),
        "Give the id that creating the off-ramp returned.",
    )
}

/// Checks a reference of yours: not empty, no white space around it, no control character.
///
/// A provider that trims the reference would store the payment under another one than is looked up later. The payment
/// would then seem not to exist, and would be created twice.
pub fn external_id(id: &ExternalId) -> Result<()> {
    Error::require(
        "external_id",
        id.as_str(),
        "Give a reference of your own that no other payment has, or leave it out.",
    )?;
    bare(
        "external_id",
        id.as_str(),
        "Give the bare reference, such as order-2001, the same whenever you name the payment.",
    )
}

/// Checks an id for the path of a request: pass what its `path_segment()` returned.
pub fn path_segment<T>(segment: Result<T, ParseError>) -> Result<T> {
    segment.map_err(|error| {
        Error::invalid_input(
            error.field(),
            &format!("is refused: {}", error.rule()),
            error.cure(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_of(result: Result<()>) -> String {
        let error = result.unwrap_err();
        assert!(error.is_validation());
        assert_eq!(error.sent(), crate::Sent::No);
        assert!(!error.advice().is_empty());
        error.to_string()
    }

    #[test]
    fn external_id_cannot_be_trimmed() {
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
    fn empty_ids_are_refused() {
        assert_eq!(rule_of(external_id(&" ".into())), "external_id is empty");
        assert_eq!(rule_of(user_id(&"".into())), "user_id is empty");
        assert_eq!(rule_of(user_id(&" ".into())), "user_id is empty");
        assert_eq!(rule_of(offramp_id(&"".into())), "id is empty");
    }
}
