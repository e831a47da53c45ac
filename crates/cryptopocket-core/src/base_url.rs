use http::Uri;

use crate::error::{Advice, Error};
use crate::getters::getters;
use crate::input::has_readable_port;

/// A base URL that was checked: absolute, without user, query, fragment and trailing slash.
#[derive(Debug)]
pub(crate) struct BaseUrl {
    text: String,
    loopback: bool,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self, Error> {
        const EXAMPLE: &str = "Give an absolute URL, such as https://sandbox.cryptopocket.io/api.";
        let text = text.trim();
        // `Uri` drops a fragment in silence.
        let (text, fragment) = text
            .split_once('#')
            .map_or((text, None), |(text, rest)| (text, Some(rest)));
        let url = lower_case_host(text).parse::<Uri>().ok();
        let parts = url.as_ref().and_then(|url| Some((url, url.authority()?)));
        let loopback = parts.is_some_and(|(_, authority)| is_loopback(authority.host()));
        let (problem, cure) = match parts {
            _ if text.is_empty() => ("the base URL is empty", EXAMPLE),
            _ if !text.contains("://") => (
                "the base URL has no scheme",
                "Put https:// in front, as in https://sandbox.cryptopocket.io/api.",
            ),
            None => ("the base URL is not a URL", EXAMPLE),
            Some((url, _)) if !matches!(url.scheme_str(), Some("http" | "https")) => {
                ("the base URL's scheme is not known", "Use https://.")
            }
            Some((url, _)) if url.scheme_str() == Some("http") && !loopback && !allow_http => {
                return Err(unencrypted());
            }
            Some((_, authority)) if authority.host().is_empty() => ("the base URL has no host", EXAMPLE),
            Some((_, authority)) if !has_readable_port(authority) => (
                "the base URL's port is not a number up to 65535",
                "Correct it, or leave it out with its colon.",
            ),
            Some((_, authority)) if authority.as_str().contains('@') => (
                "the base URL holds a user or a password",
                "Take them out; credentials are given apart.",
            ),
            Some((url, _)) if url.query().is_some() || fragment.is_some() => (
                "the base URL has a query or a fragment",
                "Cut it off from the ? or # on.",
            ),
            Some((url, _)) => {
                return Ok(Self {
                    text: url.to_string().trim_end_matches('/').to_owned(),
                    loopback,
                });
            }
        };
        Err(Error::configuration(problem, cure))
    }

    getters! { |url|
        pub(crate) as_str: &str = &url.text;
        /// Host and port.
        pub(crate) authority: &str = authority(&url.text).unwrap_or_default();
        pub(crate) is_loopback: bool = url.loopback;
        pub(crate) is_https: bool = url.text.starts_with("https:");
    }
}

fn unencrypted() -> Error {
    let cure = Advice::new(
        "Use https://. Plain http:// is for this machine itself; for a test network, set CRYPTOPOCKET_ALLOW_HTTP=1.",
    );
    Error::configuration(
        "the base URL would send the credentials unencrypted",
        cure.in_code_use("allow_http(true) does the same."),
    )
}

/// Host and port of a URL that need not be a right one.
pub(crate) fn authority(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?', '#', '\\']).next()?;
    Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host))
}

/// Scheme and host are the same in any case; the path is not.
fn lower_case_host(url: &str) -> String {
    let host = url.find("://").map_or(0, |end| end + 3);
    let path = url[host..].find(['/', '?']).map_or(url.len(), |end| host + end);
    let (head, tail) = url.split_at(path);
    head.to_ascii_lowercase() + tail
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn slashes_and_white_space_around_are_cut_off() {
        for text in [
            "https://a.example/api",
            " https://a.example/api/ ",
            "https://a.example/api//\n",
        ] {
            assert_eq!(
                BaseUrl::parse(text, false).unwrap().as_str(),
                "https://a.example/api"
            );
        }
        assert_eq!(
            BaseUrl::parse("https://a.example", false).unwrap().as_str(),
            "https://a.example"
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_or_by_permission() {
        for host in [
            "localhost:8080",
            "127.0.0.1:1",
            "127.8.8.8",
            "[::1]:80",
            "sandbox.localhost",
        ] {
            let url = BaseUrl::parse(&format!("http://{host}/api"), false).unwrap();
            assert!(url.is_loopback() && !url.is_https(), "{host}");
        }
        for host in ["localhost.example.com", "10.0.0.1", "128.0.0.1", "sandbox"] {
            assert!(
                BaseUrl::parse(&format!("http://{host}/api"), false).is_err(),
                "{host}"
            );
            assert!(
                !BaseUrl::parse(&format!("http://{host}/api"), true)
                    .unwrap()
                    .is_loopback(),
                "{host}"
            );
        }
    }

    #[test]
    fn scheme_and_host_are_written_in_lower_case() {
        let url = BaseUrl::parse("HTTPS://Sandbox.Example:8443/Api", false).unwrap();
        assert_eq!(url.as_str(), "https://sandbox.example:8443/Api");
        assert!(url.is_https());
    }

    #[test]
    fn wrong_url_is_refused() {
        for text in [
            "https://",
            "https:///api",
            "https://a.example:99999/api",
            "https://a.example:https/api",
            "https://a example/api",
            "https://user:pass@a.example/api",
            "https://a.example/api?x=1",
            "https://a.example/api#x",
            "ftp://a.example/api",
            "a.example/api",
        ] {
            assert!(BaseUrl::parse(text, true).is_err(), "{text}");
        }
    }
}
