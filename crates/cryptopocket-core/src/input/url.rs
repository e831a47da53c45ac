use ::url::Url;
use cryptopocket_types::Secret;

use crate::{Error, Result};

/// Checks an address that the provider calls: a webhook, or the `callback_url` of a customer or payment.
///
/// # Errors
///
/// `InvalidInput` that names `field`, unless it is a whole `http` or `https` address.
pub fn callback_url(field: &str, url: &Secret) -> Result<()> {
    web_url(field, url.expose()).map(drop)
}

/// Checks an address from which the provider reads a document.
///
/// # Errors
///
/// `InvalidInput` that names `field`, unless it is a whole `http` or `https` address without user name and password.
pub fn document_url(field: &str, url: &str) -> Result<()> {
    let url = web_url(field, url)?;
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    Err(Error::invalid_input(
        field,
        "must carry no user name or password",
        "Give a link that opens without them, such as a signed one.",
    ))
}

fn web_url(field: &str, text: &str) -> Result<Url> {
    // The parser drops white space and control characters in silence, and repairs `https:shop.example.com`. The
    // provider gets the text as it was given, so what the parser repairs must be refused here.
    let is_bare = text.trim() == text && !text.contains(char::is_control) && text.contains("://");
    let url = Url::parse(text).ok().filter(|url| {
        is_bare
            && matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| !host.is_empty())
    });
    url.ok_or_else(|| {
        Error::invalid_input(
            field,
            "is not a web address",
            "Give a whole address that begins with https://.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callback_url_is_a_whole_web_address() {
        for right in [
            "https://shop.example.com/orders?t=1",
            "http://127.0.0.1:8080/hooks",
            "https://shop.example.com/hooks?token=a b&n=ñ",
            "https://user:token@shop.example.com/",
        ] {
            assert!(callback_url("callback_url", &right.into()).is_ok(), "{right}");
        }
        for wrong in [
            "shop.example.com/orders",
            "",
            "/kyc",
            "javascript:alert(1)",
            "ftp://shop.example.com/",
            "mailto:ada@example.com",
            "https:shop.example.com",
            "https://",
            "https://shop example.com",
            " https://shop.example.com",
            "https://shop.example.com/\n",
        ] {
            let error = callback_url("callback_url", &wrong.into()).unwrap_err();
            assert_eq!(error.to_string(), "callback_url is not a web address", "{wrong}");
            assert!(!error.advice().is_empty());
        }
    }

    #[test]
    fn document_url_carries_no_credentials() {
        assert!(document_url("file", "https://files.example.com/a.jpg?signature=x%2By").is_ok());
        for wrong in [
            "https://ada@files.example.com/a.jpg",
            "https://:pass@files.example.com/a.jpg",
        ] {
            let error = document_url("file", wrong).unwrap_err();
            assert_eq!(error.to_string(), "file must carry no user name or password");
        }
    }
}
