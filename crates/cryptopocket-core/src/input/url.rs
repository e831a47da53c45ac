use cryptopocket_types::Secret;
use http::uri::Authority;

use super::ensure;
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
    ensure(
        !web_url(field, url)?.as_str().contains('@'),
        field,
        "must carry no user name or password",
        "Give a link that opens without them, such as a signed one.",
    )
}

/// Whether a port, if one is given, is a number that a port can have.
pub(crate) fn has_readable_port(authority: &Authority) -> bool {
    let (_, after_host) = authority.as_str().split_at(end_of_host(authority));
    after_host.is_empty() || authority.port_u16().is_some()
}

fn end_of_host(authority: &Authority) -> usize {
    let user = authority.as_str().rfind('@').map_or(0, |at| at + 1);
    user + authority.host().len()
}

/// The host, with user and port, of an address on the web.
///
/// Only these are judged. The provider gets the text as it was given, and path and query are its own to read.
fn web_url(field: &str, text: &str) -> Result<Authority> {
    authority(text)
        .filter(|authority| !authority.host().is_empty() && has_readable_port(authority))
        .ok_or_else(|| {
            let cure = "Give a whole address that begins with https://.";
            Error::invalid_input(field, "is not a web address", cure)
        })
}

fn authority(text: &str) -> Option<Authority> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    if !is_web || text.trim() != text || text.contains(char::is_control) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    // A name such as `españa.example` is the provider's to resolve. `Authority` takes ASCII only.
    let ascii: String = authority
        .chars()
        .map(|character| if character.is_alphabetic() { 'a' } else { character })
        .collect();
    ascii.parse().ok()
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
            "HTTPS://SHOP.EXAMPLE.COM:8443",
            "https://españa.example/",
            "http://[::1]:8080/hooks",
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
            "https://shop.example.com:99999/",
            "https://shop.example.com:https/",
            "https://user@/",
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
