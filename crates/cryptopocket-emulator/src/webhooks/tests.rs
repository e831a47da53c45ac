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
