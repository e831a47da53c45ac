//! The post office. It knows what has to go where; it sends nothing itself.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::faults::WebhookFault;
use crate::moment::Moment;
use crate::trail::Noted;

/// How long after each failed attempt the next one follows. The provider documents no policy; this one is ours.
const BACK_OFF: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(1_800),
    Duration::from_secs(7_200),
];
/// Finished deliveries that are remembered.
const KEPT: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Waits for its time, or for another to overtake it.
    Waiting,
    /// Will leave as soon as nothing else is under way to the same URL.
    Ready,
    InFlight,
    Delivered,
    GivenUp,
    /// Lost on purpose.
    Lost,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::InFlight => "in_flight",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
        }
    }
}

/// What came of an attempt: an HTTP status, or why there was none.
pub type Result = std::result::Result<u16, String>;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    pub at: Moment,
    pub result: Result,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Box<Remark>>,
}

/// What else is known of an attempt, for people to look at.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Remark {
    /// As it stood in `X-Timestamp`.
    pub timestamp: String,
    /// As it stood in `X-Signature`.
    pub signature: String,
    /// How the answer's body begins.
    pub answer: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    pub id: u64,
    pub who: usize,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub event: crate::catalogue::Spelling,
    /// The payment or off-ramp it tells of.
    pub subject: String,
    pub url: String,
    #[serde(with = "body")]
    pub body: Bytes,
    pub corrupt: bool,
    pub skew: i64,
    pub state: State,
    /// When the next attempt is or was due. A clock that leaps passes it, and what follows is counted from here.
    #[serde(default)]
    pub due: Option<Moment>,
    pub attempts: Vec<Attempt>,
}

/// A body in a record: JSON, and so text.
mod body {
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(body))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        String::deserialize(deserializer).map(Bytes::from)
    }
}

/// What the worker needs to make one attempt.
#[derive(Debug)]
pub struct Outgoing {
    pub id: u64,
    pub who: usize,
    pub url: String,
    pub body: Bytes,
    pub corrupt: bool,
    pub skew: i64,
}

#[derive(Debug, Default)]
pub struct PostOffice {
    pub deliveries: Noted<u64, Delivery>,
    ready: VecDeque<u64>,
    /// URLs to which something is under way, so that first attempts arrive in order.
    busy: BTreeSet<String>,
    /// Those that wait for another to overtake them.
    pub overtaken: Vec<u64>,
    pub accepted: u64,
    finished: usize,
}

impl PostOffice {
    /// Takes an event in. Gives back what has to be made ready, and how much later.
    pub fn accept(
        &mut self,
        who: usize,
        event: &'static str,
        subject: &str,
        url: String,
        body: Vec<u8>,
        faults: &[WebhookFault],
    ) -> Vec<(u64, Duration)> {
        let has = |fault| faults.contains(&fault);
        let copies = if has(WebhookFault::Duplicate) { 2 } else { 1 };
        let late = faults.iter().find_map(|fault| {
            if let WebhookFault::Late(by) = fault {
                Some(*by)
            } else {
                None
            }
        });
        let skew = faults.iter().find_map(|fault| {
            if let WebhookFault::Skew(by) = fault {
                Some(*by)
            } else {
                None
            }
        });
        let template = Delivery {
            id: 0,
            who,
            event,
            subject: subject.to_owned(),
            url,
            body: body.into(),
            corrupt: has(WebhookFault::Corrupt),
            skew: skew.unwrap_or(0),
            state: if has(WebhookFault::Lost) {
                State::Lost
            } else {
                State::Waiting
            },
            due: None,
            attempts: Vec::new(),
        };
        let mut leaving = Vec::new();
        for _ in 0..copies {
            self.accepted += 1;
            let delivery = Delivery {
                id: self.accepted,
                ..template.clone()
            };
            if has(WebhookFault::Overtaken) {
                self.overtaken.push(delivery.id);
            } else if delivery.state == State::Waiting {
                leaving.push((delivery.id, late.unwrap_or_default()));
            }
            self.deliveries.insert(delivery.id, delivery);
        }
        if !leaving.is_empty() {
            let same = |id: &u64| {
                self.deliveries
                    .get(id)
                    .is_some_and(|held| held.url == template.url)
            };
            let (free, still): (Vec<u64>, Vec<u64>) = self.overtaken.iter().copied().partition(same);
            self.overtaken = still;
            leaving.extend(free.into_iter().map(|id| (id, late.unwrap_or_default())));
        }
        leaving
    }

    /// Takes back a delivery that was written down. Whatever was under way is made ready again: nobody knows whether it
    /// arrived.
    pub fn restore(&mut self, mut delivery: Delivery) {
        match delivery.state {
            State::Ready | State::InFlight => {
                delivery.state = State::Ready;
                self.ready.push_back(delivery.id);
            }
            State::Delivered | State::GivenUp => self.finished += 1,
            State::Waiting | State::Lost => {}
        }
        self.deliveries.insert(delivery.id, delivery);
    }

    /// Lets a webhook go that waited to be overtaken, if it still does.
    pub fn let_go(&mut self, id: u64, due: Moment) {
        let waited = self.overtaken.len();
        self.overtaken.retain(|other| *other != id);
        if self.overtaken.len() < waited {
            self.make_ready(id, due);
        }
    }

    pub fn make_ready(&mut self, id: u64, due: Moment) {
        if let Some(delivery) = self
            .deliveries
            .get_mut(&id)
            .filter(|delivery| delivery.state != State::InFlight)
        {
            delivery.state = State::Ready;
            delivery.due = Some(due);
            self.ready.push_back(id);
        }
    }

    /// What can leave now: at most one for each URL.
    pub fn take_ready(&mut self) -> Vec<Outgoing> {
        let mut leaving = Vec::new();
        let mut staying = VecDeque::new();
        while let Some(id) = self.ready.pop_front() {
            let Some(delivery) = self.deliveries.get_mut(&id) else {
                continue;
            };
            if !self.busy.insert(delivery.url.clone()) {
                staying.push_back(id);
                continue;
            }
            delivery.state = State::InFlight;
            let (who, url, body) = (delivery.who, delivery.url.clone(), delivery.body.clone());
            leaving.push(Outgoing {
                id,
                who,
                url,
                body,
                corrupt: delivery.corrupt,
                skew: delivery.skew,
            });
        }
        self.ready = staying;
        leaving
    }

    /// Notes how an attempt ended; where another has to follow, how long after which moment.
    pub fn record(&mut self, id: u64, now: Moment, result: Result) -> Option<(Moment, Duration)> {
        let delivery = self.deliveries.get_mut(&id)?;
        let at = delivery.due.unwrap_or(now);
        self.busy.remove(&delivery.url);
        let accepted = result.as_ref().is_ok_and(|status| (200..300).contains(status));
        delivery.attempts.push(Attempt {
            at,
            result,
            remark: None,
        });
        let again = BACK_OFF
            .get(delivery.attempts.len() - 1)
            .copied()
            .filter(|_| !accepted);
        delivery.state = match again {
            Some(_) => State::Waiting,
            None if accepted => State::Delivered,
            None => State::GivenUp,
        };
        if again.is_none() {
            self.finished += 1;
            self.forget();
        }
        again.map(|after| (at, after))
    }

    /// Adds to the last attempt what else is known of it.
    pub fn remark(&mut self, id: u64, remark: Remark) {
        let delivery = self.deliveries.get_mut(&id);
        if let Some(attempt) = delivery.and_then(|delivery| delivery.attempts.last_mut()) {
            attempt.remark = Some(Box::new(remark));
        }
    }

    fn forget(&mut self) {
        if self.finished > KEPT {
            let done = |one: &Delivery| matches!(one.state, State::Delivered | State::GivenUp);
            if let Some(id) = self.deliveries.values().find(|one| done(one)).map(|one| one.id) {
                self.deliveries.remove(&id);
                self.finished -= 1;
            }
        }
    }

    /// Whether nothing is ready or under way. What waits for its time does not count.
    pub fn is_idle(&self) -> bool {
        self.ready.is_empty() && self.busy.is_empty()
    }

    pub fn get(&self, id: u64) -> Option<&Delivery> {
        self.deliveries.get(&id)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.deliveries.values()
    }
}

#[cfg(test)]
mod tests {
    use super::{PostOffice, State};
    use crate::faults::WebhookFault;
    use crate::moment::Moment;

    const NOW: Moment = Moment::from_micros(0);

    fn accept(post: &mut PostOffice, faults: &[WebhookFault]) -> Vec<u64> {
        let leaving = post.accept(
            0,
            "PAY_IN",
            "p",
            "http://receiver/".to_owned(),
            b"{}".to_vec(),
            faults,
        );
        leaving.into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn one_at_a_time_leaves_for_a_url() {
        let mut post = PostOffice::default();
        for id in [accept(&mut post, &[]), accept(&mut post, &[])].concat() {
            post.make_ready(id, NOW);
        }
        assert_eq!(post.take_ready().len(), 1);
        assert!(post.take_ready().is_empty());
        assert_eq!(post.record(1, NOW, Ok(204)), None);
        assert_eq!(post.take_ready().len(), 1);
    }

    #[test]
    fn a_refused_delivery_is_tried_six_times_in_all() {
        let mut post = PostOffice::default();
        let id = accept(&mut post, &[])[0];
        for attempt in 1..=6 {
            post.make_ready(id, NOW);
            assert_eq!(post.take_ready().len(), 1);
            assert_eq!(post.record(id, NOW, Ok(500)).is_some(), attempt < 6);
        }
        assert_eq!(post.get(id).unwrap().state, State::GivenUp);
    }

    #[test]
    fn an_overtaken_delivery_leaves_after_the_next_one() {
        let mut post = PostOffice::default();
        assert!(accept(&mut post, &[WebhookFault::Overtaken]).is_empty());
        assert_eq!(accept(&mut post, &[]), [2, 1]);
    }

    #[test]
    fn a_duplicate_leaves_twice_and_a_lost_one_never() {
        let mut post = PostOffice::default();
        assert_eq!(accept(&mut post, &[WebhookFault::Duplicate]), [1, 2]);
        assert!(accept(&mut post, &[WebhookFault::Lost]).is_empty());
    }
}
