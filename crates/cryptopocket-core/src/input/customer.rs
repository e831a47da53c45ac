use super::ensure;
use crate::{Error, Result};

/// The longest e-mail address that the provider takes, in characters (documented).
pub const MAX_EMAIL: usize = 254;
/// The longest company name that the provider takes, in characters (documented).
pub const MAX_COMPANY_NAME: usize = 255;

/// Checks the form of an e-mail address.
///
/// Whether the mailbox exists, and whether its domain counts as throw-away, only the provider knows.
pub fn email(field: &str, text: &str) -> Result<()> {
    Error::require(field, text, "The provider requires it.")?;
    max_chars(field, text, MAX_EMAIL)?;
    let valid = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let spoiled = |c: char| c.is_whitespace() || c.is_control() || "<>,;".contains(c);
        let bare = !local.contains('@') || (local.starts_with('"') && local.ends_with('"'));
        !local.is_empty() && bare && !local.contains(spoiled) && is_domain(domain)
    });
    ensure(
        valid,
        field,
        "must be an e-mail address",
        "Write it like ada@example.com.",
    )
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

/// Checks the length of a text, in characters.
pub fn max_chars(field: &str, text: &str, max: usize) -> Result<()> {
    let length = text.chars().count();
    let rule = format!("must have at most {max} characters; it has {length}");
    ensure(length <= max, field, &rule, "Shorten it.")
}

/// Checks the form of a country code. Which countries the provider serves is not known.
pub fn country(code: &str) -> Result<()> {
    ensure(
        code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
        "country",
        "must be a code of ISO 3166-1 alpha-2",
        "Write two capital letters, such as ES.",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usual_addresses_pass() {
        for address in [
            "ada@example.com",
            "ada.lovelace+kyc@mail.example.co.uk",
            "o'neil@example.ie",
            "josé@correo.españa.es",
            "\"a@b\"@example.com",
            "root@localhost",
        ] {
            assert!(email("email", address).is_ok(), "{address}");
        }
    }

    #[test]
    fn wrong_addresses_are_refused_without_repeating_them() {
        for address in [
            "",
            " ",
            "ada",
            "@example.com",
            "ada@",
            "ada@@example.com",
            "a da@example.com",
            "ada@exa mple.com",
            "ada@example..com",
            "ada@.example.com",
            "ada@-example.com",
            "Ada <ada@example.com>",
            "ada@example.com,bob@example.com",
            "ada@example.com\n",
        ] {
            let error = email("email", address).unwrap_err().to_string();
            assert!(error.contains("email"), "{error}");
            assert!(address.trim().is_empty() || !error.contains(address), "{error}");
        }
    }

    #[test]
    fn address_of_254_characters_is_the_longest() {
        let longest = format!("{}@example.com", "a".repeat(MAX_EMAIL - 12));
        assert!(email("email", &longest).is_ok());
        assert!(email("email", &format!("a{longest}")).is_err());
    }

    #[test]
    fn lengths_count_characters() {
        assert!(max_chars("company_name", &"ñ".repeat(255), MAX_COMPANY_NAME).is_ok());
        assert!(max_chars("company_name", &"ñ".repeat(256), MAX_COMPANY_NAME).is_err());
    }

    proptest! {
        #[test]
        fn country_is_two_capital_letters(text in "\\PC{0,3}") {
            let expected = text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase());
            prop_assert_eq!(country(&text).is_ok(), expected);
        }
    }
}
