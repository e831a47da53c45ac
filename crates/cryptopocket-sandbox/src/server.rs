//! The HTTP server: connections, bodies with a limit, and replies that a fault delays, cuts short or withholds.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_emulator::{Reply, Request};
use http::Response;
use http::header::CONTENT_LENGTH;
use http_body_util::channel::Channel;
use http_body_util::{BodyExt as _, Either, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::clock;
use crate::front;
use crate::shared::Shared;

/// Large, because uploaded documents are base64 inside JSON.
const MAX_REQUEST_BYTES: usize = 32 << 20;

/// Accepts connections until it is dropped; the connections are dropped with it.
pub(crate) async fn run(listener: TcpListener, shared: Arc<Shared>, header_timeout: Duration) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(header_timeout);
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(connections.spawn(connection(http.clone(), stream, Arc::clone(&shared)))),
            // Most likely out of file handles: waits for some to be closed.
            Err(_) => clock::pause(Duration::from_millis(20)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(http: http1::Builder, stream: TcpStream, shared: Arc<Shared>) {
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
    // Fails if the client went away, was too slow, or a fault closes the connection.
    drop(http.serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(request: http::Request<Incoming>, shared: Arc<Shared>) -> io::Result<Response<Outlet>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Ok(respond(problem(413, "The request body is too large."), false));
        }
        Err(_) => return Err(io::ErrorKind::ConnectionAborted.into()),
    };
    let request = Request::new(parts, body);
    let answered = shared.transact(|engine| front::answer(engine, shared.access, &request));
    let response = match answered.await {
        Ok(response) => response,
        Err(stuck) => return Ok(respond(problem(503, &stuck.to_string()), false)),
    };
    if !response.delay.is_zero() {
        clock::pause(response.delay).await;
    }
    match response.reply {
        Some(reply) => Ok(respond(reply, response.cut)),
        None => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

fn problem(status: u16, message: &str) -> Reply {
    Reply::json(status, &BTreeMap::from([("message", message)]))
}

/// The whole body, or one that ends before its declared length.
type Outlet = Either<Full<Bytes>, Channel<Bytes, io::Error>>;

fn respond(reply: Reply, cut: bool) -> Response<Outlet> {
    let mut headers = reply.header_map();
    let body = if cut {
        headers.insert(CONTENT_LENGTH, reply.body.len().into());
        Either::Right(broken_off(reply.body.slice(..reply.body.len() / 2)))
    } else {
        Either::Left(Full::new(reply.body))
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        http::StatusCode::from_u16(reply.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

/// A body that sends `half` and then breaks the connection.
fn broken_off(half: Bytes) -> Channel<Bytes, io::Error> {
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        drop(sender.send_data(half).await);
        // The first half must be on its way before the connection breaks.
        clock::pause(Duration::from_millis(1)).await;
        sender.abort(io::ErrorKind::ConnectionAborted.into());
    });
    body
}
