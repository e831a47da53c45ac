//! Secrets and personal data appear in no trace, log, `Debug` or `Display`.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use cryptopocket_core::testing::Answer;
use cryptopocket_core::{Error, HttpTransport, Idempotency, Method, Operation};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::api::{CANARY, GOOD, UNSAFE, builder, operation, scripted, thing};
use crate::server::{Act, Server};

/// Everything that any crate traces or logs in this test program, a line each. Lines of a span begin with its number.
#[derive(Default)]
struct Tape {
    lines: Mutex<Vec<String>>,
    spans: AtomicU64,
}

impl Tape {
    fn write(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    /// All lines of the one span of this operation.
    fn call(&self, operation: &str) -> String {
        let lines = self.lines.lock().unwrap();
        let begin = format!("cryptopocket.call operation=\"{operation}\"");
        let first = lines
            .iter()
            .find(|line| line.contains(&begin))
            .expect("a span of the operation");
        let number = first.split_once(' ').unwrap().0;
        let of_span = |line: &&String| line.split_once(' ').is_some_and(|(own, _)| own == number);
        lines.iter().filter(of_span).cloned().collect()
    }

    fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }
}

fn tape() -> &'static Tape {
    static TAPE: OnceLock<&'static Tape> = OnceLock::new();
    TAPE.get_or_init(|| {
        let tape: &'static Tape = Box::leak(Box::default());
        tracing::subscriber::set_global_default(Recorder(tape)).unwrap();
        // Another test may have met a call site between the two steps of the line above.
        tracing::callsite::rebuild_interest_cache();
        log::set_logger(Box::leak(Box::new(Recorder(tape)))).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        tape
    })
}

struct Recorder(&'static Tape);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let number = self.0.spans.fetch_add(1, Ordering::SeqCst) + 1;
        let mut line = Line(format!("{number} {}", span.metadata().name()));
        span.record(&mut line);
        self.0.write(line.0);
        Id::from_u64(number)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut line = Line(format!("{} ", id.into_u64()));
        values.record(&mut line);
        self.0.write(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().target().to_owned());
        event.record(&mut line);
        self.0.write(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl log::Log for Recorder {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.0.write(format!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

fn canaries(text: &str) -> Vec<&str> {
    let canary = |word: &&str| word.to_lowercase().contains("canary");
    text.split(|letter: char| letter.is_whitespace() || letter == '"')
        .filter(canary)
        .collect()
}

static WATCHED: Operation = operation("watched", Idempotency::Unsafe);

#[tokio::test]
async fn a_call_at_trace_level_shows_operation_status_and_attempts_and_no_canary() {
    let tape = tape();
    let server = Server::start(|request| {
        if request.line.contains("/authenticate") {
            return Act::json(r#"{"token":"canary-token"}"#);
        }
        Act::json(GOOD)
    })
    .await;
    let transport = HttpTransport::builder().build().unwrap();
    let session = builder()
        .base_url(&server.base_url)
        .transport(Arc::new(transport))
        .build()
        .unwrap();
    thing(&session, &WATCHED).await.unwrap();
    let call = tape.call("watched");
    for field in ["attempts=1", "status=200", "outcome=\"ok\"", "duration_ms="] {
        assert!(call.contains(field), "{field} in {call}");
    }
    assert_eq!(canaries(&tape.text()), Vec::<&str>::new());
}

const REPLIES: [&str; 9] = [
    r#"{"status":"error","error":"Canary Person is banned","message":"canary@example.com"}"#,
    r#"{"status":"error","error":"require_kyc","data":{"verification_url":"https://kyc/canary"}}"#,
    r#"{"message":"canary","errors":{"email":["canary@example.com is taken"],"canary@x":["no"]}}"#,
    r#"{"status":"ok","data":{"id":{"canary@example.com":"canary"}}}"#,
    r#"{"status":"ok","data":{"id":["canary"],"token":"canary"}}"#,
    r#"{"status":"ok","data":"canary"}"#,
    "<html>canary</html>",
    "canary",
    r#"{"status":"canary canary","message":"canary"}"#,
];

fn everything(error: &Error) -> String {
    let mut text = format!("{error} {error:#} {error:?} {error:#?} {}", error.advice());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(text, " {cause} {cause:?}");
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn token_refused_twice_leaves_an_event() {
    // A subscriber of its own: other tests are refused at the same time.
    let tape: &'static Tape = Box::leak(Box::default());
    let _guard = tracing::subscriber::set_default(Recorder(tape));
    let (session, transport) = scripted();
    transport.next("unsafe", Answer::refused_token());
    transport.always("unsafe", Answer::json(GOOD));
    thing(&session, &UNSAFE).await.unwrap();
    assert!(!tape.text().contains("refused again"), "{}", tape.text());

    transport.next("unsafe", Answer::refused_token());
    transport.next("unsafe", Answer::refused_token());
    assert!(thing(&session, &UNSAFE).await.unwrap_err().is_authorization());
    assert_eq!(
        tape.text().matches("token refused again").count(),
        1,
        "{}",
        tape.text()
    );
}

#[tokio::test]
async fn no_error_shows_what_the_provider_wrote() {
    for reply in REPLIES {
        for status in [200, 400, 403, 404, 422, 500] {
            let (session, transport) = scripted();
            transport.always("unsafe", Answer::reply(status, reply));
            let error = thing(&session, &UNSAFE).await.unwrap_err();
            let text = everything(&error);
            assert_eq!(
                canaries(&text),
                Vec::<&str>::new(),
                "HTTP {status} {reply}: {text}"
            );
            assert!(
                error
                    .raw_body()
                    .is_some_and(|raw| String::from_utf8_lossy(raw).contains("anary"))
            );
        }
    }
}

#[tokio::test]
async fn neither_session_nor_request_nor_settings_show_secrets() {
    let (session, transport) = scripted();
    transport.always("unsafe", Answer::json(GOOD));
    thing(&session, &UNSAFE).await.unwrap();
    let text = format!(
        "{session:?} {:?} {:?} {:?} {:?} {:?}",
        builder(),
        session.credentials(),
        transport.requests("unsafe"),
        transport.requests("authenticate"),
        transport,
    );
    assert_eq!(canaries(&text), Vec::<&str>::new());
}

#[tokio::test]
async fn debug_of_request_shows_operation_and_method() {
    let (session, _) = scripted();
    let known = session.request(&UNSAFE).query("iban", CANARY);
    assert_eq!(
        format!("{known:?}"),
        "Request { operation: \"unsafe\", method: POST, .. }"
    );
    let raw = session.raw(Method::PUT, "/new").query("iban", CANARY);
    assert_eq!(
        format!("{raw:?}"),
        "Request { operation: \"raw\", method: PUT, .. }"
    );
}
