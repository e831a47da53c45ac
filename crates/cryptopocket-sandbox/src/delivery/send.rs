//! One attempt: a POST over plain HTTP.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::clock::bounded;
use cryptopocket_emulator::Answer;

const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST_ANSWER: usize = 64 << 10;
/// Characters of an answer that are kept.
const KEPT: usize = 500;

/// Posts `body` to `url`.
pub(crate) async fn post(url: &str, headers: &[(&'static str, String)], body: Bytes) -> Answer {
    bounded(PATIENCE, attempt(url, headers, body))
        .await
        .unwrap_or_else(|| Err("no answer within 10 s".to_owned()))
}

async fn attempt(url: &str, headers: &[(&'static str, String)], body: Bytes) -> Answer {
    let uri: Uri = url.parse().map_err(|_| "the URL cannot be read".to_owned())?;
    if uri.scheme_str() != Some("http") {
        return Err("the emulator delivers over plain http only".to_owned());
    }
    let authority = uri.authority().ok_or("the URL has no host")?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80)))
        .await
        .map_err(text)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(text)?;
    // Ends by itself when the sender is dropped below.
    let connection = tokio::spawn(connection);
    let mut request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header("host", authority.as_str())
        .header("content-type", "application/json")
        .header(
            "user-agent",
            concat!("cryptopocket-sandbox/", env!("CARGO_PKG_VERSION")),
        );
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(body)).map_err(text)?;
    let response = sender.send_request(request).await.map_err(text)?;
    let status = response.status().as_u16();
    // Read in any case, so that the receiver does not see its answer refused.
    let said = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
    let said = said.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).chars().take(KEPT).collect();
    drop(sender);
    connection.abort();
    Ok((status, said))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
