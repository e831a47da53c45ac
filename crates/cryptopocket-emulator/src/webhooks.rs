//! Outgoing webhooks: the log of deliveries with their attempts and retries, and a webhook as it leaves, signed. It sends
//! nothing itself.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_webhooks::Signer;
use serde::{Deserialize, Serialize};

use crate::catalogue::named;
use crate::faults::WebhookFault;
use crate::moment::Moment;
use crate::store::OrderedMap;
use crate::timers::Due;

/// The seconds after each failed attempt. The provider documents no policy; this one is ours.
const BACK_OFF: [u64; 5] = [10, 60, 300, 1_800, 7_200];
/// How long a held-back webhook waits for another to overtake it.
const HELD_BACK_FOR: Duration = Duration::from_secs(3_600);
/// The number of finished deliveries that the log keeps.
const KEPT: usize = 10_000;

/// Outgoing webhooks. It sends nothing itself.
#[derive(Debug, Default)]
pub(crate) struct WebhookQueue {
    pub deliveries: OrderedMap<u64, Delivery>,
    ready: VecDeque<u64>,
    /// URLs with a webhook in flight, so that first attempts arrive in order.
    busy: BTreeSet<String>,
    /// Deliveries that wait for another to overtake them.
    pub(crate) held_back: Vec<u64>,
    pub accepted: u64,
    finished: usize,
}

impl WebhookQueue {
    /// Queues a delivery with its faults. Returns the timers to set, each with its delay.
    pub(crate) fn accept(&mut self, mut delivery: Delivery, faults: &[WebhookFault]) -> Vec<(Due, Duration)> {
        let (mut copies, mut late, mut overtaken) = (1, Duration::ZERO, false);
        for fault in faults {
            match fault {
                WebhookFault::Duplicate => copies = 2,
                WebhookFault::Corrupt => delivery.corrupt = true,
                WebhookFault::Skew(by) => delivery.skew = *by,
                WebhookFault::Late(by) => late = *by,
                WebhookFault::Overtaken => overtaken = true,
                WebhookFault::Lost => delivery.state = DeliveryState::Lost,
            }
        }
        let (lost, url) = (delivery.state == DeliveryState::Lost, delivery.url.clone());
        let mut due = Vec::new();
        for _ in 0..copies {
            self.accepted += 1;
            let id = self.accepted;
            if overtaken {
                self.held_back.push(id);
                due.push((Due::NotOvertaken(id), HELD_BACK_FOR));
            } else if !lost {
                due.push((Due::Attempt(id), late));
            }
            delivery.id = id;
            self.deliveries.insert(id, delivery.clone());
        }
        if !overtaken && !lost {
            let same = |id: &u64| self.deliveries.get(id).is_some_and(|held| held.url == url);
            let (free, still): (Vec<u64>, Vec<u64>) = self.held_back.iter().copied().partition(same);
            self.held_back = still;
            due.extend(free.into_iter().map(|id| (Due::Attempt(id), late)));
        }
        due
    }

    /// Restores a delivery. One that was in flight is made ready again: it is not known whether it arrived.
    pub(crate) fn restore(&mut self, mut delivery: Delivery) {
        self.finished += usize::from(delivery.is_finished());
        if delivery.is_leaving() {
            delivery.state = DeliveryState::Ready;
            self.ready.push_back(delivery.id);
        }
        self.deliveries.insert(delivery.id, delivery);
    }

    /// Lets a held-back webhook leave, unless another has overtaken it.
    pub(crate) fn release(&mut self, id: u64, due: Moment) {
        let waited = self.held_back.len();
        self.held_back.retain(|other| *other != id);
        if self.held_back.len() < waited {
            self.make_ready(id, due);
        }
    }

    pub(crate) fn make_ready(&mut self, id: u64, due: Moment) {
        if let Some(delivery) = self.deliveries.get_mut(&id).filter(|one| !one.is_leaving()) {
            self.finished -= usize::from(delivery.is_finished());
            delivery.state = DeliveryState::Ready;
            delivery.due = Some(due);
            self.ready.push_back(id);
        }
    }

    /// Takes the deliveries that can leave now: at most one for each URL.
    pub(crate) fn take_ready(&mut self) -> Vec<Delivery> {
        let (mut leaving, ready) = (Vec::new(), std::mem::take(&mut self.ready));
        for id in ready {
            let Some(delivery) = self.deliveries.get_mut(&id) else {
                continue;
            };
            if self.busy.insert(delivery.url.clone()) {
                delivery.state = DeliveryState::InFlight;
                leaving.push(delivery.clone());
            } else {
                self.ready.push_back(id);
            }
        }
        leaving
    }

    /// Records an answer. If another attempt follows, returns the moment it is counted from and the delay.
    pub(crate) fn record(
        &mut self,
        webhook: &Webhook,
        now: Moment,
        answer: Answer,
    ) -> Option<(Moment, Duration)> {
        let delivery = self.deliveries.get_mut(&webhook.id)?;
        let at = delivery.due.unwrap_or(now);
        self.busy.remove(&delivery.url);
        let again = BACK_OFF.get(delivery.attempts.len());
        let again = again.map(|seconds| Duration::from_secs(*seconds));
        let (result, answer) = match answer {
            Ok((status, answer)) => (Ok(status), answer),
            Err(why) => (Err(why), String::new()),
        };
        let accepted = result.as_ref().is_ok_and(|status| (200..300).contains(status));
        delivery.attempts.push(Attempt {
            at,
            result,
            timestamp: webhook.header(TIMESTAMP),
            signature: webhook.header(SIGNATURE),
            answer,
        });
        let again = again.filter(|_| !accepted);
        delivery.state = match again {
            Some(_) => DeliveryState::Waiting,
            None if accepted => DeliveryState::Delivered,
            None => DeliveryState::GivenUp,
        };
        if again.is_none() {
            self.finished += 1;
            self.forget();
        }
        again.map(|after| (at, after))
    }

    /// Drops the oldest finished delivery if there are too many.
    fn forget(&mut self) {
        let mut oldest_first = self.deliveries.values();
        if self.finished > KEPT
            && let Some(id) = oldest_first.find(|one| one.is_finished()).map(|one| one.id)
        {
            self.deliveries.remove(&id);
            self.finished -= 1;
        }
    }

    /// Whether no webhook is ready or in flight. Webhooks that wait for their time do not count.
    pub(crate) fn is_idle(&self) -> bool {
        self.ready.is_empty() && self.busy.is_empty()
    }
}

named! {
    /// The state of a delivery.
    #[derive(Default)]
    DeliveryState {
        /// Waits for its time, or for another webhook to overtake it.
        #[default]
        Waiting "waiting";
        /// Leaves once no other webhook is in flight to the same URL.
        Ready "ready";
        /// Taken, and not answered yet.
        InFlight "in_flight";
        /// Answered with 2xx.
        Delivered "delivered";
        /// Not answered with 2xx in six attempts.
        GivenUp "given_up";
        /// Never sent: a fault.
        Lost "lost";
    }
}

/// The answer to an attempt: the HTTP status and the beginning of the body, or why there was none.
pub type Answer = Result<(u16, String), String>;

/// One attempt to deliver a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// When it was due on the virtual clock.
    pub at: Moment,
    /// The HTTP status, or why there was none.
    pub result: Result<u16, String>,
    /// The `X-Timestamp` header.
    pub timestamp: String,
    /// The `X-Signature` header.
    pub signature: String,
    /// The beginning of the answer's body.
    pub answer: String,
}

/// A webhook in the delivery log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number in the log.
    pub id: u64,
    /// The index of the integration it goes to.
    pub integration: usize,
    /// The event type, such as `PAY_IN`.
    pub event: String,
    /// The id of the payment or off-ramp that the event is about.
    pub subject: String,
    /// The URL that it is posted to.
    pub url: String,
    /// The body that is signed.
    pub body: String,
    pub(super) corrupt: bool,
    pub(super) skew: i64,
    /// The state of its delivery.
    pub state: DeliveryState,
    /// When the next attempt is or was due. The next one is counted from here, even if the clock has leapt past it.
    #[serde(default)]
    pub(super) due: Option<Moment>,
    /// The attempts so far.
    pub attempts: Vec<Attempt>,
}

impl Delivery {
    pub(crate) fn new(integration: usize, event: &str, subject: String, url: &str, body: String) -> Self {
        Self {
            integration,
            event: event.to_owned(),
            subject,
            url: url.to_owned(),
            body,
            ..Self::default()
        }
    }

    /// Whether it leaves now, or has left and is not answered.
    pub(super) const fn is_leaving(&self) -> bool {
        matches!(self.state, DeliveryState::Ready | DeliveryState::InFlight)
    }

    /// Whether no attempt follows, and it was not lost.
    pub(super) const fn is_finished(&self) -> bool {
        matches!(self.state, DeliveryState::Delivered | DeliveryState::GivenUp)
    }
}

/// A webhook that leaves now: post `body` with `headers` to `url`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Webhook {
    /// Its number in the delivery log.
    pub id: u64,
    /// The URL to post it to.
    pub url: String,
    /// API key, timestamp and signature.
    pub headers: Vec<(&'static str, String)>,
    /// The body as it leaves. A fault can have changed it after signing.
    pub body: Bytes,
    pub(crate) generation: u64,
}

impl Webhook {
    /// Signs a delivery. Receivers compare the timestamp with their own clock, so it is the wall clock's.
    pub(crate) fn sign(
        delivery: &Delivery,
        (key, secret): (&str, &str),
        wall_now: i64,
        generation: u64,
    ) -> Self {
        let timestamp = u64::try_from(wall_now.saturating_add(delivery.skew)).unwrap_or(0);
        let mut headers = vec![("x-api-key", key.to_owned())];
        if let Ok(signer) = Signer::new(secret.to_owned()) {
            let signed = signer.sign_at(delivery.body.as_bytes(), timestamp);
            headers.push((TIMESTAMP, signed.timestamp().to_owned()));
            headers.push((SIGNATURE, signed.signature().to_owned()));
        }
        Self {
            id: delivery.id,
            url: delivery.url.clone(),
            headers,
            body: sent_body(delivery),
            generation,
        }
    }

    /// Only an empty secret, which settings can give, cannot sign.
    pub(crate) fn is_signed(&self) -> bool {
        !self.header(SIGNATURE).is_empty()
    }

    pub(super) fn header(&self, name: &str) -> String {
        let header = self.headers.iter().find(|(known, _)| *known == name);
        header.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

pub(super) const TIMESTAMP: &str = "x-timestamp";
pub(super) const SIGNATURE: &str = "x-signature";

fn sent_body(delivery: &Delivery) -> Bytes {
    let mut bytes = delivery.body.clone().into_bytes();
    let mut digits = bytes.iter_mut().filter(|byte| byte.is_ascii_digit());
    if let Some(digit) = digits.next().filter(|_| delivery.corrupt) {
        *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    }
    bytes.into()
}
