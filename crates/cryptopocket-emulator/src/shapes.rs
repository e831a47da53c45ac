//! Syntax checks of mail addresses, URLs, files and wallets.

use base64::Engine as _;
use http::Uri;

/// Whether a text has the shape of a mail address with a domain.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_graphic() && !"@,;<>()\"\\".contains(c);
    let label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && domain.contains('.')
        && domain.split('.').all(label)
        && domain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// Whether a text is an absolute http or https URL, without user or password.
pub(crate) fn is_url(text: &str) -> bool {
    // The characters of RFC 3986; the parser below accepts more.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let without_fragment = text.split('#').next().unwrap_or_default();
    text.bytes().all(plain)
        && without_fragment.parse::<Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some_and(is_place)
        })
}

/// A host with or without a port, and without user or password.
fn is_place(authority: &http::uri::Authority) -> bool {
    let (host, whole) = (authority.host(), authority.as_str());
    let address = host.starts_with('[') && host.ends_with(']');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let name = !host.is_empty() && host.bytes().all(plain);
    (address || name) && !whole.contains('@') && (whole == host || authority.port_u16().is_some())
}

/// A non-empty base64 data URI, or a URL.
pub(crate) fn is_file(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("data:") else {
        return is_url(text);
    };
    let Some((mime, data)) = rest.split_once(";base64,") else {
        return false;
    };
    let decoded = base64::engine::general_purpose::STANDARD.decode(data);
    mime.contains('/') && decoded.is_ok_and(|bytes| !bytes.is_empty())
}

/// Whether a text has the shape of a country code: ISO 3166-1 alpha-2.
pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Letters and digits, as in the addresses of all chains on offer. Checksums are not checked.
pub fn is_wallet(text: &str) -> bool {
    (20..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_file, is_url};

    #[test]
    fn mail_addresses_and_urls_are_recognized() {
        for good in ["ana@example.com", "ana+approved@mail.example.co.uk"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@localhost",
            "a b@example.com",
            "ana@-x.com",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        for good in [
            "http://127.0.0.1:8080/hook",
            "http://[::1]:80",
            "https://example.com",
            "https://example.com/a?b=c#d",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "ftp://example.com",
            "http://",
            "http:// x",
            "/hook",
            "https://example.com/{id}",
            "https://example.com/ñ",
            "https://example*.com",
            "http://127.0.0.1:9*",
            "http://ana:secret@example.com",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }

    #[test]
    fn files_are_data_uris_or_urls() {
        assert!(is_file("data:image/png;base64,aGVsbG8="));
        assert!(is_file("https://example.com/front.png"));
        for bad in [
            "",
            "aGVsbG8=",
            "data:image/png;base64,",
            "data:image/png;base64,*",
            "data:,x",
        ] {
            assert!(!is_file(bad), "{bad}");
        }
    }
}
