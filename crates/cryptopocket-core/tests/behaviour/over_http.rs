//! The same rules as in the matrix, over real HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cryptopocket_core::{Error, ErrorKind, HttpTransport, Method, Sent, Session};

use crate::api::{CLASSES, GOOD, SAFE, UNSAFE, builder, thing};
use crate::server::{Act, Request, Server};

pub(crate) const TOKEN: &str = r#"{"status":"ok","data":{"token":"T","expires_in":3600}}"#;

/// A server whose login works.
async fn server(react: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Server {
    Server::start(move |request| {
        if request.line.contains("/authenticate") {
            Act::json(TOKEN)
        } else {
            react(request)
        }
    })
    .await
}

fn session(server: &Server) -> Session {
    builder()
        .base_url(&server.base_url)
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap()
}

struct Row {
    name: &'static str,
    act: Act,
    kind: ErrorKind,
    sent: Sent,
    attempts: (usize, usize),
}

#[tokio::test]
async fn every_failure_over_http_is_repeated_as_its_class_allows() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"status\":".to_vec();
    let row = |name, act, kind, sent, attempts| Row {
        name,
        act,
        kind,
        sent,
        attempts,
    };
    let rows = [
        row("no answer", Act::Hang, ErrorKind::Timeout, Sent::Maybe, (3, 1)),
        row("closed", Act::Close, ErrorKind::Interrupted, Sent::Maybe, (3, 1)),
        row(
            "500",
            Act::Answer(500, String::new()),
            ErrorKind::ServerError,
            Sent::Yes,
            (3, 1),
        ),
        row(
            "cut short",
            Act::Raw(cut),
            ErrorKind::Interrupted,
            Sent::Yes,
            (3, 1),
        ),
        row(
            "stalled in the body",
            Act::Stall("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"status\":"),
            ErrorKind::Timeout,
            Sent::Yes,
            (3, 1),
        ),
        row(
            "stalled in the head",
            Act::Stall("HTTP/1.1 200 OK\r\ncontent-"),
            ErrorKind::Timeout,
            Sent::Maybe,
            (3, 1),
        ),
        row(
            "HTML",
            Act::Answer(404, "<html>".into()),
            ErrorKind::UnexpectedReply,
            Sent::Yes,
            (1, 1),
        ),
        row(
            "not HTTP",
            Act::Raw(b"SSH-2.0-x\r\n".to_vec()),
            ErrorKind::Interrupted,
            Sent::Maybe,
            (3, 1),
        ),
    ];
    for row in rows {
        let act = row.act.clone();
        let server = server(move |_| act.clone()).await;
        for operation in CLASSES {
            let before = server.requests("/thing").len();
            let error = thing(&session(&server), operation).await.unwrap_err();
            let name = format!("{} of {}", row.name, operation.id);
            let requests = server.requests("/thing").len() - before;
            let expected = if operation.id == "unsafe" {
                row.attempts.1
            } else {
                row.attempts.0
            };
            assert_eq!(
                (error.kind(), error.sent()),
                (row.kind, row.sent),
                "{name}: {error:?}"
            );
            assert_eq!(requests, expected, "{name}");
            assert_eq!(error.status().is_some(), row.sent == Sent::Yes, "{name}: {error}");
        }
    }
}

/// Logs in against a good server, then meets `base_url` in its place.
pub(crate) async fn after_login(base_url: String, transport: HttpTransport) -> Vec<Error> {
    let mut errors = Vec::new();
    for operation in CLASSES {
        let session = builder()
            .base_url(&base_url)
            .transport(Arc::new(LoginElsewhere(transport.clone())))
            .timeout(Duration::from_millis(300))
            .build()
            .unwrap();
        errors.push(thing(&session, operation).await.unwrap_err());
    }
    errors
}

/// Answers the login itself, so that the failure hits the call.
#[derive(Debug)]
struct LoginElsewhere(HttpTransport);

impl cryptopocket_core::Transport for LoginElsewhere {
    fn send(
        &self,
        request: cryptopocket_core::WireRequest,
    ) -> cryptopocket_core::BoxFuture<
        '_,
        Result<cryptopocket_core::WireResponse, cryptopocket_core::TransportError>,
    > {
        if request.operation == "authenticate" {
            let headers = http::HeaderMap::new();
            let reply = cryptopocket_core::WireResponse {
                status: 200,
                headers,
                body: TOKEN.into(),
            };
            return Box::pin(std::future::ready(Ok(reply)));
        }
        self.0.send(request)
    }
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let base_url = format!("http://{}/api", listener.local_addr().unwrap());
    drop(listener);
    for error in after_login(base_url, HttpTransport::builder().build().unwrap()).await {
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::NotSent, Sent::No),
            "{error:?}"
        );
        assert_eq!(error.attempts(), 3);
    }
}

/// A listener that accepts connections and never speaks TLS on them.
#[cfg(any(feature = "ring", feature = "aws-lc", feature = "native-tls"))]
fn mute() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let base_url = format!("https://{}/api", listener.local_addr().unwrap());
    (listener, base_url)
}

#[cfg(any(feature = "ring", feature = "aws-lc", feature = "native-tls"))]
#[tokio::test]
async fn a_connection_that_takes_too_long_sent_nothing() {
    let (_listener, base_url) = mute();
    let transport = HttpTransport::builder()
        .connect_timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    for error in after_login(base_url, transport).await {
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Timeout, Sent::No),
            "{error:?}"
        );
        assert_eq!(error.attempts(), 3);
    }
}

#[cfg(any(feature = "ring", feature = "aws-lc", feature = "native-tls"))]
#[tokio::test]
async fn running_out_of_time_while_connecting_sent_nothing_either() {
    let (_listener, base_url) = mute();
    for error in after_login(base_url, HttpTransport::builder().build().unwrap()).await {
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Timeout, Sent::No),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_whatever_it_says_about_its_length() {
    let heads = [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        "HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n",
    ];
    for head in heads {
        let server = server(move |_| Act::Endless(head)).await;
        let transport = HttpTransport::builder().max_body(64 * 1024).build().unwrap();
        let session = builder()
            .base_url(&server.base_url)
            .transport(Arc::new(transport))
            .build()
            .unwrap();
        let error = thing(&session, &SAFE).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::BodyTooLarge, Sent::Yes),
            "{error:?}"
        );
        assert_eq!(server.requests("/thing").len(), 1, "asking again would not help");
    }
}

#[tokio::test]
async fn a_request_arrives_whole_and_the_connection_is_used_again() {
    let server = server(|_| Act::json(GOOD)).await;
    let session = session(&server);
    for _ in 0..2 {
        thing(&session, &UNSAFE).await.unwrap();
    }
    let request = &server.requests("/thing")[0];
    assert_eq!(request.header("auth"), Some("T"));
    assert_eq!(request.header("api-version"), None);
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(server.connections(), 1);
    assert!(
        request
            .header("user-agent")
            .unwrap()
            .starts_with("cryptopocket-rust/")
    );
    assert_eq!(request.body, format!(r#"{{"iban":"{}"}}"#, crate::api::CANARY));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let moved = b"HTTP/1.1 302 Found\r\nlocation: /api/elsewhere\r\ncontent-length: 0\r\n\r\n".to_vec();
    let server = server(move |_| Act::Raw(moved.clone())).await;
    let error = thing(&session(&server), &UNSAFE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::UnexpectedReply, Some(302))
    );
    assert!(server.requests("/elsewhere").is_empty());
}

#[tokio::test]
async fn ten_tasks_meeting_an_expired_token_over_http_log_in_once() {
    let logins = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&logins);
    let server = Server::start(move |request| {
        if request.line.contains("/authenticate") {
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            return Act::json(&format!(r#"{{"token":"T{number}"}}"#));
        }
        match request.header("auth") {
            Some("T2") => Act::json(GOOD),
            _ => Act::json(r#"{"status":"error","error":"authorization_incorrect"}"#),
        }
    })
    .await;
    let session = builder().base_url(&server.base_url).build().unwrap();
    session.login().await.unwrap();
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { thing(&session, &UNSAFE).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(logins.load(Ordering::SeqCst), 2);
}

/// A session over a client of the user's own, with settings that the SDK must not keep.
#[cfg(feature = "custom-reqwest")]
fn over_reqwest(server: &Server) -> Session {
    let settings = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::limited(3));
    builder()
        .base_url(&server.base_url)
        .transport(Arc::new(
            cryptopocket_core::ReqwestTransport::new(settings).unwrap(),
        ))
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap()
}

#[cfg(feature = "custom-reqwest")]
#[tokio::test]
async fn client_of_the_user_follows_no_redirect() {
    let moved = b"HTTP/1.1 302 Found\r\nlocation: /api/elsewhere\r\ncontent-length: 0\r\n\r\n".to_vec();
    let server = server(move |_| Act::Raw(moved.clone())).await;
    let error = thing(&over_reqwest(&server), &UNSAFE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::UnexpectedReply, Some(302))
    );
    assert!(server.requests("/elsewhere").is_empty());
}

#[cfg(feature = "custom-reqwest")]
#[tokio::test]
#[allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the type of the method is private"
)]
async fn client_of_the_user_sends_nothing_again() {
    let server = server(|_| Act::Answer(503, String::new())).await;
    let every_failure = reqwest::retry::for_host("127.0.0.1")
        .no_budget()
        .max_retries_per_request(4)
        .classify_fn(|exchange| exchange.retryable());
    let settings = reqwest::Client::builder().no_proxy().retry(every_failure);
    let session = builder()
        .base_url(&server.base_url)
        .transport(Arc::new(
            cryptopocket_core::ReqwestTransport::new(settings).unwrap(),
        ))
        .build()
        .unwrap();
    // Without a body: only such a request could be sent again by the client itself.
    let error = session.raw(Method::POST, "/thing").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServerError);
    assert_eq!(server.requests("/thing").len(), 1);
}

#[cfg(feature = "custom-reqwest")]
#[tokio::test]
async fn client_of_the_user_sends_and_fails_alike() {
    let good = server(|_| Act::json(GOOD)).await;
    let session = over_reqwest(&good);
    for _ in 0..2 {
        thing(&session, &UNSAFE).await.unwrap();
    }
    let request = &good.requests("/thing")[0];
    assert_eq!(request.body, format!(r#"{{"iban":"{}"}}"#, crate::api::CANARY));
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(good.connections(), 1);

    let mute = server(|_| Act::Hang).await;
    let error = thing(&over_reqwest(&mute), &UNSAFE).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Timeout, Sent::Maybe));

    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let base_url = format!("http://{}/api", closed.local_addr().unwrap());
    drop(closed);
    let transport = cryptopocket_core::ReqwestTransport::new(reqwest::Client::builder().no_proxy());
    let session = builder()
        .base_url(base_url)
        .transport(Arc::new(transport.unwrap()))
        .build()
        .unwrap();
    let error = thing(&session, &UNSAFE).await.unwrap_err();
    assert_eq!(error.sent(), Sent::No);
}
