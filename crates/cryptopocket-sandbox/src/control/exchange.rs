//! One call over plain HTTP to another emulator's control plane.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::clock::bounded;

const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_ANSWER: usize = 64 << 20;

/// Sends `body` to `url` and gives back the status and the answer, or why there is none.
pub(super) async fn exchange(url: &str, method: Method, body: Bytes) -> Result<(u16, Bytes), String> {
    bounded(PATIENCE, attempt(url, method, body))
        .await
        .unwrap_or_else(|| Err("no answer within 30 s".to_owned()))
}

async fn attempt(url: &str, method: Method, body: Bytes) -> Result<(u16, Bytes), String> {
    let uri: Uri = url.parse().map_err(text)?;
    let authority = uri.authority().ok_or("the URL has no host")?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let port = authority.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await.map_err(text)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(text)?;
    let connection = tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header("host", authority.as_str())
        .header("content-type", "application/json")
        .body(Full::new(body))
        .map_err(text)?;
    let response = sender.send_request(request).await.map_err(text)?;
    let status = response.status().as_u16();
    let answer = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
    connection.abort();
    Ok((status, answer.map_err(text)?.to_bytes()))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
