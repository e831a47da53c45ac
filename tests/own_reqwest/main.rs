//! The `reqwest` of a program that uses the SDK stays as the program configured it.
//!
//! This crate depends on `reqwest` without TLS. Cargo unifies features, so a TLS feature turned on by the SDK would
//! show here: `Client::new()` would panic without a crypto provider, or `https` would be spoken.

use std::error::Error;

use cryptopocket::{Credentials, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const TOKEN: &str = r#"{"status":"ok","data":{"token":"T","expires_in":3600}}"#;

/// Answers every request with a token. Returns the address.
async fn server() -> std::net::SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{TOKEN}",
                    TOKEN.len()
                );
                let mut request = [0; 4096];
                while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn own_client_and_session_both_call() {
    let address = server().await;
    let own = reqwest::Client::new();
    let answer = own.get(format!("http://{address}/")).send().await.unwrap();
    assert_eq!(answer.status(), 200);

    let session = Session::builder()
        .credentials(Credentials::new("key", "secret"))
        .base_url(format!("http://{address}/api"))
        .build()
        .unwrap();
    session.login().await.unwrap();
}

#[tokio::test]
async fn own_client_has_no_tls() {
    let error = reqwest::get("https://127.0.0.1:1/").await.unwrap_err();
    let cause = error.source().and_then(Error::source).map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("invalid URL, scheme is not http"));
}
