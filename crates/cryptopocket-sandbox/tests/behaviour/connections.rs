//! Connections from clients that are slow.

use std::time::Duration;

use cryptopocket_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends `bytes` to an emulator with a short timeout and reads until the emulator closes the connection.
async fn sent_then_silent(bytes: &[u8]) -> String {
    let sandbox = Sandbox::builder()
        .header_timeout(Duration::from_millis(50))
        .start()
        .await
        .unwrap();
    let address = sandbox.base_url().replace("http://", "").replace("/api", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn half_a_request_head_is_cut_off() {
    assert_eq!(
        sent_then_silent(b"GET /api/quote HTTP/1.1\r\nhost: x\r\n").await,
        ""
    );
}

#[tokio::test]
async fn idle_connection_is_closed_after_its_answer() {
    let answer = sent_then_silent(b"GET /docs/openapi.yaml HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
