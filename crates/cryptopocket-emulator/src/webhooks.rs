//! The queue of outgoing webhooks: deliveries, attempts and retries. It sends nothing itself.

mod delivery;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

pub use delivery::{Answer, Attempt, Delivery, DeliveryState, Webhook};
use delivery::{SIGNATURE, TIMESTAMP};

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

#[cfg(test)]
mod tests {
    use super::{Answer, Delivery, DeliveryState, Webhook, WebhookQueue};
    use crate::faults::WebhookFault;
    use crate::moment::Moment;
    use crate::timers::Due;

    const NOW: Moment = Moment::from_micros(0);

    fn accept(queue: &mut WebhookQueue, faults: &[WebhookFault]) -> Vec<u64> {
        let delivery = Delivery::new(0, "PAY_IN", "p".to_owned(), "http://receiver/", "{}".to_owned());
        let due = queue.accept(delivery, faults).into_iter();
        let attempt = |(due, _)| {
            if let Due::Attempt(id) = due {
                Some(id)
            } else {
                None
            }
        };
        due.filter_map(attempt).collect()
    }

    fn record(queue: &mut WebhookQueue, delivery: &Delivery, status: u16) -> bool {
        let webhook = Webhook::sign(delivery, ("key", "secret"), 0, 0);
        let answer: Answer = Ok((status, String::new()));
        queue.record(&webhook, NOW, answer).is_some()
    }

    #[test]
    fn one_webhook_at_a_time_leaves_for_a_url() {
        let mut queue = WebhookQueue::default();
        for id in [accept(&mut queue, &[]), accept(&mut queue, &[])].concat() {
            queue.make_ready(id, NOW);
        }
        let first = queue.take_ready();
        assert_eq!(first.len(), 1);
        assert!(queue.take_ready().is_empty());
        assert!(!record(&mut queue, &first[0], 204));
        assert_eq!(queue.take_ready().len(), 1);
    }

    #[test]
    fn refused_delivery_is_tried_six_times() {
        let mut queue = WebhookQueue::default();
        let id = accept(&mut queue, &[])[0];
        for attempt in 1..=6 {
            queue.make_ready(id, NOW);
            let leaving = queue.take_ready();
            assert_eq!(leaving.len(), 1);
            assert_eq!(record(&mut queue, &leaving[0], 500), attempt < 6);
        }
        assert_eq!(queue.deliveries.get(&id).unwrap().state, DeliveryState::GivenUp);
    }

    #[test]
    fn delivery_sent_again_counts_once() {
        let mut queue = WebhookQueue::default();
        let id = accept(&mut queue, &[])[0];
        for _ in 0..3 {
            queue.make_ready(id, NOW);
            // As a second timer would.
            queue.make_ready(id, NOW);
            let leaving = queue.take_ready();
            assert!(!record(&mut queue, &leaving[0], 204));
            assert_eq!((leaving.len(), queue.finished), (1, 1));
            assert!(queue.take_ready().is_empty());
        }
    }

    #[test]
    fn overtaken_delivery_leaves_after_the_next() {
        let mut queue = WebhookQueue::default();
        assert!(accept(&mut queue, &[WebhookFault::Overtaken]).is_empty());
        assert_eq!(accept(&mut queue, &[]), [2, 1]);
    }

    #[test]
    fn duplicate_leaves_twice_and_lost_never() {
        let mut queue = WebhookQueue::default();
        assert_eq!(accept(&mut queue, &[WebhookFault::Duplicate]), [1, 2]);
        assert!(accept(&mut queue, &[WebhookFault::Lost]).is_empty());
    }
}
