//! What a person reads when something is wrong. The snapshot is for reading: each must say what to do.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_core::testing::{Answer, TestRuntime};
use cryptopocket_core::{
    Credentials, Effect, Error, Page, Pager, Progress, Sent, Session, TransportErrorKind, Waiter,
};

use crate::api::{SAFE, UNSAFE, scripted, thing};

fn entry(text: &mut String, case: &str, error: &Error) {
    let unknown = if error.effect() == Effect::Unknown {
        ", outcome unknown"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "{case} [{}, sent {}{unknown}]\n  {error}\n  {}\n",
        error.kind(),
        error.sent(),
        error.advice()
    );
}

#[test]
fn wrong_settings() {
    let mut text = String::new();
    let mut case = |name: &str, url: &str, key: &str, secret: &str| {
        let built = Session::builder()
            .base_url(url)
            .credentials(Credentials::new(key, secret))
            .build();
        entry(&mut text, name, &built.expect_err("these settings are wrong"));
    };
    let good = "https://sandbox.cryptopocket.io/api";
    case("no scheme", "sandbox.cryptopocket.io/api", "k", "s");
    case("empty URL", " ", "k", "s");
    case("no URL", "https://", "k", "s");
    case("other scheme", "ftp://sandbox.cryptopocket.io", "k", "s");
    case("plain HTTP", "http://sandbox.cryptopocket.io/api", "k", "s");
    case(
        "user in URL",
        "https://user:pass@sandbox.cryptopocket.io/api",
        "k",
        "s",
    );
    case(
        "query in URL",
        "https://sandbox.cryptopocket.io/api?x=1",
        "k",
        "s",
    );
    case("empty key", good, "", "s");
    case("empty secret", good, "k", "");
    case("line break in secret", good, "k", "s\n");
    entry(
        &mut text,
        "no credentials",
        &Session::builder().build().unwrap_err(),
    );
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn failed_calls() {
    let answers = [
        ("unreachable host", Answer::refused_connection()),
        (
            "certificate",
            Answer::failure(
                Sent::No,
                TransportErrorKind::Certificate,
                "invalid peer certificate: UnknownIssuer",
            ),
        ),
        ("slow connection", Answer::timeout_before_sending()),
        ("slow answer", Answer::timeout_after_sending()),
        ("lost connection", Answer::lost()),
        ("truncated answer", Answer::broken_body()),
        (
            "huge answer",
            Answer::failure(Sent::Yes, TransportErrorKind::TooLarge, "the limit is 10 bytes"),
        ),
        (
            "wrong path",
            Answer::reply(404, "<html><h1>Not found</h1></html>"),
        ),
        (
            "web site instead of API",
            Answer::reply(200, "<!doctype html><html>Welcome</html>"),
        ),
        ("redirect", Answer::reply(301, "")),
        ("empty answer", Answer::reply(200, "")),
        ("half an answer", Answer::reply(200, r#"{"status":"ok","data":{"#)),
        ("no JSON", Answer::reply(200, "OK")),
        ("broken provider", Answer::reply(502, "<html>Bad gateway</html>")),
        (
            "too many calls",
            Answer::reply(429, "{}").header("retry-after", "600"),
        ),
        ("refused token", Answer::refused_token()),
        ("forbidden", Answer::reply(403, "<html>blocked</html>")),
        ("unknown id", Answer::reply(404, r#"{"message":"Not found"}"#)),
        ("customer not verified", Answer::error_code("require_kyc")),
        ("limit used up", Answer::error_code("limit_exceded")),
        ("new code", Answer::error_code("wallet_frozen")),
        ("a name as code", Answer::error_code("Garcia")),
        (
            "exception text",
            Answer::json(r#"{"status":"error","message":"Undefined index: foo"}"#),
        ),
        (
            "validation",
            Answer::reply(
                422,
                r#"{"message":"x","errors":{"email":["a"],"company_name":["b"]}}"#,
            ),
        ),
        (
            "missing field",
            Answer::json(r#"{"status":"ok","data":{"no":1}}"#),
        ),
        ("other type", Answer::json(r#"{"status":"ok","data":{"id":[1]}}"#)),
    ];
    let mut text = String::new();
    for (case, answer) in answers {
        for operation in [&SAFE, &UNSAFE] {
            let (session, transport) = scripted();
            transport.always(operation.id, answer.clone());
            let error = thing(&session, operation).await.unwrap_err();
            entry(&mut text, case, &error);
        }
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn failed_logins() {
    let answers = [
        ("wrong credentials", Answer::refused_token()),
        ("wrong credentials, by status", Answer::reply(401, "")),
        ("wrong path", Answer::reply(404, "<html>")),
        (
            "wrong path, JSON",
            Answer::reply(404, r#"{"message":"The route could not be found."}"#),
        ),
        ("unreachable host", Answer::refused_connection()),
        ("no token", Answer::json(r#"{"status":"ok","data":{}}"#)),
    ];
    let mut text = String::new();
    for (case, answer) in answers {
        let (session, transport) = scripted();
        transport.always("authenticate", answer);
        entry(&mut text, case, &session.login().await.unwrap_err());
        entry(&mut text, case, &thing(&session, &UNSAFE).await.unwrap_err());
    }
    insta::assert_snapshot!(text);
}

#[derive(Debug)]
struct Unfinished(&'static str);

impl Progress for Unfinished {
    type State = &'static str;

    fn state(&self) -> &&'static str {
        &self.0
    }

    fn is_final(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn failed_waits_and_lists() {
    let mut text = String::new();
    let waiter = || {
        Waiter::new(Arc::new(TestRuntime::new(1)), || {
            std::future::ready(Ok(Unfinished("pending_bank")))
        })
    };
    let error = waiter().max_wait(Duration::from_secs(60)).await.unwrap_err();
    entry(&mut text, "the limit passed", &error);
    let mut wait = waiter().until("pending_bank").max_wait(Duration::from_secs(1));
    while wait.next().await.is_some() {}
    entry(&mut text, "awaited after its end", &wait.await.unwrap_err());
    let pager = Pager::new(|_| Box::pin(async { Ok(Page::new(vec![1, 2]).current(1).last(9)) }));
    entry(
        &mut text,
        "page number ignored",
        &pager.collect_all(100).await.unwrap_err(),
    );
    insta::assert_snapshot!(text);
}
