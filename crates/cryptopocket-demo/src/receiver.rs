//! The webhook receiver: verifies the bytes, drops duplicates, then handles the event.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use cryptopocket::WakeHandle;
use cryptopocket::webhooks::{Deduplicator, Event, Sighting, Verifier, VerifyErrorKind};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};

#[derive(Debug)]
struct Inbox {
    verifier: Verifier,
    deduplicator: Deduplicator,
    /// The handled events, and how each came over the wire.
    handled: Vec<(Event, HeaderMap, Bytes)>,
    refusal: Option<VerifyErrorKind>,
    waiting: Vec<(String, WakeHandle)>,
    counts: Counts,
}

/// How many deliveries had which result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) handled: usize,
    pub(crate) verified: usize,
    pub(crate) duplicates: usize,
    pub(crate) conflicts: usize,
    pub(crate) refused: usize,
}

/// A running receiver. It stops when it is dropped.
pub(crate) struct Receiver {
    pub(crate) url: String,
    inbox: Arc<Mutex<Inbox>>,
    task: JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start(verifier: Verifier) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let bound = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|error| {
            let kind = error.kind();
            Error::Start(format!(
                "the webhook receiver cannot listen on this machine: {kind}"
            ))
        })?;
        let inbox = Arc::new(Mutex::new(Inbox {
            verifier,
            deduplicator: Deduplicator::new(1000),
            handled: Vec::new(),
            refusal: None,
            waiting: Vec::new(),
            counts: Counts::default(),
        }));
        let app = Router::new()
            .route("/webhooks", post(receive))
            .with_state(Arc::clone(&inbox));
        let task = tokio::spawn(async move {
            // It serves until the task is aborted.
            let _ = axum::serve(listener, app).await;
        });
        let url = format!("http://{address}/webhooks");
        Ok(Self { url, inbox, task })
    }

    /// Wakes a wait whenever an event is about `object`.
    pub(crate) fn wake(&self, object: &str, handle: WakeHandle) {
        lock(&self.inbox).waiting.push((object.to_owned(), handle));
    }

    /// The handled events about an object, in the order of their arrival.
    pub(crate) fn events(&self, object: &str) -> Vec<Event> {
        let inbox = lock(&self.inbox);
        let events = inbox.handled.iter().map(|(event, ..)| event);
        let about = events.filter(|event| event.object_id().as_deref() == Some(object));
        about.cloned().collect()
    }

    /// The latest handled delivery, as it came.
    pub(crate) fn latest(&self) -> Option<(HeaderMap, Bytes)> {
        let inbox = lock(&self.inbox);
        let (_, headers, body) = inbox.handled.last()?;
        Some((headers.clone(), body.clone()))
    }

    /// Why the latest refused delivery was refused.
    pub(crate) fn latest_refusal(&self) -> Option<VerifyErrorKind> {
        lock(&self.inbox).refusal
    }

    pub(crate) fn counts(&self) -> Counts {
        lock(&self.inbox).counts
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

async fn receive(State(inbox): State<Arc<Mutex<Inbox>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    lock(&inbox).take(headers, body)
}

impl Inbox {
    fn take(&mut self, headers: HeaderMap, body: Bytes) -> StatusCode {
        let event = match self.verifier.event(&headers, &body) {
            Ok(event) => event,
            Err(refusal) => {
                self.counts.refused += 1;
                self.refusal = Some(refusal.kind());
                return StatusCode::UNAUTHORIZED;
            }
        };
        self.counts.verified += 1;
        match self.deduplicator.observe(&event) {
            Sighting::New => {
                let object = event.object_id().unwrap_or_default().into_owned();
                self.counts.handled += 1;
                self.handled.push((event, headers, body));
                for (_, wait) in self.waiting.iter().filter(|(of, _)| *of == object) {
                    wait.wake();
                }
            }
            Sighting::Duplicate => self.counts.duplicates += 1,
            // The same event with other content must not be handled twice. The demo expects none.
            _ => self.counts.conflicts += 1,
        }
        StatusCode::OK
    }
}
