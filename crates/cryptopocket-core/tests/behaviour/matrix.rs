use std::time::Duration;

use cryptopocket_core::testing::Answer;
use cryptopocket_core::{
    Effect, Error, ErrorKind, Idempotency, RetryPolicy, Sent, TransportError, TransportErrorKind,
    WireResponse,
};

use crate::api::{CLASSES, GOOD, Thing, UNSAFE, scripted, thing, timed};

struct Row {
    failure: &'static str,
    answer: Answer,
    kind: ErrorKind,
    sent: Sent,
    /// Requests sent for a safe or keyed and for an unsafe operation.
    attempts: (u32, u32),
    /// Whether the outcome stays open when the operation does more than read.
    open: bool,
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    use ErrorKind as Kind;
    use Sent::{Maybe, No, Yes};
    let row = |failure, answer, kind, sent, attempts, open| Row { failure, answer, kind, sent, attempts, open };
    vec![
        row("refused connection", Answer::refused_connection(), Kind::NotSent, No, (3, 3), false),
        row("timeout before sending", Answer::timeout_before_sending(), Kind::Timeout, No, (3, 3), false),
        row("timeout after sending", Answer::timeout_after_sending(), Kind::Timeout, Maybe, (3, 1), true),
        row("lost connection", Answer::lost(), Kind::Interrupted, Maybe, (3, 1), true),
        row("broken body", Answer::broken_body(), Kind::Interrupted, Yes, (3, 1), true),
        row("half a JSON text", Answer::json(r#"{"status":"#), Kind::UnexpectedReply, Yes, (3, 1), true),
        row("empty body", Answer::json(""), Kind::UnexpectedReply, Yes, (3, 1), true),
        row("HTML", Answer::json("<html>"), Kind::UnexpectedReply, Yes, (1, 1), true),
        row("500", Answer::reply(500, "oops"), Kind::ServerError, Yes, (3, 1), true),
        row("500 that says ok", Answer::reply(500, GOOD), Kind::ServerError, Yes, (3, 1), true),
        row("503 with JSON", Answer::reply(503, "{}"), Kind::ServerError, Yes, (3, 1), true),
        row("408", Answer::reply(408, ""), Kind::Timeout, Yes, (3, 1), true),
        row("429", Answer::reply(429, "{}"), Kind::RateLimited, Yes, (3, 1), true),
        row("redirect", Answer::reply(302, ""), Kind::UnexpectedReply, Yes, (1, 1), true),
        row("no such address", Answer::reply(404, "<html>"), Kind::UnexpectedReply, Yes, (1, 1), true),
        row("business error", Answer::error_code("limit_exceded"), Kind::Refused, Yes, (1, 1), false),
        row("new business error", Answer::error_code("wallet_frozen"), Kind::Refused, Yes, (1, 1), true),
        row("one word", Answer::error_code("Timeout"), Kind::Refused, Yes, (1, 1), true),
        row("409", Answer::reply(409, r#"{"message":"still being processed"}"#), Kind::Refused, Yes, (1, 1), true),
        row("500 with fields", Answer::reply(500, r#"{"errors":{"db":["deadlock"]}}"#), Kind::ServerError, Yes, (3, 1), true),
        row("internal error", Answer::error_code("unexpected_error"), Kind::Refused, Yes, (1, 1), true),
        row("exception text", Answer::error_code("SQLSTATE[0]: x"), Kind::Refused, Yes, (1, 1), true),
        row("refused token", Answer::refused_token(), Kind::Authorization, Yes, (2, 2), false),
        row("401", Answer::reply(401, ""), Kind::Authorization, Yes, (2, 1), true),
        row("fields", Answer::reply(422, r#"{"message":"x","errors":{"email":["bad"]}}"#), Kind::Validation, Yes, (1, 1), false),
        row("422 without fields", Answer::reply(422, "{}"), Kind::Validation, Yes, (1, 1), true),
        row("misfit", Answer::json(r#"{"data":{"id":[]}}"#), Kind::UnexpectedReply, Yes, (1, 1), true),
    ]
}

#[tokio::test]
async fn every_failure_is_repeated_as_its_class_allows_and_says_what_was_sent() {
    for row in rows() {
        for operation in CLASSES {
            let (session, transport) = scripted();
            transport.always(operation.id, row.answer.clone());
            let error = thing(&session, operation).await.unwrap_err();
            let is_unsafe = operation.idempotency == Idempotency::Unsafe;
            let attempts = if is_unsafe { row.attempts.1 } else { row.attempts.0 };
            let name = format!("{} of {}", row.failure, operation.id);
            assert_eq!(
                transport.calls(operation.id),
                attempts as usize,
                "requests, {name}"
            );
            assert_eq!(error.kind(), row.kind, "kind, {name}");
            assert_eq!(error.sent(), row.sent, "sent, {name}");
            assert_eq!(error.operation(), Some(operation.id), "operation, {name}");
            assert_eq!(error.attempts(), attempts, "attempts, {name}");
            let reads = operation.idempotency == Idempotency::Safe;
            assert_eq!(
                error.effect() == Effect::Unknown,
                row.open && !reads,
                "outcome, {name}"
            );
            assert!(!error.advice().is_empty(), "hint, {name}");
        }
    }
}

#[tokio::test]
async fn refused_token_beside_a_created_id_is_never_resent() {
    let (session, transport) = scripted();
    let answer = r#"{"status":"error","error":"authorization_incorrect","data":{"payment_id":"p1"}}"#;
    transport.always("unsafe", Answer::json(answer));
    let error = thing(&session, CLASSES[2]).await.unwrap_err();
    assert_eq!(transport.calls("unsafe"), 1);
    assert_eq!(error.effect(), Effect::Unknown);
}

#[tokio::test]
async fn success_that_cannot_be_read_is_done() {
    let (session, transport) = scripted();
    let answer = r#"{"status":"success","message":"payment_created","data":{"id":[]}}"#;
    for operation in CLASSES {
        transport.always(operation.id, Answer::json(answer));
    }
    let error = thing(&session, CLASSES[2]).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Done);
    assert_eq!(error.raw_body(), Some(answer.as_bytes()));
    assert!(error.to_string().ends_with("the call was carried out"), "{error}");
    assert_eq!(error.advice().id(), "done_unread");
    assert_eq!(
        thing(&session, CLASSES[0]).await.unwrap_err().effect(),
        Effect::NotDone
    );
}

#[tokio::test]
async fn a_call_that_recovers_gives_its_answer() {
    for failure in [
        Answer::refused_connection(),
        Answer::timeout_before_sending(),
        Answer::refused_token(),
    ] {
        for operation in CLASSES {
            let (session, transport) = scripted();
            transport.next(operation.id, failure.clone());
            transport.next(operation.id, Answer::json(GOOD));
            assert_eq!(
                thing(&session, operation).await.unwrap(),
                Thing { id: "p1".to_owned() }
            );
            assert_eq!(transport.calls(operation.id), 2);
        }
    }
}

#[tokio::test]
async fn what_an_early_attempt_may_have_done_is_not_forgotten() {
    let (session, transport) = scripted();
    transport.next("keyed", Answer::timeout_after_sending());
    transport.next("keyed", Answer::error_code("already_reconciled"));
    let error = thing(&session, CLASSES[1]).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Refused, Sent::Yes));
    assert!(error.effect() == Effect::Unknown);

    let (session, transport) = scripted();
    transport.next("safe", Answer::timeout_after_sending());
    transport.always("safe", Answer::refused_connection());
    let error = thing(&session, CLASSES[0]).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::NotSent, Sent::Maybe));
}

#[tokio::test]
async fn unknown_outcome_outlasts_a_later_unsent_attempt() {
    let (session, transport) = scripted();
    transport.next("keyed", Answer::timeout_after_sending());
    transport.always("keyed", Answer::refused_connection());
    let error = thing(&session, CLASSES[1]).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotSent, 3));
    assert_eq!((error.sent(), error.effect()), (Sent::Maybe, Effect::Unknown));
}

#[tokio::test]
async fn an_attempt_whose_token_was_refused_does_not_count_as_sent() {
    let (session, transport) = scripted();
    transport.next("unsafe", Answer::refused_token());
    transport.always("unsafe", Answer::refused_connection());
    let error = thing(&session, CLASSES[2]).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::NotSent, Sent::No));
    assert!(error.effect() != Effect::Unknown);
}

#[tokio::test]
async fn without_retries_only_the_refused_token_is_repeated() {
    let (session, transport) = scripted();
    let session = session.with_retry(RetryPolicy::none());
    transport.next("safe", Answer::reply(500, ""));
    assert_eq!(thing(&session, CLASSES[0]).await.unwrap_err().attempts(), 1);
    transport.next("safe", Answer::refused_token());
    transport.next("safe", Answer::json(GOOD));
    assert!(thing(&session, CLASSES[0]).await.is_ok());
}

#[tokio::test]
async fn the_repeat_after_a_refused_token_leaves_all_attempts_to_other_failures() {
    let (session, transport) = scripted();
    transport.next("safe", Answer::refused_token());
    transport.always("safe", Answer::reply(503, ""));
    assert_eq!(thing(&session, CLASSES[0]).await.unwrap_err().attempts(), 4);
}

#[tokio::test]
async fn retry_after_is_waited_for_as_seconds_and_as_a_date() {
    // Virtual time begins at 2026-01-01T00:00:00Z.
    for asked in ["30", "Thu, 01 Jan 2026 00:00:30 GMT"] {
        let (session, transport) = scripted();
        transport.next("safe", Answer::reply(503, "").header("retry-after", asked));
        transport.next("safe", Answer::json(GOOD));
        thing(&session, CLASSES[0]).await.unwrap();
        let waited = session.runtime().monotonic().as_secs();
        assert!((30..32).contains(&waited), "{asked}: {waited} s of virtual time");
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_total_limit_ends_the_call_and_is_told() {
    let (session, transport) = scripted();
    transport.always("safe", Answer::reply(429, "{}").header("retry-after", "600"));
    let error = thing(&session, CLASSES[0]).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
}

#[tokio::test]
async fn no_attempt_gets_more_time_than_the_call_has_left() {
    let (session, transport) = scripted();
    let session = session.with_retry(RetryPolicy::default().total_limit(Duration::from_secs(5)));
    transport.always("safe", Answer::json(GOOD));
    thing(&session, CLASSES[0]).await.unwrap();
    assert_eq!(transport.requests("safe")[0].timeout, Duration::from_secs(5));
    let spent = session.with_timeout(Duration::ZERO);
    let error = thing(&spent, CLASSES[2]).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Timeout, Sent::No));
    assert_eq!((transport.calls("unsafe"), error.attempts()), (0, 0));
}

#[tokio::test]
async fn money_call_never_leaves_too_late_for_its_answer() {
    // The login takes so long that a second is left of the call's forty.
    for operation in CLASSES {
        let (session, transport, time) = timed();
        let session = session.with_retry(RetryPolicy::default().total_limit(Duration::from_secs(40)));
        transport.next("authenticate", {
            let time = time.clone();
            Answer::with(move |_| {
                time.advance(Duration::from_secs(39));
                Ok(WireResponse {
                    status: 200,
                    headers: http::HeaderMap::new(),
                    body: r#"{"token":"T"}"#.into(),
                })
            })
        });
        transport.always(operation.id, Answer::timeout_after_sending());
        let error = thing(&session, operation).await.unwrap_err();
        let is_unsafe = operation.idempotency == Idempotency::Unsafe;
        assert_eq!(transport.calls(operation.id) == 0, is_unsafe, "{}", operation.id);
        assert_eq!(
            error.effect() == Effect::NotSent,
            is_unsafe,
            "{}: {error:?}",
            operation.id
        );
    }
}

#[tokio::test]
async fn money_call_is_repeated_only_with_time_for_its_answer() {
    let (session, transport, time) = timed();
    let session = session.with_retry(RetryPolicy::default().total_limit(Duration::from_secs(40)));
    let refused = move |_: &_| {
        time.advance(Duration::from_secs(18));
        Err(TransportError::new(
            Sent::No,
            TransportErrorKind::Connect,
            "connection refused",
        ))
    };
    transport.always("unsafe", Answer::with(refused));
    let error = thing(&session, CLASSES[2]).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotSent, 2));
}

#[tokio::test]
async fn refusal_of_another_call_proves_nothing_here() {
    let kept = br#"{"status":"error","error":"limit_exceded"}"#;
    let refusal = Error::kept_refusal(&UNSAFE, kept).unwrap();
    assert_eq!(refusal.effect(), Effect::NotDone);
    let (session, transport) = scripted();
    let closed = session.with_condition(move || Err(refusal.clone()));
    let error = thing(&closed, &UNSAFE).await.unwrap_err();
    assert_eq!((error.effect(), transport.calls("unsafe")), (Effect::Unknown, 0));
    assert!(error.has_code("limit_exceded"));
}

#[tokio::test]
async fn bare_word_is_no_success_of_a_call_that_writes() {
    for reply in [
        r#""failed""#,
        r#"{"data":"failed"}"#,
        "7",
        "true",
        r#"{"data":7,"message":"x"}"#,
    ] {
        for operation in CLASSES {
            let (session, transport) = scripted();
            transport.always(operation.id, Answer::json(reply));
            let error = thing(&session, operation).await.unwrap_err();
            let reads = operation.idempotency == Idempotency::Safe;
            // A read is not refused for it: its answer is only of another shape.
            assert_eq!(
                error.to_string().contains("says neither"),
                !reads,
                "{reply} of {}: {error}",
                operation.id
            );
            assert_eq!(
                error.effect() == Effect::Unknown,
                !reads,
                "{reply} of {}",
                operation.id
            );
        }
    }
}
