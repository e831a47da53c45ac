use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use hyper_util::client::legacy;

use super::departure::Departure;
use super::{TransportError, TransportErrorKind, WireResponse, tls, wiped};
use crate::error::Sent;
use crate::runtime::{TokioRuntime, within};

/// Waits for an answer and reads it, for at most `limit` in all and up to `max_body` bytes.
///
/// `departure` is that of a request with a body. Only such a request can be cancelled.
pub(super) async fn receive<B, E>(
    sending: impl Future<Output = Result<::http::Response<B>, E>>,
    departure: Option<Departure>,
    limit: Duration,
    max_body: usize,
) -> Result<WireResponse, TransportError>
where
    B: Body<Data = Bytes, Error: Error + 'static> + Unpin,
    E: Error + 'static,
{
    let mut status = None;
    let exchange = async {
        let answered = sending.await;
        let (head, body) = answered
            .map_err(|error| before_answer(&error, departure.as_ref()))?
            .into_parts();
        status = Some(head.status.as_u16());
        Ok(WireResponse {
            status: head.status.as_u16(),
            headers: head.headers,
            body: read(body, max_body).await?,
        })
    };
    let outcome = within(&TokioRuntime, limit, exchange).await;
    let outcome = outcome.unwrap_or_else(|| {
        let sent = match status {
            Some(_) => Sent::Yes,
            // The connection may still write the body, unless it is cancelled here.
            None => sent(departure.is_some_and(|departure| departure.cancel())),
        };
        Err(TransportError::new(
            sent,
            TransportErrorKind::Timeout,
            "operation timed out",
        ))
    });
    outcome.map_err(|error| TransportError { status, ..error })
}

async fn read<B>(mut body: B, max_body: usize) -> Result<Bytes, TransportError>
where
    B: Body<Data = Bytes, Error: Error + 'static> + Unpin,
{
    const RESERVED: usize = 64 * 1024;
    let broken = |kind, detail| TransportError::new(Sent::Yes, kind, detail);
    let too_large = || {
        broken(
            TransportErrorKind::TooLarge,
            format!("the limit is {max_body} bytes"),
        )
    };
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > max_body {
        return Err(too_large());
    }
    // An announced length may be a lie. What is read is counted below, and little is reserved in advance.
    let mut content = Vec::with_capacity(announced.min(RESERVED));
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| {
            let is_timeout = is_timeout(&error);
            let kind = if is_timeout {
                TransportErrorKind::Timeout
            } else {
                TransportErrorKind::Interrupted
            };
            broken(kind, text(&error))
        })?;
        let Ok(chunk) = frame.into_data() else {
            continue;
        };
        if content.len() + chunk.len() > max_body {
            return Err(too_large());
        }
        content.extend_from_slice(&chunk);
    }
    Ok(wiped(content))
}

/// Only a request with a body can be cancelled. One without is known to be unsent only if there was no connection.
fn before_answer(error: &(dyn Error + 'static), departure: Option<&Departure>) -> TransportError {
    let is_connect = chain(error).any(|cause| {
        cause
            .downcast_ref::<legacy::Error>()
            .is_some_and(legacy::Error::is_connect)
    });
    let is_unsent = departure.map_or(is_connect, Departure::cancel);
    let kind = if is_timeout(error) {
        TransportErrorKind::Timeout
    } else if is_connect && chain(error).any(tls::is_certificate) {
        TransportErrorKind::Certificate
    } else if is_connect {
        TransportErrorKind::Connect
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(sent(is_unsent), kind, text(error))
}

/// A request that cannot be sent as it is.
pub(super) fn unsendable(reason: String) -> TransportError {
    TransportError::new(Sent::No, TransportErrorKind::Configuration, reason)
}

fn sent(is_unsent: bool) -> Sent {
    if is_unsent { Sent::No } else { Sent::Maybe }
}

fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|cause| {
        #[cfg(feature = "custom-reqwest")]
        if let Some(error) = cause.downcast_ref::<reqwest::Error>() {
            return error.is_timeout();
        }
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
    })
}

/// The innermost cause: the outer layers may name the URL.
pub(super) fn text(error: &(dyn Error + 'static)) -> String {
    chain(error)
        .skip(1)
        .last()
        .map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

/// An error and its causes, the outermost first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        // An I/O error's `source` skips the error that it wraps.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}
