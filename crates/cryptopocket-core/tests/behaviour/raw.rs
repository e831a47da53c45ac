//! Calls that the SDK does not know.

use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedSession, ScriptedTransport};
use cryptopocket_core::{Effect, Error, ErrorKind, Idempotency, Method, Sent, Session};
use serde_json::json;

use crate::api::{CANARY, scripted};

async fn raw(session: &Session, class: Idempotency) -> Result<u16, Error> {
    let reply = session
        .raw(Method::POST, "/new/{id}")
        .path(&"a/b c")
        .query("q", CANARY)
        .json(&json!({ "iban": CANARY }))
        .idempotency(class)
        .send()
        .await;
    reply.map(|reply| reply.status())
}

fn answering(answer: Answer) -> (Session, std::sync::Arc<ScriptedTransport>) {
    let (session, transport) = scripted();
    transport.always("raw", answer);
    (session, transport)
}

#[tokio::test]
async fn raw_call_carries_token_query_and_body() {
    let (session, transport) = answering(Answer::json(r#"{"status":"ok","data":[1]}"#).header("x-page", "2"));
    let reply = session
        .raw(Method::PATCH, "/new/{id}/ñ")
        .path(&"a/b c")
        .query("page", &2)
        .query("q", "x&y")
        .form(&json!({ "type": "PAY_IN" }))
        .send()
        .await
        .unwrap();
    assert_eq!((reply.status(), reply.says_success()), (200, true));
    assert_eq!(reply.headers()["x-page"], "2");
    assert_eq!(&reply.body()[..], br#"{"status":"ok","data":[1]}"#);
    let sent = transport.requests("raw").remove(0);
    assert_eq!(sent.method, Method::PATCH);
    assert_eq!(
        sent.url,
        "https://sandbox.cryptopocket.io/api/new/a%2Fb%20c/%C3%B1?page=2&q=x%26y"
    );
    assert_eq!(sent.headers["auth"], "token-1");
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(sent.body, "type=PAY_IN");
}

#[tokio::test]
async fn raw_call_is_unsafe_unless_said() {
    for (answer, effect) in [
        (Answer::timeout_after_sending(), Effect::Unknown),
        (Answer::reply(500, "{}"), Effect::Unknown),
        (Answer::error_code("limit_exceded"), Effect::Unknown),
        (Answer::reply(422, r#"{"user_id":7}"#), Effect::Unknown),
        (Answer::reply(422, r#"{"message":"no"}"#), Effect::Unknown),
        (Answer::reply(422, r#"{"errors":{"a":["b"]}}"#), Effect::NotDone),
        (Answer::reply(403, "{}"), Effect::Unknown),
    ] {
        let (session, transport) = answering(answer);
        let error = session.raw(Method::GET, "/new").send().await.unwrap_err();
        assert_eq!(
            (error.effect(), error.operation()),
            (effect, Some("raw")),
            "{error:?}"
        );
        assert_eq!(transport.calls("raw"), 1);
    }
    for (class, calls) in [
        (Idempotency::Safe, 3),
        (Idempotency::Keyed, 3),
        (Idempotency::Unsafe, 1),
    ] {
        let (session, transport) = answering(Answer::timeout_after_sending());
        let error = raw(&session, class).await.unwrap_err();
        assert_eq!(
            (transport.calls("raw"), error.sent()),
            (calls, Sent::Maybe),
            "{class:?}"
        );
        let shown = format!("{error} {error:?} {error:#}");
        assert!(!shown.contains("ES91") && !shown.contains("token-"), "{shown}");
    }
}

#[tokio::test]
async fn refused_token_is_renewed_once() {
    let (session, transport) = answering(Answer::json(r#"{"status":"ok"}"#));
    transport.next("raw", Answer::refused_token());
    assert_eq!(raw(&session, Idempotency::Unsafe).await.unwrap(), 200);
    assert_eq!((transport.calls("authenticate"), transport.calls("raw")), (2, 2));

    let (session, transport) = answering(Answer::refused_token());
    let error = raw(&session, Idempotency::Unsafe).await.unwrap_err();
    assert_eq!(
        (error.kind(), transport.calls("raw")),
        (ErrorKind::Authorization, 2)
    );
}

#[tokio::test]
async fn any_form_of_answer_is_returned() {
    for (answer, says_success) in [
        (Answer::json(r#"{"balance":1.10}"#), false),
        (Answer::json("[1,2]"), false),
        (Answer::json(r#"{"status":"sucess"}"#), true),
        (Answer::reply(201, r#"{"data":{"id":1}}"#), false),
        (Answer::reply(204, ""), false),
        (
            Answer::reply(200, "a;b\n1;2").header("content-type", "text/csv"),
            false,
        ),
    ] {
        let (session, _) = answering(answer);
        let reply = session.raw(Method::GET, "/new").send().await.unwrap();
        assert_eq!(reply.says_success(), says_success, "{reply:?}");
    }
    for answer in [
        Answer::json("<html>").header("content-type", "text/html; charset=utf-8"),
        Answer::json("<html>"),
        Answer::json(""),
        Answer::json("a;b"),
        Answer::json(r#"{"success":false}"#),
        Answer::reply(500, "a;b").header("content-type", "text/csv"),
    ] {
        let (session, _) = answering(answer);
        assert!(session.raw(Method::GET, "/new").send().await.is_err());
    }
}

#[tokio::test]
async fn path_stays_below_base_url() {
    let (session, transport) = answering(Answer::json("{}"));
    for path in [
        "",
        "new",
        "//evil.example",
        "/a/../b",
        "/a/./b",
        "/a//b",
        "/a/",
        "/a?x=1",
        "/a#b",
        "/{id}",
    ] {
        let error = session.raw(Method::GET, path).send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::InvalidInput, Effect::NotSent),
            "{path}"
        );
    }
    for id in ["..", "", "."] {
        assert!(
            session.raw(Method::GET, "/{id}").path(&id).send().await.is_err(),
            "{id:?}"
        );
    }
    assert!(
        session
            .raw(Method::CONNECT, "/new")
            .send()
            .await
            .unwrap_err()
            .is_validation()
    );
    assert_eq!(transport.calls("raw") + transport.calls("authenticate"), 0);
}

#[tokio::test]
async fn unreadable_success_of_raw_call_is_done() {
    let test = ScriptedSession::new().next("raw", &[r#"{"status":"ok","data":7}"#, r#"{"data":7}"#]);
    for effect in [Effect::Done, Effect::Unknown] {
        let reply = test.session.raw(Method::POST, "/new").send().await.unwrap();
        let error = reply.decode::<Vec<String>>().unwrap_err();
        assert_eq!(error.effect(), effect);
        assert_eq!(error.raw_body(), Some(&reply.body()[..]));
        assert!(!format!("{reply:?}").contains("data"));
    }
}

#[tokio::test]
async fn limits_and_settings_of_session_hold() {
    let (session, transport) = answering(Answer::json(r#"{"status":"ok"}"#));
    let hasty = session.with_timeout(Duration::from_secs(1));
    hasty.raw(Method::DELETE, "/new").send().await.unwrap();
    assert_eq!(transport.requests("raw")[0].timeout, Duration::from_secs(1));
}

#[tokio::test]
async fn listener_hears_answers_but_no_login() {
    let (session, _) = answering(Answer::json(r#"{"status":"ok","data":{"id":7}}"#));
    let kept = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let keep = std::sync::Arc::clone(&kept);
    let session = session.with_answers(move |operation, body| {
        keep.lock().unwrap().push((operation, body.to_vec()));
    });
    session.raw(Method::POST, "/vouchers").send().await.unwrap();
    let heard = [("raw", br#"{"status":"ok","data":{"id":7}}"#.to_vec())];
    assert_eq!(*kept.lock().unwrap(), heard);
}
