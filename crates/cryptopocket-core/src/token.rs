use std::time::Duration;

use cryptopocket_types::reading::Fields;
use cryptopocket_types::sensitive::Secret;
use http::HeaderValue;
use serde_json::value::RawValue;

use crate::choice::at;
use crate::transport::wiped;

/// A token is renewed this long before it expires, or after nine tenths of its life, whichever is later.
const MARGIN: Duration = Duration::from_secs(60);

/// Names under which the token is looked for: those of the OpenAPI document.
const NAMES: &[&str] = &["token", "access_token", "auth_token"];

/// A session token and its times.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) header: HeaderValue,
    /// Counts the tokens of the session, from 1.
    pub(crate) generation: u64,
    pub(crate) renew_at: Option<Duration>,
    pub(crate) expires_at: Option<Duration>,
}

impl Token {
    /// Finds the token in the reply of `authenticate`, whose shape is not documented: under `name` if one was chosen, or one
    /// of [`NAMES`], each inside of `data` or beside it; or `data` itself. `life` is the chosen name of its lifetime.
    pub(crate) fn find(body: &[u8], name: Option<&str>, life: Option<&str>, now: Duration) -> Option<Self> {
        let whole: &RawValue = serde_json::from_slice(body).ok()?;
        if let Some(bare) = text(whole) {
            return Self::living(&bare, None, now);
        }
        let top: Fields<'_> = serde_json::from_str(whole.get()).ok()?;
        let data = top.get("data");
        let inner: Option<Fields<'_>> = data.and_then(|raw| serde_json::from_str(raw.get()).ok());
        let either = |name: &str| {
            inner
                .as_ref()
                .and_then(|inner| at(inner, name))
                .or_else(|| at(&top, name))
        };
        let value = name
            .iter()
            .chain(NAMES)
            .find_map(|name| either(name).and_then(text))
            .or_else(|| data.and_then(text))?;
        let life = either(life.unwrap_or("expires_in")).and_then(seconds);
        Self::living(&value, life, now)
    }

    /// `None` when the token cannot stand in a header.
    fn living(value: &Secret, life: Option<Duration>, now: Duration) -> Option<Self> {
        let mut header = HeaderValue::from_maybe_shared(wiped(value.expose())).ok()?;
        header.set_sensitive(true);
        let expires_at = life.map(|life| now.saturating_add(life));
        let renew_at = life.map(|life| {
            let margin = MARGIN.min(life / 10);
            now.saturating_add(life.saturating_sub(margin))
        });
        Some(Self {
            header,
            generation: 0,
            renew_at,
            expires_at,
        })
    }

    pub(crate) fn is_due(&self, now: Duration) -> bool {
        self.renew_at.is_some_and(|at| now >= at)
    }

    pub(crate) fn is_over(&self, now: Duration) -> bool {
        self.expires_at.is_some_and(|at| now >= at)
    }
}

fn text(raw: &RawValue) -> Option<Secret> {
    let value: String = serde_json::from_str(raw.get()).ok()?;
    (!value.trim().is_empty()).then(|| Secret::from(value))
}

/// A positive number of seconds, written as a number or as a string.
fn seconds(raw: &RawValue) -> Option<Duration> {
    let written = raw.get().trim_matches('"');
    // `3.6e3` is 3600 seconds, not 3; an unknown life is safer than a wrong one.
    if written.contains(['e', 'E']) {
        return None;
    }
    let whole = written.split('.').next().unwrap_or(written);
    let seconds: u64 = whole.parse().ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(body: &str) -> Option<(String, Option<u64>)> {
        Token::find(body.as_bytes(), None, None, Duration::ZERO).map(|token| {
            (
                token.header.to_str().unwrap().to_owned(),
                token.expires_at.map(|at| at.as_secs()),
            )
        })
    }

    #[test]
    fn the_token_is_found_in_every_assumed_place() {
        for body in [
            r#"{"status":"ok","data":{"token":"T","expires_in":3600}}"#,
            r#"{"token":"T","expires_in":"3600"}"#,
            r#"{"access_token":"T","expires_in":3600.0}"#,
            r#"{"data":{"access_token":"T"},"expires_in":3600}"#,
            r#"{"data":"T","expires_in":3600}"#,
        ] {
            assert_eq!(find(body), Some(("T".to_owned(), Some(3600))), "{body}");
        }
        assert_eq!(find(r#""T""#), Some(("T".to_owned(), None)));
    }

    #[test]
    fn chosen_names_come_first() {
        let body = br#"{"token":"T","data":{"session":{"jwt":"J"}},"ttl":10}"#;
        let token = Token::find(body, Some("session.jwt"), Some("ttl"), Duration::ZERO).unwrap();
        assert_eq!(token.header, "J");
        assert_eq!(token.expires_at, Some(Duration::from_secs(10)));
        assert_eq!(
            Token::find(body, Some("jwt"), None, Duration::ZERO)
                .unwrap()
                .header,
            "T"
        );
    }

    #[test]
    fn no_token_is_no_token() {
        for body in [
            "",
            "{}",
            r#"{"data":{}}"#,
            r#"{"token":""}"#,
            r#"{"token":null}"#,
            "<html>",
            "[]",
            r#"{"token":"two\nlines"}"#,
        ] {
            assert_eq!(find(body), None, "{body}");
        }
    }

    #[test]
    fn a_lifetime_without_sense_is_no_lifetime() {
        for life in ["0", "-5", "\"soon\"", "null", "{}"] {
            let body = format!(r#"{{"token":"T","expires_in":{life}}}"#);
            assert_eq!(find(&body), Some(("T".to_owned(), None)), "{body}");
        }
    }

    #[test]
    fn renewal_comes_before_the_end() {
        let token = Token::find(br#"{"token":"T","expires_in":3600}"#, None, None, Duration::ZERO).unwrap();
        assert!(!token.is_due(Duration::from_secs(3539)));
        assert!(token.is_due(Duration::from_secs(3540)) && !token.is_over(Duration::from_secs(3540)));
        assert!(token.is_over(Duration::from_secs(3600)));
        let short = Token::find(br#"{"token":"T","expires_in":10}"#, None, None, Duration::ZERO).unwrap();
        assert!(!short.is_due(Duration::from_secs(8)) && short.is_due(Duration::from_secs(9)));
    }

    #[test]
    fn life_in_exponent_form_is_unknown() {
        let reply = r#"{"token":"T","expires_in":3.6e3}"#;
        assert_eq!(find(reply), Some(("T".to_owned(), None)));
    }
}
