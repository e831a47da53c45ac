use cryptopocket_types::{OfframpStatus, PaymentStatus};
use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating_from_unix_micros(1_764_000_000_000_000 + seconds * 1_000_000)
}

fn observe(source: Source, state: impl Into<ObjectState>, seconds: i64) -> Observation {
    Observation::new(source, state, at(seconds))
}

fn after(observations: &[Observation]) -> Tracked {
    let start = Tracked::new(ObjectKind::Payment, at(0));
    observations
        .iter()
        .fold(start, |tracked, observation| tracked.step(observation).0)
}

#[test]
fn bank_credit_moves_but_never_ends_a_payment() {
    let credit = observe(Source::Bank, PaymentStatus::PaymentReceived, 1);
    assert_eq!(after(&[credit]).state(), PaymentStatus::PaymentReceived.into());
    let ended = after(&[observe(Source::Bank, PaymentStatus::CoinsSent, 1)]);
    assert!(!ended.is_final());
    assert_eq!(ended.state(), PaymentStatus::PaymentReceived.into());
}

#[test]
fn poll_behind_a_webhook_is_told_once() {
    let webhook = observe(Source::Webhook, PaymentStatus::CoinsSent, 1);
    let poll = observe(Source::Poll, PaymentStatus::Started, 2);
    let (tracked, changes) = after(&[webhook]).step(&poll);
    let behind = Change::Behind {
        polled: PaymentStatus::Started.into(),
        announced: PaymentStatus::CoinsSent.into(),
    };
    assert_eq!(changes, [behind]);
    assert_eq!(tracked.step(&poll).1, []);
    assert_eq!(tracked.state(), PaymentStatus::PaymentReceived.into());
}

#[test]
fn unknown_status_is_told_once_and_moves_nothing() {
    let held = observe(Source::Poll, PaymentStatus::from("held"), 1);
    let (tracked, changes) = after(&[]).step(&held);
    assert_eq!(
        changes,
        [Change::Unrecognised {
            state: held.state.clone()
        }]
    );
    assert_eq!(tracked.step(&held).1, []);
    assert_eq!(tracked.state(), PaymentStatus::Started.into());
}

#[test]
fn final_object_is_never_missing() {
    let ended = after(&[observe(Source::Poll, PaymentStatus::CoinsSent, 1)]);
    let (tracked, changes) = ended.absent(at(2), Duration::ZERO);
    assert_eq!((tracked.missing_since(), changes), (None, vec![]));
}

#[test]
fn state_of_the_other_kind_is_ignored() {
    let offramp = observe(Source::Poll, OfframpStatus::Finished, 1);
    assert_eq!(after(&[]).step(&offramp).1, []);
    let payment = observe(Source::Poll, PaymentStatus::CoinsSent, 1);
    assert!(
        !Tracked::new(ObjectKind::Offramp, at(0))
            .step(&payment)
            .0
            .is_final()
    );
}

#[test]
fn offramp_is_final_when_a_poll_says_finished() {
    let webhook = observe(Source::Webhook, OfframpStatus::Finished, 1);
    let (tracked, _) = Tracked::new(ObjectKind::Offramp, at(0)).step(&webhook);
    assert_eq!(tracked.state(), OfframpStatus::CryptoReceived.into());
    let (tracked, _) = tracked.step(&observe(Source::Poll, OfframpStatus::Finished, 2));
    assert!(tracked.is_final());
    assert_eq!(tracked.state(), OfframpStatus::Finished.into());
}

#[test]
fn missing_webhooks_are_gaps_after_the_grace() {
    let grace = Duration::from_mins(1);
    let polled = after(&[observe(Source::Poll, PaymentStatus::CoinsSent, 10)]);
    assert_eq!(polled.gaps(at(69), grace), []);
    let gaps = polled.gaps(at(70), grace);
    let states: Vec<_> = gaps.iter().map(|gap| gap.state.as_str().to_owned()).collect();
    assert_eq!(states, ["payment_received", "coins_sent"]);
    let (late, _) = polled.step(&observe(Source::Webhook, PaymentStatus::PaymentReceived, 80));
    assert_eq!(late.gaps(at(90), grace).len(), 1);
    assert_eq!(after(&[]).gaps(at(9999), grace), []);
}

#[test]
fn announced_end_is_polled_at_once() {
    let pause = Duration::from_mins(5);
    assert_eq!(after(&[]).next_poll(pause), Some(at(300)));
    let webhook = observe(Source::Webhook, PaymentStatus::CoinsSent, 20);
    let announced = after(&[observe(Source::Poll, PaymentStatus::Started, 10), webhook]);
    assert_eq!(announced.next_poll(pause), Some(at(20)));
    let (behind, _) = announced.step(&observe(Source::Poll, PaymentStatus::PaymentReceived, 21));
    assert_eq!(behind.next_poll(pause), Some(at(321)));
    let (done, _) = behind.step(&observe(Source::Poll, PaymentStatus::CoinsSent, 321));
    assert_eq!(done.next_poll(pause), None);
}

fn observation() -> impl Strategy<Value = Observation> {
    let source = prop_oneof![Just(Source::Webhook), Just(Source::Poll), Just(Source::Bank)];
    let state = prop_oneof![
        Just(PaymentStatus::Started),
        Just(PaymentStatus::PendingBank),
        Just(PaymentStatus::PaymentReceived),
        Just(PaymentStatus::CoinsSent),
        Just(PaymentStatus::from("held")),
    ];
    (source, state, 0..1000_i64).prop_map(|(source, state, seconds)| observe(source, state, seconds))
}

proptest! {
    #[test]
    fn state_never_moves_back(observations in prop::collection::vec(observation(), 0..20)) {
        let mut tracked = Tracked::new(ObjectKind::Payment, at(0));
        let mut confirmations = 0;
        for observation in observations {
            let (next, changes) = tracked.step(&observation);
            prop_assert!(!next.state().is_before(&tracked.state()));
            prop_assert!(next.is_final() || !tracked.is_final());
            confirmations += changes.iter().filter(|change| matches!(change, Change::Confirmed { .. })).count();
            prop_assert_eq!(usize::from(next.is_final()), confirmations);
            if tracked.is_final() {
                let strange = |change: &Change| matches!(change, Change::Unrecognised { .. });
                prop_assert!(changes.iter().all(strange));
            }
            tracked = next;
        }
    }

    #[test]
    fn final_means_that_a_poll_said_so(observations in prop::collection::vec(observation(), 0..20)) {
        let said = observations.iter().any(|observation| {
            observation.source == Source::Poll && observation.state == PaymentStatus::CoinsSent.into()
        });
        let tracked = after(&observations);
        prop_assert_eq!(tracked.is_final(), said);
        prop_assert_eq!(tracked.state() == PaymentStatus::CoinsSent.into(), said);
    }

    #[test]
    fn order_of_observations_does_not_matter(
        (one, other) in prop::collection::vec(observation(), 0..12)
            .prop_flat_map(|observations| (Just(observations.clone()), Just(observations).prop_shuffle())),
    ) {
        let (one, other) = (after(&one), after(&other));
        prop_assert_eq!(one.state(), other.state());
        prop_assert_eq!(one.gaps(at(5000), Duration::ZERO), other.gaps(at(5000), Duration::ZERO));
        prop_assert_eq!(one.next_poll(Duration::from_secs(9)), other.next_poll(Duration::from_secs(9)));
    }
}

#[test]
fn stored_forms_are_read_back() {
    let payment = Tracked::new(ObjectKind::Payment, at(0));
    let read = Tracked::from_json(ObjectKind::Payment, &payment.to_json());
    assert_eq!(read.unwrap(), payment);
    let state = PaymentStatus::CoinsSent.into();
    let change = Change::Confirmed { state };
    assert_eq!(change.to_json(), r#"{"change":"confirmed","state":"coins_sent"}"#);
    let read = Change::from_json(ObjectKind::Payment, &change.to_json());
    assert_eq!(read.unwrap(), change);
}
