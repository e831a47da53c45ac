//! The network between our processes and the provider.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::{
    BoxFuture, Sent, Transport, TransportError, TransportErrorKind, WireRequest, WireResponse,
};
use cryptopocket_emulator::{Command, Request, Response};
use http::HeaderValue;
use tokio::sync::oneshot;

use crate::chance::Chance;
use crate::durable::Durable;
use crate::life::Life;
use crate::variant::Variant;
use crate::virtual_time::until;
use crate::world::World;

/// The address of the provider.
pub(crate) const ORIGIN: &str = "http://provider.test";
/// How long a request may be under way at most: the journal's grace period without the time that a call may take.
const LATEST: Duration = Duration::from_secs(235);
/// Faults that the emulator makes itself, as its header takes them.
const FAULTY_ANSWERS: &[&str] = &[
    "drop_before",
    "drop_after",
    "error_before:503",
    "error_after:502",
    "error_before:500",
    "error_after:500",
    "rate_limit:2",
    "broken_body",
    "truncated_body",
    "empty_body",
    "html",
    "refuse_token",
];

/// Sends the requests of one process.
#[derive(Debug)]
pub(crate) struct Network<D> {
    world: Arc<World<D>>,
    life: Arc<Life>,
}

/// The way of one request.
struct Way {
    refused: bool,
    lost: bool,
    answer_lost: bool,
    out: Duration,
    back: Duration,
    fault: Option<String>,
}

impl<D: Durable> Network<D> {
    pub(crate) fn new(world: Arc<World<D>>, life: Arc<Life>) -> Self {
        Self { world, life }
    }

    fn way(&self, operation: &str) -> Way {
        let rates = self.world.rates();
        let tally = &self.world.tally;
        tally.calls.add(1);
        let mut chance = self.world.chance();
        let strikes = |chance: &mut Chance, rate| {
            let strikes = chance.happens(rate);
            tally.faults.add(usize::from(strikes));
            strikes
        };
        let mut out = chance.between(Duration::from_millis(5), Duration::from_millis(300));
        if strikes(&mut chance, rates.late_request) {
            out = chance.between(Duration::from_secs(1), LATEST);
        }
        if strikes(&mut chance, rates.expired_tokens) {
            drop(chance);
            self.world.provider.command(Command::ExpireTokens);
            chance = self.world.chance();
        }
        let fault = if strikes(&mut chance, rates.faulty_answer) {
            Some(FAULTY_ANSWERS[chance.index(FAULTY_ANSWERS.len())].to_owned())
        } else if operation.starts_with("create_") && strikes(&mut chance, rates.refusal) {
            Some("refuse:user_banned".to_owned())
        } else {
            None
        };
        Way {
            refused: strikes(&mut chance, rates.refused_connection),
            lost: strikes(&mut chance, rates.lost_request),
            answer_lost: strikes(&mut chance, rates.lost_answer),
            out,
            back: chance.between(Duration::from_millis(5), Duration::from_millis(300)),
            fault,
        }
    }

    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.life.step().await;
        let (operation, timeout) = (request.operation, request.timeout);
        let way = self.way(operation);
        if way.refused {
            return Err(failure(Sent::No, TransportErrorKind::Connect));
        }
        let (answer, answered) = oneshot::channel();
        if !way.lost {
            let world = Arc::clone(&self.world);
            // Under way on its own: it arrives whether or not its sender is still there.
            tokio::spawn(async move {
                world.time.sleep(way.out).await;
                let response = arrive(&world, &request, way.fault.as_deref());
                world.time.sleep(way.back.saturating_add(response.delay)).await;
                if !way.answer_lost {
                    let _ = answer.send(response);
                }
            });
        }
        let outcome = until(self.world.time.sleep(timeout), answered).await;
        self.life.step().await;
        match outcome {
            Some(Ok(response)) => read(response),
            Some(Err(_)) if !way.lost => Err(failure(Sent::Maybe, TransportErrorKind::Interrupted)),
            _ => Err(failure(Sent::Maybe, TransportErrorKind::Timeout)),
        }
    }
}

impl<D: Durable> Transport for Network<D> {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            let answer = self.exchange(request.clone()).await;
            match answer {
                Err(error)
                    if self.world.variant == Variant::ResendsLostAnswers && error.sent() != Sent::No =>
                {
                    self.exchange(request).await
                }
                answer => answer,
            }
        })
    }
}

/// A request arrives at the provider.
fn arrive<D: Durable>(world: &Arc<World<D>>, request: &WireRequest, fault: Option<&str>) -> Response {
    let path = request.url.strip_prefix(ORIGIN).unwrap_or("/");
    let mut arrived = Request::get(path);
    arrived.method = request.method.clone();
    arrived.headers = request.headers.clone();
    arrived.body = request.body.clone();
    if let Some(Ok(fault)) = fault.map(HeaderValue::from_str) {
        arrived.headers.insert("x-sandbox-fault", fault);
    }
    let (response, created) = world.provider.handle(&arrived);
    let status = response.reply.as_ref().map(|reply| reply.status);
    if let Some(created) = created {
        World::created(world, created, || format!("answer {status:?}, fault {fault:?}"));
    } else {
        let about = if request.body.is_empty() {
            path.as_bytes()
        } else {
            &*request.body
        };
        let about = String::from_utf8_lossy(about).into_owned();
        world.trace(&about, || {
            format!("{} arrived: {status:?}, fault {fault:?}", request.operation)
        });
    }
    response
}

fn read(response: Response) -> Result<WireResponse, TransportError> {
    let Some(reply) = response.reply else {
        return Err(failure(Sent::Maybe, TransportErrorKind::Interrupted));
    };
    if response.cut {
        return Err(failure(Sent::Yes, TransportErrorKind::Interrupted).with_status(reply.status));
    }
    Ok(WireResponse {
        status: reply.status,
        headers: reply.header_map(),
        body: reply.body,
    })
}

fn failure(sent: Sent, kind: TransportErrorKind) -> TransportError {
    TransportError::new(sent, kind, "a simulated failure")
}
