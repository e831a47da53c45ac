use std::fmt;

use url::Url;

use crate::error::{Advice, Error};

/// A base URL that was checked: absolute, without user, query, fragment and trailing slash.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    loopback: bool,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self, Error> {
        fn bad<T>(detail: &'static str, cure: impl Into<Advice>) -> Result<T, Error> {
            Err(Error::configuration(detail, cure))
        }
        let text = text.trim();
        if text.is_empty() {
            return bad(
                "the base URL is empty",
                "Give one, such as https://sandbox.cryptopocket.io/api.",
            );
        }
        if !text.contains("://") {
            return bad(
                "the base URL has no scheme",
                "Put https:// in front, as in https://sandbox.cryptopocket.io/api.",
            );
        }
        let Ok(mut url) = Url::parse(text) else {
            return bad(
                "the base URL is not a URL",
                "Give an absolute URL, such as https://sandbox.cryptopocket.io/api.",
            );
        };
        let loopback = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if loopback || allow_http => {}
            "http" => {
                return bad(
                    "the base URL would send the credentials unencrypted",
                    Advice::new(
                        "Use https://. Plain http:// is for this machine itself; for a test network, set \
                         CRYPTOPOCKET_ALLOW_HTTP=1.",
                    )
                    .in_code_use("allow_http(true) does the same."),
                );
            }
            _ => return bad("the base URL's scheme is not known", "Use https://."),
        }
        if url.host_str().is_none_or(str::is_empty) {
            return bad(
                "the base URL has no host",
                "Give one, such as https://sandbox.cryptopocket.io/api.",
            );
        }
        if !url.username().is_empty() || url.password().is_some() {
            return bad(
                "the base URL holds a user or a password",
                "Take them out; credentials are given apart.",
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return bad(
                "the base URL has a query or a fragment",
                "Cut it off from the ? or # on.",
            );
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            loopback,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub(crate) fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
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
}
