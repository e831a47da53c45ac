//! The input rules that the provider documents, checked before anything is sent.

use cryptopocket_core::Error;
use url::Url;

/// The provider's limit for an e-mail address, in characters.
pub(crate) const MAX_EMAIL: usize = 254;
/// The provider's limit for a company's name, in characters.
pub(crate) const MAX_COMPANY_NAME: usize = 255;

/// Refuses what is surely no address. Whether the mailbox exists, and whether its domain is one the
/// provider takes, only the provider can say.
pub(crate) fn email(field: &'static str, text: &str) -> Result<(), Error> {
    present(field, text)?;
    at_most(field, text, MAX_EMAIL)?;
    let valid = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let spoiled = |c: char| c.is_whitespace() || c.is_control() || "<>,;".contains(c);
        let bare = !local.contains('@') || (local.starts_with('"') && local.ends_with('"'));
        !local.is_empty() && bare && !local.contains(spoiled) && is_domain(domain)
    });
    if valid {
        Ok(())
    } else {
        Err(Error::invalid_input(
            field,
            "must be an e-mail address",
            "Write it like ada@example.com.",
        ))
    }
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

pub(crate) fn present(field: &'static str, text: &str) -> Result<(), Error> {
    Error::require(field, text, "The provider requires it.")
}

pub(crate) fn at_most(field: &'static str, text: &str, max: usize) -> Result<(), Error> {
    let length = text.chars().count();
    if length > max {
        let rule = format!("must have at most {max} characters; it has {length}");
        Err(Error::invalid_input(field, &rule, "Shorten it."))
    } else {
        Ok(())
    }
}

/// An absolute http or https link, such as the provider can call.
pub(crate) fn web_link(field: &'static str, link: &str) -> Result<Url, Error> {
    let Ok(url) = Url::parse(link) else {
        return Err(Error::invalid_input(
            field,
            "must be an absolute link",
            "Write it in full, from https:// on.",
        ));
    };
    if matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(Error::invalid_input(
            field,
            "must be an http or https link",
            "Only those can be reached from outside.",
        ))
    }
}

/// Checks the form only: which countries the provider serves is not known.
pub(crate) fn country(code: &str) -> Result<(), Error> {
    if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(Error::invalid_input(
            "country",
            "must be a code of ISO 3166-1 alpha-2",
            "Write two capital letters, such as ES.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_of_every_usual_form_pass() {
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
    fn what_is_no_address_is_refused_without_repeating_it() {
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
    fn the_longest_address_passes_and_one_more_character_does_not() {
        let longest = format!("{}@example.com", "a".repeat(MAX_EMAIL - 12));
        assert!(email("email", &longest).is_ok());
        assert!(email("email", &format!("a{longest}")).is_err());
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert!(at_most("company_name", &"ñ".repeat(255), MAX_COMPANY_NAME).is_ok());
        assert!(at_most("company_name", &"ñ".repeat(256), MAX_COMPANY_NAME).is_err());
    }

    proptest! {
        #[test]
        fn a_country_is_two_capital_letters(text in "\\PC{0,3}") {
            let expected = text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase());
            prop_assert_eq!(country(&text).is_ok(), expected);
        }
    }
}
