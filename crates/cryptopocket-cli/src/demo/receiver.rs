//! A webhook receiver as an integrator would run it: verify the bytes, drop repetitions, then handle.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cryptopocket::WakeHandle;
use cryptopocket::webhooks::{Deduplicator, Event, Sighting, Verifier, VerifyErrorKind};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::failure::{Failure, Result};

/// A delivery as it came over the wire.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

/// What has arrived so far.
#[derive(Debug)]
struct Inbox {
    verifier: Verifier,
    deduplicator: Deduplicator,
    handled: Vec<(Event, Delivery)>,
    verified: usize,
    duplicates: usize,
    conflicts: usize,
    refused: Vec<VerifyErrorKind>,
    waiting: Vec<(String, WakeHandle)>,
}

/// What the receiver has counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) handled: usize,
    pub(super) verified: usize,
    pub(super) duplicates: usize,
    pub(super) conflicts: usize,
    pub(super) refused: usize,
}

/// A running receiver. It stops when it is dropped.
pub(super) struct Receiver {
    url: String,
    inbox: Arc<Mutex<Inbox>>,
    task: JoinHandle<()>,
}

impl Receiver {
    pub(super) async fn start(verifier: Verifier) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| no_port(&error))?;
        let address = listener.local_addr().map_err(|error| no_port(&error))?;
        let inbox = Arc::new(Mutex::new(Inbox {
            verifier,
            deduplicator: Deduplicator::new(1000),
            handled: Vec::new(),
            verified: 0,
            duplicates: 0,
            conflicts: 0,
            refused: Vec::new(),
            waiting: Vec::new(),
        }));
        let task = tokio::spawn(accept(listener, Arc::clone(&inbox)));
        Ok(Self {
            url: format!("http://{address}/webhooks"),
            inbox,
            task,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Wakes a wait whenever an event tells of `object`.
    pub(super) fn wake(&self, object: &str, handle: WakeHandle) {
        lock(&self.inbox).waiting.push((object.to_owned(), handle));
    }

    /// The events that were handled for an object, in the order in which they came.
    pub(super) fn events(&self, object: &str) -> Vec<Event> {
        let inbox = lock(&self.inbox);
        let of_object = inbox
            .handled
            .iter()
            .filter(|(event, _)| event.object_id().as_deref() == Some(object));
        of_object.map(|(event, _)| event.clone()).collect()
    }

    /// The delivery that brought the latest handled event.
    pub(super) fn latest(&self) -> Option<Delivery> {
        lock(&self.inbox)
            .handled
            .last()
            .map(|(_, delivery)| delivery.clone())
    }

    /// Why the latest refused delivery was refused.
    pub(super) fn latest_refusal(&self) -> Option<VerifyErrorKind> {
        lock(&self.inbox).refused.last().copied()
    }

    pub(super) fn counts(&self) -> Counts {
        let inbox = lock(&self.inbox);
        Counts {
            handled: inbox.handled.len(),
            verified: inbox.verified,
            duplicates: inbox.duplicates,
            conflicts: inbox.conflicts,
            refused: inbox.refused.len(),
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(inbox: &Mutex<Inbox>) -> MutexGuard<'_, Inbox> {
    inbox.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, inbox: Arc<Mutex<Inbox>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let inbox = Arc::clone(&inbox);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&inbox)));
            // A sender that hangs up is its own affair.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    inbox: Arc<Mutex<Inbox>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let headers = headers.collect();
    let status = match request.into_body().collect().await {
        Ok(body) => lock(&inbox).take(Delivery {
            headers,
            body: body.to_bytes().to_vec(),
        }),
        Err(_) => StatusCode::BAD_REQUEST,
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    Ok(response)
}

impl Inbox {
    fn take(&mut self, delivery: Delivery) -> StatusCode {
        let event = match self.verifier.event(&delivery.headers, &delivery.body) {
            Ok(event) => event,
            Err(refusal) => {
                self.refused.push(refusal.kind());
                return StatusCode::UNAUTHORIZED;
            }
        };
        self.verified += 1;
        match self.deduplicator.observe(&event) {
            Sighting::New => {
                let object = event.object_id().map(std::borrow::Cow::into_owned);
                self.handled.push((event, delivery));
                for (_, wait) in self.waiting.iter().filter(|(of, _)| Some(of) == object.as_ref()) {
                    wait.wake();
                }
            }
            Sighting::Duplicate => self.duplicates += 1,
            // The same event with other content must not be handled twice. The demo expects none.
            _ => self.conflicts += 1,
        }
        StatusCode::OK
    }
}

fn no_port(error: &std::io::Error) -> Failure {
    Failure::configuration(
        format!(
            "the webhook receiver cannot listen on this machine: {}",
            error.kind()
        ),
        "Check that programs may listen on 127.0.0.1.",
    )
}
