//! Bodies and queries without the values that must not be shown.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::catalogue::words;

/// Longer bodies are counted only.
const LONGEST_BODY: usize = 64 << 10;
/// Values nested deeper are not shown; the API's own go no deeper than three.
const DEEPEST: usize = 16;
const SECRETS: &[&str] = words! { api_secret token password kyb_link kyc_form_url onboarding_link };
const FILES: &[&str] = words! { file document_front document_back face_image liveness_image };

/// The body of a request, redacted. A form becomes a JSON object.
pub(crate) fn received(body: &[u8], is_form: bool) -> Box<RawValue> {
    if is_form && body.len() <= LONGEST_BODY {
        let fields: BTreeMap<_, _> = form_urlencoded::parse(body).collect();
        return redacted_body(&serde_json::to_vec(&fields).unwrap_or_default());
    }
    redacted_body(body)
}

/// The body of a reply, redacted. Most hold no secret, and are kept as they are.
pub(crate) fn written(body: &[u8]) -> Box<RawValue> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let mut names = SECRETS.iter().chain(FILES);
    if body.len() <= LONGEST_BODY && !names.any(|name| text.contains(*name)) {
        return parsed(body);
    }
    redacted_body(body)
}

fn redacted_body(body: &[u8]) -> Box<RawValue> {
    if body.len() > LONGEST_BODY {
        return counted(body);
    }
    redacted(&parsed(body), 0)
}

/// JSON as it was written; other bodies are counted only.
fn parsed(body: &[u8]) -> Box<RawValue> {
    if body.is_empty() {
        return RawValue::NULL.to_owned();
    }
    serde_json::from_slice(body).unwrap_or_else(|_| counted(body))
}

fn counted(body: &[u8]) -> Box<RawValue> {
    text(&format!("[{} bytes]", body.len()))
}

fn redacted(json: &RawValue, depth: usize) -> Box<RawValue> {
    let raw = json.get();
    if !raw.starts_with(['{', '[']) {
        return json.to_owned();
    }
    if depth == DEEPEST {
        return text("[too deep]");
    }
    let rewritten = if raw.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
        let items: Vec<_> = items.into_iter().map(|item| redacted(item, depth + 1)).collect();
        serde_json::value::to_raw_value(&items)
    } else {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(raw).unwrap_or_default();
        let fields = fields.into_iter().map(|(name, value)| {
            let value = match name.as_str() {
                name if SECRETS.contains(&name) => text("[secret]"),
                name if FILES.contains(&name) => text(&format!("[file of {} characters]", value.get().len())),
                _ => redacted(value, depth + 1),
            };
            (name, value)
        });
        serde_json::value::to_raw_value(&fields.collect::<BTreeMap<_, _>>())
    };
    rewritten.unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// A query, redacted. No call takes a secret in a query, but a client may send one.
pub(crate) fn redacted_query(query: &str) -> String {
    let pairs = query.split('&').map(|pair| {
        let name = form_urlencoded::parse(pair.as_bytes()).next();
        let secret = |name: &str| SECRETS.contains(&name) || FILES.contains(&name);
        if name.is_some_and(|(name, _)| secret(&name)) {
            let name = pair.split('=').next().unwrap_or_default();
            return format!("{name}=[secret]");
        }
        pair.to_owned()
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn text(text: &str) -> Box<RawValue> {
    serde_json::value::to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_BODY, received, redacted_query, written};

    /// A body as request and as reply.
    fn show(body: &[u8]) -> String {
        let (request, reply) = (received(body, false), written(body));
        assert_eq!(request.get(), reply.get());
        request.get().to_owned()
    }

    #[test]
    fn long_body_is_counted() {
        let body = vec![b'1'; LONGEST_BODY + 1];
        assert_eq!(show(&body), format!("\"[{} bytes]\"", body.len()));
    }

    #[test]
    fn secrets_are_redacted_and_numbers_keep_their_digits() {
        let body =
            br#"{"api_secret":"s3cret","file":"data:a/b;base64,QUJD","amount":0.10000000000000000000001}"#;
        let shown = show(body);
        assert!(!shown.contains("s3cret") && !shown.contains("QUJD"), "{shown}");
        assert!(shown.contains("0.10000000000000000000001"), "{shown}");
        let shown = show(br#"{"status":"ok","data":{"token":"s3cret","expires_in":3600}}"#);
        assert!(!shown.contains("s3cret") && shown.contains("3600"), "{shown}");
    }

    #[test]
    fn nested_secrets_are_redacted() {
        for body in [
            r#"[{"api_secret":"s3cret"}]"#,
            r#"{"credentials":{"deeper":[{"api_secret":"s3cret"}]}}"#,
            r#"{"api_secret":{"value":"s3cret"}}"#,
        ] {
            assert!(!show(body.as_bytes()).contains("s3cret"), "{body}");
        }
        let deep = format!("{}\"s3cret\"{}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(!received(deep.as_bytes(), false).get().contains("s3cret"));
    }

    #[test]
    fn secrets_in_a_query_are_redacted() {
        let query = "page=2&api%5Fsecret=s3cret&x";
        assert_eq!(redacted_query(query), "page=2&api%5Fsecret=[secret]&x");
        assert_eq!(redacted_query("page=2"), "page=2");
    }

    #[test]
    fn form_is_shown_as_json() {
        let body = b"type=PAY_IN&url=http%3A%2F%2F127.0.0.1%3A9%2F&api_secret=s3cret";
        assert_eq!(
            received(body, true).get(),
            r#"{"api_secret":"[secret]","type":"PAY_IN","url":"http://127.0.0.1:9/"}"#
        );
    }

    #[test]
    fn body_that_is_not_json_is_counted() {
        assert_eq!(show(b"type=PAY_IN"), "\"[11 bytes]\"");
    }
}
