use std::sync::Arc;
use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
use cryptopocket_core::{
    BoxFuture, ErrorKind, RetryPolicy, Sent, Session, Transport, TransportError, TransportErrorKind, Waiter,
    WireRequest, WireResponse,
};

use crate::api::{GOOD, SAFE, UNSAFE, builder, scripted, thing, timed};

/// Lets other tasks run while a request is under way, as a network would.
#[derive(Debug)]
struct Slow(Arc<ScriptedTransport>);

impl Transport for Slow {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            self.0.send(request).await
        })
    }
}

fn slow() -> (Session, Arc<ScriptedTransport>) {
    let script = Arc::new(ScriptedTransport::new());
    let session = builder()
        .transport(Arc::new(Slow(script.clone())))
        .build()
        .unwrap();
    (session, script)
}

/// Accepts only this token.
fn only(token: &'static str) -> Answer {
    Answer::with(move |request| {
        let good = request.headers.get("auth").is_some_and(|value| value == token);
        let body = if good {
            GOOD
        } else {
            r#"{"status":"error","error":"authorization_incorrect"}"#
        };
        Ok(WireResponse {
            status: 200,
            headers: http::HeaderMap::new(),
            body: body.into(),
        })
    })
}

async fn ten(session: &Session) -> Vec<Result<(), ErrorKind>> {
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { thing(&session, &UNSAFE).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap().map(drop).map_err(|error| error.kind()));
    }
    outcomes
}

#[tokio::test]
async fn ten_tasks_without_a_token_log_in_once() {
    let (session, script) = slow();
    script.always("unsafe", only("token-1"));
    assert_eq!(ten(&session).await, [Ok(()); 10]);
    assert_eq!((script.calls("authenticate"), script.calls("unsafe")), (1, 10));
}

#[tokio::test]
async fn ten_tasks_meeting_an_expired_token_log_in_once() {
    let (session, script) = slow();
    session.login().await.unwrap();
    script.always("unsafe", only("token-2"));
    assert_eq!(ten(&session).await, [Ok(()); 10]);
    assert_eq!((script.calls("authenticate"), script.calls("unsafe")), (2, 20));
}

#[tokio::test]
async fn ten_tasks_share_one_refused_login() {
    let (session, script) = slow();
    script.always("authenticate", Answer::refused_token());
    assert_eq!(ten(&session).await, [Err(ErrorKind::Authorization); 10]);
    assert_eq!((script.calls("authenticate"), script.calls("unsafe")), (1, 0));
}

#[tokio::test]
async fn after_a_failed_login_the_next_call_tries_again() {
    let (session, script) = scripted();
    script.next("authenticate", Answer::refused_token());
    script.always("safe", Answer::json(GOOD));
    assert!(thing(&session, &SAFE).await.is_err());
    assert!(thing(&session, &SAFE).await.is_ok());
}

#[tokio::test]
async fn a_caller_that_is_cancelled_in_its_login_harms_nobody() {
    let (session, script) = slow();
    script.always("unsafe", only("token-1"));
    let first = tokio::spawn({
        let session = session.clone();
        async move { thing(&session, &UNSAFE).await }
    });
    let others = tokio::spawn({
        let session = session.clone();
        async move { ten(&session).await }
    });
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(others.await.unwrap(), [Ok(()); 10]);
    assert_eq!(
        script.calls("authenticate"),
        1,
        "the cancelled login never reached the script"
    );
}

#[tokio::test]
async fn the_token_goes_bare_into_the_header_auth_and_not_into_the_login() {
    let (session, script) = scripted();
    script.always("safe", Answer::json(GOOD));
    thing(&session, &SAFE).await.unwrap();
    let sent = &script.requests("safe")[0];
    assert_eq!(sent.headers.get("auth").unwrap(), "token-1");
    assert!(!sent.headers.contains_key("api-version"));
    let login = &script.requests("authenticate")[0];
    assert_eq!(login.url, "https://sandbox.cryptopocket.io/api/authenticate");
    assert_eq!(
        login.body,
        r#"{"api_key":"canary-key","api_secret":"canary-secret"}"#
    );
    assert!(!login.headers.contains_key("auth"));
}

fn with_time() -> (Session, Arc<ScriptedTransport>, TestRuntime) {
    let (session, script, time) = timed();
    script.always("safe", Answer::json(GOOD));
    (session, script, time)
}

#[tokio::test]
async fn a_token_is_renewed_before_it_runs_out() {
    let (session, script, time) = with_time();
    thing(&session, &SAFE).await.unwrap();
    time.advance(Duration::from_secs(3500));
    thing(&session, &SAFE).await.unwrap();
    assert_eq!(script.calls("authenticate"), 1);
    time.advance(Duration::from_secs(50));
    thing(&session, &SAFE).await.unwrap();
    assert_eq!(script.calls("authenticate"), 2);
}

#[tokio::test]
async fn an_early_renewal_that_fails_leaves_the_old_token_in_use() {
    let (session, script, time) = with_time();
    thing(&session, &SAFE).await.unwrap();
    script.always("authenticate", Answer::reply(503, ""));
    time.advance(Duration::from_secs(3545));
    thing(&session, &SAFE).await.unwrap();
    let tried = script.calls("authenticate");
    thing(&session, &SAFE).await.unwrap();
    assert_eq!(
        script.calls("authenticate"),
        tried,
        "the next call does not try again at once"
    );
    time.advance(Duration::from_secs(100));
    let error = thing(&session, &SAFE).await.unwrap_err();
    assert!(error.is_during_login());
    assert_eq!((error.kind(), error.sent()), (ErrorKind::ServerError, Sent::No));
}

#[tokio::test]
async fn a_login_whose_outcome_was_lost_is_repeated() {
    let (session, script) = scripted();
    script.next("authenticate", Answer::timeout_after_sending());
    script.next("authenticate", Answer::reply(500, ""));
    session.login().await.unwrap();
    assert_eq!(script.calls("authenticate"), 3);
}

#[tokio::test]
async fn clones_with_other_settings_share_the_token() {
    let (session, script) = scripted();
    script.always("safe", Answer::json(GOOD));
    thing(&session, &SAFE).await.unwrap();
    let hasty = session.with_timeout(Duration::from_secs(1));
    thing(&hasty, &SAFE).await.unwrap();
    assert_eq!(script.calls("authenticate"), 1);
    assert_eq!(script.requests("safe")[1].timeout, Duration::from_secs(1));
}

#[tokio::test]
async fn a_refusal_that_is_no_proof_renews_the_token_for_the_next_call_and_repeats_nothing_unsafe() {
    let (session, script) = scripted();
    script.next("unsafe", Answer::reply(401, r#"{"message":"Unauthenticated."}"#));
    script.always("unsafe", only("token-2"));
    let error = thing(&session, &UNSAFE).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authorization, 1));
    thing(&session, &UNSAFE).await.unwrap();
    assert_eq!((script.calls("authenticate"), script.calls("unsafe")), (2, 2));
}

#[tokio::test]
async fn the_failure_of_one_who_hardly_tries_is_not_that_of_others() {
    let (session, script) = slow();
    script.always("unsafe", only("token-1"));
    script.next("authenticate", Answer::reply(503, ""));
    let hasty = tokio::spawn({
        let session = session.with_retry(RetryPolicy::none());
        async move { thing(&session, &UNSAFE).await }
    });
    let others = tokio::spawn(async move { ten(&session).await });
    assert_eq!(others.await.unwrap(), [Ok(()); 10]);
    assert_eq!(hasty.await.unwrap().unwrap_err().kind(), ErrorKind::ServerError);
    assert_eq!(script.calls("authenticate"), 2);
}

/// Takes all the time that it is given.
fn slow_failure(time: &TestRuntime) -> Answer {
    let time = time.clone();
    Answer::with(move |request| {
        time.advance(request.timeout);
        let kind = TransportErrorKind::Timeout;
        Err(TransportError::new(Sent::Maybe, kind, "no answer"))
    })
}

#[tokio::test]
async fn the_total_limit_of_a_call_includes_its_login() {
    let (session, script, time) = with_time();
    let policy = RetryPolicy::default()
        .attempts(10)
        .total_limit(Duration::from_secs(40));
    let session = session.with_retry(policy);
    session.login().await.unwrap();
    script.next("safe", {
        let time = time.clone();
        Answer::with(move |_| {
            time.advance(Duration::from_secs(29));
            Ok(WireResponse {
                status: 200,
                headers: http::HeaderMap::new(),
                body: r#"{"status":"error","error":"authorization_incorrect"}"#.into(),
            })
        })
    });
    script.always("authenticate", slow_failure(&time));
    let error = thing(&session, &SAFE).await.unwrap_err();
    assert!(error.is_during_login());
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Timeout, Sent::No));
    assert_eq!(
        script.requests("authenticate")[1].timeout,
        Duration::from_secs(11)
    );
    assert_eq!(script.calls("authenticate"), 2);
}

/// Never answers a login.
#[derive(Debug)]
struct Mute;

impl Transport for Mute {
    fn send(&self, _: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(std::future::pending())
    }
}

/// Answers no login but the first.
#[derive(Debug)]
struct OneLogin(Arc<ScriptedTransport>);

impl Transport for OneLogin {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        if request.operation == "authenticate" && self.0.calls("authenticate") > 0 {
            return Box::pin(std::future::pending());
        }
        self.0.send(request)
    }
}

#[tokio::test]
async fn early_renewal_that_hangs_keeps_no_call_from_its_token() {
    let (script, time) = (Arc::new(ScriptedTransport::new()), TestRuntime::new(1));
    let session = builder()
        .transport(Arc::new(OneLogin(script.clone())))
        .runtime(Arc::new(time.clone()))
        .build()
        .unwrap();
    script.always("unsafe", only("token-1"));
    session.login().await.unwrap();
    // The token is to be renewed, and good for another 50 seconds.
    time.advance(Duration::from_secs(3550));
    let call = tokio::spawn({
        let session = session.clone();
        async move { thing(&session, &UNSAFE).await }
    });
    for _ in 0..10 {
        tokio::task::yield_now().await;
        time.advance(Duration::from_secs(1));
    }
    assert!(call.is_finished(), "it still waits for the renewal");
    call.await.unwrap().unwrap();
    // Once the token is over, there is nothing but to wait.
    time.advance(Duration::from_secs(60));
    let late = tokio::spawn(async move { thing(&session, &UNSAFE).await });
    for _ in 0..20 {
        tokio::task::yield_now().await;
        time.advance(Duration::from_secs(1));
    }
    assert!(!late.is_finished());
    for _ in 0..20 {
        tokio::task::yield_now().await;
        time.advance(Duration::from_secs(30));
    }
    let error = late.await.unwrap().unwrap_err();
    assert_eq!((error.sent(), error.is_during_login()), (Sent::No, true));
}

#[tokio::test]
async fn chosen_names_hold_for_the_login_too() {
    let choices = r#"{"version":1,"operations":{"authenticate":{
        "path":"/login","request":{"api_key":"key","api_secret":"hash"}}}}"#;
    let script = Arc::new(ScriptedTransport::new());
    let session = builder()
        .transport(script.clone())
        .choices(cryptopocket_core::Choices::parse(choices).unwrap())
        .build()
        .unwrap();
    session.login().await.unwrap();
    assert!(script.urls("authenticate")[0].ends_with("/api/login"));
    assert_eq!(
        script.bodies("authenticate"),
        [r#"{"key":"canary-key","hash":"canary-secret"}"#]
    );
}

#[tokio::test]
async fn nobody_waits_at_the_door_beyond_the_total_limit() {
    let time = TestRuntime::new(1);
    let session = builder()
        .transport(Arc::new(Mute))
        .runtime(Arc::new(time.clone()))
        .build()
        .unwrap();
    let first = tokio::spawn({
        let session = session.clone();
        async move { session.login().await }
    });
    let policy = RetryPolicy::default().total_limit(Duration::from_secs(5));
    let second = tokio::spawn({
        let session = session.with_retry(policy);
        async move { thing(&session, &UNSAFE).await }
    });
    for _ in 0..5 {
        tokio::task::yield_now().await;
    }
    time.advance(Duration::from_secs(5));
    let error = second.await.unwrap().unwrap_err();
    assert!(error.is_during_login());
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Timeout, Sent::No));
    assert!(!first.is_finished());
}

#[tokio::test]
async fn a_login_that_was_answered_with_nothing_does_not_end_a_wait() {
    let (session, script) = scripted();
    for _ in 0..3 {
        script.next("authenticate", Answer::reply(200, ""));
    }
    script.always("safe", Answer::json(GOOD));
    let error = thing(&session, &SAFE).await.unwrap_err();
    assert!(error.is_transient() && error.is_during_login(), "{error:?}");
    for _ in 0..3 {
        script.next("authenticate", Answer::reply(200, ""));
    }
    let runtime = Arc::clone(session.runtime());
    let waiter = Waiter::new(runtime, move || {
        let session = session.clone();
        async move { thing(&session, &SAFE).await }
    });
    waiter.max_wait(Duration::from_secs(60)).await.unwrap();
}

#[tokio::test]
#[allow(
    clippy::disallowed_methods,
    reason = "virtual time stands still while a call is stuck"
)]
async fn unpolled_wait_holds_no_login_up() {
    let (session, script) = slow();
    script.always("safe", Answer::json(GOOD));
    script.always("unsafe", only("token-1"));
    let poll = {
        let session = session.clone();
        move || {
            let session = session.clone();
            async move { thing(&session, &SAFE).await }
        }
    };
    let mut wait = Waiter::new(Arc::clone(session.runtime()), poll).max_wait(Duration::from_secs(60));
    // The wait begins the login, as the branch of a `select!` that is polled first does, and then is polled no more.
    tokio::select! {
        biased;
        _ = wait.next() => panic!("the login takes its time"),
        () = tokio::task::yield_now() => {}
    }
    // Real time: virtual time would pass at once for a call that nobody moves on.
    let other = tokio::time::timeout(Duration::from_secs(5), thing(&session, &UNSAFE));
    assert!(other.await.expect("the other call moves the login on").is_ok());
    assert_eq!(script.calls("authenticate"), 1);
    assert!(wait.next().await.unwrap().is_ok());
    assert_eq!(script.calls("authenticate"), 1, "one login serves both");
}

#[tokio::test]
async fn login_is_cancelled_with_its_last_waiter() {
    let (session, script) = slow();
    script.always("safe", Answer::json(GOOD));
    for _ in 0..3 {
        tokio::select! {
            biased;
            _ = thing(&session, &SAFE) => panic!("the login takes its time"),
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(script.calls("authenticate"), 0);
    thing(&session, &SAFE).await.unwrap();
    assert_eq!(script.calls("authenticate"), 1);
}
