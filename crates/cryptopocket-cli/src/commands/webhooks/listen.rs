use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use clap::Args;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket::webhooks::{Deduplicator, Sighting, Verifier};
use cryptopocket::{Bytes, Runtime as _, Secret, TokioRuntime};
use cryptopocket_inbox::{Answer, DEFAULT_BODY_LIMIT, Error, Receipt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::backlog;
use super::forward::{Receiver, headers_to_keep, unreached};
use super::seen::Seen;
use super::signature::Verification;
use crate::end::End;
use crate::prelude::*;
use crate::store::{Access, AnyInbox, with_inbox};

/// How long deliveries that are under way may take when the program is told to end.
const LAST_CALLS: Duration = Duration::from_secs(2);
/// How many events are known again without --store.
const REMEMBERED: usize = 10_000;

/// Receive webhooks on this machine, verify them, and forward them
///
/// Prints one line for each delivery. Ends on Ctrl-C and SIGTERM. To get events of the provider here, subscribe with the
/// public address of a tunnel or proxy that leads to this port.
///
/// With --store, an event is stored durably before it is acknowledged, and a repeated one is known, also after a restart.
/// With --store and --forward-to, an event that the receiver does not take with a 2xx is sent again, after one second at
/// first and up to an hour later on, 20 times in all; `inbox status` shows what was given up. Without --store, the sender
/// gets the answer of the receiver.
#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Receiver to forward verified events to, with the headers of the signature, such as localhost:3000/webhooks
    #[arg(long, value_name = "URL")]
    forward_to: Option<String>,
    /// Inbox that keeps the events: sqlite:PATH, or the URL of a PostgreSQL database
    #[arg(long, value_name = "URL", env = "CRYPTOPOCKET_STORE")]
    store: Option<Secret>,
    #[command(flatten)]
    verification: Verification,
}

impl Listen {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let verifier = self.verification.verifier(context)?;
        let secret = self.verification.secret();
        let forward = Receiver::at("--forward-to", self.forward_to, secret, context)?;
        let inbox = match &self.store {
            Some(url) => Some(AnyInbox::open(url, Access::Create).await?),
            None => None,
        };
        let address = SocketAddr::new(self.host, self.port);
        let not_bound = |error: std::io::Error| {
            let message = format!("{address} cannot be listened on: {error}");
            let cure = "--host and --port: give an address of this machine and a free port; 0 takes one.";
            Failure::configuration(message, cure)
        };
        let listener = TcpListener::bind(address).await.map_err(not_bound)?;
        let bound = listener.local_addr().map_err(not_bound)?;
        let end = End::listen()?;
        let ended = end.clone();
        let (tell, mut seen) = unbounded_channel();
        let worker: Option<JoinHandle<()>> = inbox.clone().zip(forward.clone()).map(|(inbox, receiver)| {
            let (tell, end) = (tell.clone(), end.clone());
            with_inbox!(inbox, inbox => tokio::spawn(backlog::follow(inbox, receiver, tell, end)))
        });
        let endpoint = Arc::new(Endpoint {
            verifier,
            inbox: inbox.clone(),
            forward,
            known: Mutex::new(Deduplicator::new(REMEMBERED)),
            seen: tell,
            end: end.clone(),
        });
        let routes = Router::new()
            .route("/", post(receive))
            .route("/{*path}", post(receive));
        let server = axum::serve(listener, routes.with_state(endpoint));
        let server = server.with_graceful_shutdown(async move { end.reached().await });
        let server = tokio::spawn(server.into_future());
        let address = format!("http://{bound}/webhooks");
        note(&format!(
            "listening on {address}, or any other path; Ctrl-C ends it"
        ));
        // A sender that never finishes its request must not hold up the end.
        let mut over = pin!(async {
            ended.reached().await;
            TokioRuntime.sleep(LAST_CALLS).await;
        });
        // Ends when the server and the worker have let go of their senders.
        while let Some(seen) = tokio::select! {
            biased;
            seen = seen.recv() => seen,
            () = &mut over => None,
        } {
            seen.print(context)?;
        }
        server.abort();
        if let Some(task) = worker {
            let _ = task.await;
        }
        if let Some(inbox) = inbox {
            with_inbox!(inbox, inbox => inbox.close().await);
        }
        Ok(())
    }
}

struct Endpoint {
    verifier: Verifier,
    inbox: Option<AnyInbox>,
    forward: Option<Receiver>,
    known: Mutex<Deduplicator>,
    seen: UnboundedSender<Seen>,
    end: End,
}

async fn receive(
    State(endpoint): State<Arc<Endpoint>>,
    headers: HeaderMap,
    body: Body,
) -> (StatusCode, &'static str) {
    let Ok(body) = to_bytes(body, DEFAULT_BODY_LIMIT).await else {
        return answer(Answer::TooLarge);
    };
    endpoint.take(&headers, body).await
}

impl Endpoint {
    async fn take(&self, headers: &HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
        let received_at = SystemClock.now();
        let verified = match self.verifier.verify(headers, &body) {
            Ok(verified) => verified,
            Err(error) => {
                warn(&format!("{error}; {}", error.hint()));
                let kind = error.kind();
                self.tell(Seen::refused(received_at, kind.as_str()));
                return answer(Answer::Refused(kind));
            }
        };
        let event = verified.event().ok();
        let sighting = match (&self.inbox, &event) {
            (Some(inbox), _) => {
                let received: Result<Receipt, Error> =
                    with_inbox!(inbox.clone(), inbox => inbox.receive(&verified).await);
                match received {
                    Ok(Receipt { sighting, .. }) => sighting,
                    Err(error) => {
                        warn(&format!("--store: {error}"));
                        return answer(Answer::Failed);
                    }
                }
            }
            (None, Some(event)) => {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.observe(event)
            }
            (None, None) => Sighting::New,
        };
        let mut seen = Seen::verified(received_at, event.as_ref());
        seen.sighting = sighting;
        match (&self.inbox, &self.forward) {
            // Printed when it is forwarded.
            (Some(_), Some(_)) if sighting == Sighting::New => {}
            (None, Some(receiver)) => {
                let status = tokio::select! {
                    answer = receiver.send(headers_to_keep(headers), body.clone()) => {
                        answer.map_err(|error| warn(&unreached(&error))).ok()
                    }
                    () = self.end.reached() => None,
                };
                self.tell(seen.forwarded(status));
                let status = status.and_then(|status| StatusCode::from_u16(status).ok());
                return (status.unwrap_or(StatusCode::BAD_GATEWAY), "forwarded");
            }
            _ => self.tell(seen),
        }
        answer(Answer::Stored(sighting))
    }

    fn tell(&self, seen: Seen) {
        // Nobody reads it if the program ends.
        let _ = self.seen.send(seen);
    }
}

fn answer(answer: Answer) -> (StatusCode, &'static str) {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, answer.as_str())
}
