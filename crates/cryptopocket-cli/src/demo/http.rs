//! Plain HTTP on this machine, one request a connection: what a browser, and whoever forges a webhook, would send.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::failure::{Failure, Result};

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

pub(super) async fn get(url: &str) -> Result<Answer> {
    send(Method::GET, url, &[], Vec::new()).await
}

pub(super) async fn post(url: &str, headers: &[(String, Vec<u8>)], body: Vec<u8>) -> Result<Answer> {
    send(Method::POST, url, headers, body).await
}

pub(super) async fn post_form(url: &str, fields: &[(String, String)]) -> Result<Answer> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let kind = (
        CONTENT_TYPE.to_string(),
        b"application/x-www-form-urlencoded".to_vec(),
    );
    post(url, &[kind], body.into_bytes()).await
}

async fn send(method: Method, url: &str, headers: &[(String, Vec<u8>)], body: Vec<u8>) -> Result<Answer> {
    let uri: Uri = url
        .parse()
        .map_err(|_| broken("a link of the emulator is no URL"))?;
    let authority = uri
        .authority()
        .ok_or_else(|| broken("a link of the emulator has no host"))?
        .clone();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, authority.as_str());
    for (name, value) in headers {
        request = request.header(name, value.as_slice());
    }
    let request = request
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| broken(&error.to_string()))?;

    let stream = TcpStream::connect(authority.as_str())
        .await
        .map_err(|error| broken(&error.to_string()))?;
    let (mut sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error.to_string()))?;
    tokio::spawn(connection);
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| broken(&error.to_string()))?;
    let status = answer.status().as_u16();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(|error| broken(&error.to_string()))?;
    Ok(Answer {
        status,
        text: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
    })
}

fn broken(detail: &str) -> Failure {
    Failure::check(
        "demo",
        format!("a page of the sandbox cannot be reached: {detail}"),
        "Run the demo again.",
    )
}
