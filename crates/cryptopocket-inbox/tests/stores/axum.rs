//! The endpoint for axum, over real sockets.

use axum::Router;
use axum::extract::FromRef;
use axum::routing::post;
use cryptopocket_inbox::axum::{Endpoint, Stored, router};
use cryptopocket_inbox::testing::MemoryStore;
use cryptopocket_inbox::{Filter, Inbox, Intake};
use cryptopocket_webhooks::{Signer, Verifier};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::stage::body;

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// The status and the body of the answer.
async fn post_signed(address: &str, path: &str, secret: &str, body: &[u8]) -> (u16, String) {
    let headers = Signer::new(secret).unwrap().sign(body);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\nX-Timestamp: {}\r\nX-Signature: {}\r\n\r\n",
        body.len(),
        headers.timestamp(),
        headers.signature(),
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses a large body may close before it has read it all.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split("\r\n\r\n").nth(1).unwrap().to_owned())
}

fn intake() -> Intake<MemoryStore> {
    let inbox = Inbox::new(MemoryStore::new());
    Intake::new(inbox, Verifier::new("secret").unwrap()).body_limit(1000)
}

#[tokio::test]
async fn router_answers_each_delivery() {
    let intake = intake();
    let app = Router::new().nest("/webhooks", router(intake.clone()));
    let address = serve(app).await;
    let post = |secret, body: String| {
        let address = &address;
        async move { post_signed(address, "/webhooks", secret, body.as_bytes()).await }
    };
    assert_eq!(post("secret", body("p1", "")).await, (200, "stored".into()));
    assert_eq!(post("secret", body("p1", "")).await, (200, "stored".into()));
    assert_eq!(
        post("secret", body("p1", r#","x":1"#)).await,
        (200, "stored".into())
    );
    assert_eq!(
        post("wrong", body("p2", "")).await,
        (401, "signature_mismatch".into())
    );
    assert_eq!(post("secret", "{".into()).await, (400, "malformed_body".into()));
    let long = format!("{{\"x\":\"{}\"}}", "y".repeat(1000));
    assert_eq!(post("secret", long).await, (413, "too_large".into()));
    assert_eq!(intake.inbox().list(Filter::all(), 10).await.unwrap().len(), 1);
    intake.inbox().close().await;
    assert_eq!(post("secret", body("p3", "")).await, (503, "unavailable".into()));
}

#[derive(Clone)]
struct AppState {
    endpoint: Endpoint,
    greeting: &'static str,
}

impl FromRef<AppState> for Endpoint {
    fn from_ref(state: &AppState) -> Self {
        state.endpoint.clone()
    }
}

#[tokio::test]
async fn extractor_keeps_the_raw_bytes() {
    async fn hook(axum::extract::State(state): axum::extract::State<AppState>, stored: Stored) -> String {
        format!("{} {}", state.greeting, stored.body.len())
    }
    let state = AppState {
        endpoint: Endpoint::new(intake()),
        greeting: "bytes:",
    };
    let app = Router::new().route("/hook", post(hook)).with_state(state);
    let address = serve(app).await;
    let spaced = format!("  {}\n", body("p1", ""));
    let answer = post_signed(&address, "/hook", "secret", spaced.as_bytes()).await;
    assert_eq!(answer, (200, format!("bytes: {}", spaced.len())));
    assert_eq!(post_signed(&address, "/hook", "wrong", b"{}").await.0, 401);
}
