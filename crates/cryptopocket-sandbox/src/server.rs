//! The HTTP server: connections, bodies with a limit, and replies that a fault delays, cuts short or withholds.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_emulator::{Reply, Request};
use http::Response;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
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
        Err(error) if error.is::<LengthLimitError>() => return Ok(respond(too_large(), false)),
        Err(_) => return Err(io::ErrorKind::ConnectionAborted.into()),
    };
    let request = Request::new(parts, body);
    let access = shared.access();
    let response = shared
        .transact(|engine| front::answer(engine, access, &request))
        .await;
    let response = match response {
        Ok(response) => response,
        Err(stuck) => return Ok(respond(unavailable(&stuck.to_string()), false)),
    };
    if !response.delay.is_zero() {
        clock::pause(response.delay).await;
    }
    match response.reply {
        Some(reply) => Ok(respond(reply, response.cut)),
        None => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

fn unavailable(why: &str) -> Reply {
    Reply::json(503, &std::collections::BTreeMap::from([("message", why)]))
}

fn too_large() -> Reply {
    Reply::json(
        413,
        &std::collections::BTreeMap::from([("message", "The request body is too large.")]),
    )
}

fn respond(reply: Reply, cut: bool) -> Response<Outlet> {
    let declared = u64::try_from(reply.body.len()).unwrap_or(u64::MAX);
    let headers = reply.header_map();
    let kept = if cut {
        reply.body.slice(..reply.body.len() / 2)
    } else {
        reply.body
    };
    let stage = if cut {
        Stage::CutAfter(kept)
    } else {
        Stage::All(kept)
    };
    let mut response = Response::new(Outlet { declared, stage });
    *response.status_mut() =
        http::StatusCode::from_u16(reply.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

/// A body that declares its length and may stop before it.
struct Outlet {
    declared: u64,
    stage: Stage,
}

enum Stage {
    All(Bytes),
    CutAfter(Bytes),
    /// Yields once, so that hyper writes the first half before the connection breaks.
    Flushing,
    Breaking,
    Done,
}

impl Body for Outlet {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::All(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Stage::CutAfter(bytes) => {
                self.stage = Stage::Flushing;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Stage::Flushing => {
                self.stage = Stage::Breaking;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Stage::Breaking => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
            Stage::Done => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.stage, Stage::Done) || matches!(&self.stage, Stage::All(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared)
    }
}
