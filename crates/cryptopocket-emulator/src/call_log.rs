//! The last calls and what was answered, with secrets and files blotted out when they are shown.

mod saved;

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use bytes::Bytes;
use http::Method;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::moment::Moment;

const KEPT: usize = 1_000;
const LONGEST_BODY: usize = 64 << 10;
const SECRETS: &[&str] = &[
    "api_secret",
    "token",
    "password",
    "kyb_link",
    "kyc_form_url",
    "onboarding_link",
];
const FILES: &[&str] = &[
    "file",
    "document_front",
    "document_back",
    "face_image",
    "liveness_image",
];

#[derive(Debug)]
pub struct Entry {
    pub at: Moment,
    pub operation: &'static str,
    pub method: Method,
    pub path: String,
    pub query: String,
    pub body: LoggedBody,
    /// `None` where the connection was dropped instead.
    pub status: Option<u16>,
    pub reply: LoggedBody,
    pub fault: Option<&'static str>,
}

/// A body, unless it is too long to be remembered.
#[derive(Debug)]
pub enum LoggedBody {
    Raw {
        length: usize,
        bytes: Bytes,
    },
    /// As it was shown when it was written down: what must not be shown was not written down either.
    Shown(Box<RawValue>),
}

impl LoggedBody {
    /// A body that came over a connection. It is copied, because it would keep all of the connection's buffer.
    pub fn received(body: &Bytes, is_form: bool) -> Self {
        if is_form && body.len() <= LONGEST_BODY {
            // Forms are shown as what they say.
            let fields: BTreeMap<_, _> = form_urlencoded::parse(body).collect();
            return Self::written(&serde_json::to_vec(&fields).unwrap_or_default().into());
        }
        if body.len() <= LONGEST_BODY {
            Self::written(&Bytes::copy_from_slice(body))
        } else {
            Self::written(body)
        }
    }

    /// A body that was written here.
    pub fn written(body: &Bytes) -> Self {
        let length = body.len();
        let bytes = if length <= LONGEST_BODY {
            body.clone()
        } else {
            Bytes::new()
        };
        Self::Raw { length, bytes }
    }
}

#[derive(Debug, Default)]
pub struct CallLog {
    entries: VecDeque<(u64, Entry)>,
    written: u64,
    /// The numbers of those that are in the state file.
    saved: Range<u64>,
}

impl CallLog {
    pub(crate) fn add(&mut self, entry: Entry) {
        self.written += 1;
        self.entries.push_back((self.written, entry));
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }

    /// The calls of an operation so far that are still remembered.
    pub fn count(&self, operation: &str) -> usize {
        self.entries
            .iter()
            .filter(|(_, entry)| entry.operation == operation)
            .count()
    }

    /// How many calls are remembered.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none are kept.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The call that stands at a place, counted from the oldest that is remembered.
    pub fn at(&self, place: usize) -> Option<&(u64, Entry)> {
        self.entries.get(place)
    }

    /// What came after `after`, oldest first.
    pub fn since(&self, after: u64) -> Vec<EntryView<'_>> {
        self.entries
            .iter()
            .filter(|(number, _)| *number > after)
            .map(|(number, entry)| view(*number, entry))
            .collect()
    }
}

#[derive(Debug, Serialize)]
pub struct EntryView<'a> {
    pub number: u64,
    pub at: String,
    pub operation: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub query: Cow<'a, str>,
    pub body: Box<RawValue>,
    pub status: Option<u16>,
    pub reply: Box<RawValue>,
    pub fault: Option<&'a str>,
}

impl EntryView<'_> {
    /// What the answer says of itself: its `status`, and the code of its error.
    pub fn word(&self) -> String {
        #[derive(serde::Deserialize)]
        struct Said {
            status: String,
            error: Option<String>,
        }
        let said: Option<Said> = serde_json::from_str(self.reply.get()).ok();
        said.map_or_else(String::new, |said| match said.error {
            Some(error) => format!("{} {error}", said.status),
            None => said.status,
        })
    }
}

/// An entry as it may be shown.
pub fn view(number: u64, entry: &Entry) -> EntryView<'_> {
    EntryView {
        number,
        at: entry.at.to_string(),
        operation: entry.operation,
        method: entry.method.as_str(),
        path: &entry.path,
        query: masked_query(&entry.query),
        body: shown(&entry.body),
        status: entry.status,
        reply: shown(&entry.reply),
        fault: entry.fault,
    }
}

fn shown(body: &LoggedBody) -> Box<RawValue> {
    match body {
        LoggedBody::Shown(body) => body.clone(),
        LoggedBody::Raw { length: 0, .. } => RawValue::NULL.to_owned(),
        LoggedBody::Raw { length, bytes } => {
            let json = serde_json::from_slice::<Box<RawValue>>(bytes).ok();
            json.map_or_else(|| text(&format!("[{length} bytes]")), |json| masked(&json))
        }
    }
}

/// Values that stand deeper are not shown at all; the API's own go no deeper than three.
const DEEPEST: usize = 16;

/// The same JSON with what must not be shown replaced.
fn masked(json: &RawValue) -> Box<RawValue> {
    masked_at(json, 0)
}

fn masked_at(json: &RawValue, depth: usize) -> Box<RawValue> {
    let raw = json.get();
    if !raw.starts_with(['{', '[']) {
        return json.to_owned();
    }
    if depth == DEEPEST {
        return text("[too deep]");
    }
    let rewritten = if raw.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
        let items: Vec<_> = items.into_iter().map(|item| masked_at(item, depth + 1)).collect();
        serde_json::value::to_raw_value(&items)
    } else {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(raw).unwrap_or_default();
        let fields: BTreeMap<_, _> = fields
            .into_iter()
            .map(|(name, value)| {
                let value = if SECRETS.contains(&name.as_str()) {
                    text("[secret]")
                } else if FILES.contains(&name.as_str()) {
                    text(&format!("[file of {} characters]", value.get().len()))
                } else {
                    masked_at(value, depth + 1)
                };
                (name, value)
            })
            .collect();
        serde_json::value::to_raw_value(&fields)
    };
    rewritten.unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// The same query with what must not be shown replaced; a secret belongs in no query, but that keeps nobody from it.
fn masked_query(query: &str) -> Cow<'_, str> {
    let is_secret = |pair: &str| {
        let name = form_urlencoded::parse(pair.as_bytes()).next();
        name.is_some_and(|(name, _)| SECRETS.contains(&name.as_ref()) || FILES.contains(&name.as_ref()))
    };
    if !query.split('&').any(is_secret) {
        return query.into();
    }
    let pairs = query.split('&').map(|pair| {
        if is_secret(pair) {
            let name = pair.split('=').next().unwrap_or_default();
            format!("{name}=[secret]")
        } else {
            pair.to_owned()
        }
    });
    pairs.collect::<Vec<_>>().join("&").into()
}

fn text(text: &str) -> Box<RawValue> {
    serde_json::value::to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{LONGEST_BODY, LoggedBody, shown};

    fn show(body: &[u8]) -> String {
        shown(&LoggedBody::written(&Bytes::copy_from_slice(body)))
            .get()
            .to_owned()
    }

    #[test]
    fn a_body_that_is_too_long_is_counted_only() {
        let body = vec![b'1'; LONGEST_BODY + 1];
        assert_eq!(show(&body), format!("\"[{} bytes]\"", body.len()));
    }

    #[test]
    fn secrets_and_files_are_blotted_out_and_numbers_stay_as_written() {
        let body =
            br#"{"api_secret":"s3cret","file":"data:a/b;base64,QUJD","amount":0.10000000000000000000001}"#;
        let shown = show(body);
        assert!(!shown.contains("s3cret") && !shown.contains("QUJD"), "{shown}");
        assert!(shown.contains("0.10000000000000000000001"), "{shown}");
    }

    #[test]
    fn secrets_inside_data_are_blotted_out_too() {
        let shown = show(br#"{"status":"ok","data":{"token":"t0ken","expires_in":3600}}"#);
        assert!(!shown.contains("t0ken") && shown.contains("3600"), "{shown}");
    }

    #[test]
    fn secrets_are_blotted_out_wherever_somebody_puts_them() {
        for body in [
            r#"[{"api_secret":"s3cret"}]"#,
            r#"{"credentials":{"deeper":[{"api_secret":"s3cret"}]}}"#,
            r#"{"api_secret":{"value":"s3cret"}}"#,
        ] {
            assert!(!show(body.as_bytes()).contains("s3cret"), "{body}");
        }
        let deep = format!("{}\"s3cret\"{}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(!show(deep.as_bytes()).contains("s3cret"));
        assert_eq!(
            super::masked_query("page=2&api%5Fsecret=s3cret&x"),
            "page=2&api%5Fsecret=[secret]&x"
        );
        assert_eq!(super::masked_query("page=2"), "page=2");
    }

    #[test]
    fn a_form_is_shown_as_what_it_says() {
        let body = Bytes::from_static(b"type=PAY_IN&url=http%3A%2F%2F127.0.0.1%3A9%2F&api_secret=s3cret");
        let shown = shown(&LoggedBody::received(&body, true));
        assert_eq!(
            shown.get(),
            r#"{"api_secret":"[secret]","type":"PAY_IN","url":"http://127.0.0.1:9/"}"#
        );
    }

    #[test]
    fn what_is_no_json_is_counted_only() {
        assert_eq!(show(b"type=PAY_IN"), "\"[11 bytes]\"");
    }
}
