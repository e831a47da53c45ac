//! Secrets and personal data do not reach `Debug`, `Display`, panics or traces.

mod events;
mod redaction;
mod shapes;

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use cryptopocket_core::Error;
use cryptopocket_core::testing::Answer;
use cryptopocket_tests::catalogue::{self, Case};
use cryptopocket_tests::{canary, scripted};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

/// Serializes the tests: a call site that is first reached without a subscriber stays disabled for the others.
static TURN: Mutex<()> = Mutex::new(());

/// The output of `tracing`.
#[derive(Clone, Default)]
struct Traced(Arc<Mutex<Vec<u8>>>);

impl Traced {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Traced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Traced {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

/// Everything that a program can print of an error except the body.
fn printed(error: &Error) -> String {
    let mut text = format!(
        "{error}\n{error:#}\n{error:?}\n{error:#?}\n{}\n{:?}",
        error.advice(),
        error.field_errors()
    );
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, "\n{cause}\n{cause:?}").expect("writing to a string");
        source = cause.source();
    }
    text
}

/// The reply with each text but the keys in an object of its own, where none is expected.
fn with_unreadable_fields(reply: &str) -> String {
    const KEYS: [&str; 9] = [
        "id",
        "payment_id",
        "status",
        "kyc_status",
        "token",
        "onboarding_link",
        "symbol",
        "payment_type",
        "iban",
    ];
    fn wrap(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                let others = fields
                    .iter_mut()
                    .filter(|(name, _)| !KEYS.contains(&name.as_str()));
                others.for_each(|(_, value)| wrap(value));
            }
            Value::Array(items) => items.iter_mut().for_each(wrap),
            Value::String(text) => *value = json!({ "value": text }),
            _ => {}
        }
    }
    let mut reply: Value = serde_json::from_str(reply).expect("JSON");
    wrap(&mut reply["data"]);
    reply.to_string()
}

/// Replies that contain every canary.
fn treacherous(case: &Case) -> Vec<(&'static str, Answer)> {
    let everything = canary::ALL.join(" | ");
    let link = canary::LINK;
    vec![
        ("success", Answer::json(case.reply)),
        (
            "prose",
            Answer::json(json!({"status": "error", "message": everything}).to_string()),
        ),
        (
            "code",
            Answer::json(json!({"status": "error", "error": everything}).to_string()),
        ),
        (
            "link",
            Answer::json(
                json!({"status": "error", "error": "require_kyc", "data": {"kyc_form_url": link}})
                    .to_string(),
            ),
        ),
        (
            "fields",
            Answer::reply(
                422,
                json!({"message": everything, "errors": {"email": [everything]}}).to_string(),
            ),
        ),
        ("html", Answer::reply(502, format!("<html>{everything}</html>"))),
        ("words", Answer::json(format!("\"{everything}\""))),
        ("not JSON", Answer::json(everything.clone())),
        (
            "misfit",
            Answer::json(json!({"status": "ok", "data": everything}).to_string()),
        ),
        (
            "misfits",
            Answer::json(json!({"status": "ok", "data": [{"id": {"x": everything}}]}).to_string()),
        ),
        ("unreadable", Answer::json(with_unreadable_fields(case.reply))),
        ("lost", Answer::lost()),
        ("refused token", Answer::refused_token()),
    ]
}

#[test]
fn no_outcome_shows_a_canary() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let traced = Traced::default();
    let subscriber = tracing_subscriber::fmt()
        // The digits of a time may contain those of a postal code.
        .without_time()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(traced.clone())
        .with_ansi(false)
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut shown = 0;
    tracing::subscriber::with_default(subscriber, || {
        for case in catalogue::all() {
            for (name, answer) in treacherous(&case) {
                let scripted = scripted::session();
                scripted.transport.always(case.id, answer);
                let session = scripted.session.clone();
                let printed = match runtime.block_on((case.call)(scripted.session)) {
                    Ok(read) => read,
                    Err(error) => printed(&error),
                };
                let seen = canary::seen_in(&printed);
                assert!(seen.is_empty(), "{} ({name}) shows {seen:?}:\n{printed}", case.id);
                let session = format!("{session:?} {session:#?} {:?}", session.credentials());
                assert!(canary::seen_in(&session).is_empty(), "{session}");
                for request in scripted.transport.requests(case.id) {
                    let request = format!("{request:?}");
                    assert!(canary::seen_in(&request).is_empty(), "{}: {request}", case.id);
                }
                shown += 1;
            }
        }
    });
    assert_eq!(shown, 26 * 13);
    let traced = traced.text();
    assert!(
        traced.contains("create_payment"),
        "the trace says which operation ran"
    );
    assert_eq!(canary::seen_in(&traced), Vec::<&str>::new(), "in the trace");
}

#[test]
fn requests_contain_the_canaries() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut travelled = String::new();
    for case in catalogue::all() {
        let scripted = scripted::session();
        scripted.transport.always(case.id, Answer::json(case.reply));
        runtime.block_on((case.call)(scripted.session)).unwrap();
        for id in ["authenticate", case.id] {
            for request in scripted.transport.requests(id) {
                travelled.push_str(&request.url);
                travelled.push_str(&String::from_utf8_lossy(&request.body));
            }
        }
    }
    let planted = [
        canary::API_KEY,
        canary::API_SECRET,
        canary::NAME,
        canary::LAST_NAME,
        canary::COMPANY,
        canary::EMAIL,
        canary::PHONE,
        canary::DOCUMENT_NUMBER,
        canary::BIRTH_DATE,
        canary::ADDRESS,
        canary::CITY,
        canary::POSTAL_CODE,
        canary::WALLET,
        canary::IBAN,
        canary::CALLBACK,
        canary::PICTURE_BASE64,
    ];
    for canary in planted {
        assert!(travelled.contains(canary), "{canary} is planted in no request");
    }
}
