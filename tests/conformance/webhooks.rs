//! Webhooks: signed by the emulator, verified by the SDK, with delivery faults.

use cryptopocket::webhooks::{Deduplicator, Event, EventKind, Sighting, VerifyErrorKind};
use cryptopocket::{EventType, PaymentId, PaymentStatus};
use cryptopocket_sandbox::WebhookFault;

use crate::receiver::{Receiver, verifier};
use crate::target::{Emulated, IBAN, PATIENCE, at_once, number, usdc};

struct Subscribed {
    target: Emulated,
    receiver: Receiver,
}

impl Subscribed {
    async fn open(to: &[EventType]) -> Option<Self> {
        let target = Emulated::open("receiving webhooks").await?;
        let receiver = Receiver::start().await;
        for event in to {
            let url = receiver.url.as_str();
            target
                .client
                .webhooks()
                .create_subscription(event.clone(), url)
                .await
                .unwrap();
        }
        Some(Self { target, receiver })
    }

    async fn payments() -> Option<Self> {
        Self::open(&[EventType::PayIn, EventType::CoinsSent]).await
    }

    /// A paid card payment with all due webhooks delivered.
    async fn paid(&self) -> PaymentId {
        let user = self.target.customer().await;
        let id = self.target.pay_by_card(&user).await.payment_id;
        self.target.sandbox.pay(id.as_str()).unwrap();
        self.target.sandbox.webhooks_settled().await;
        id
    }

    fn events(&self) -> Vec<Event> {
        let verified = self.receiver.verified(&self.target.sandbox).into_iter();
        verified.map(Result::unwrap).collect()
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.events().iter().map(Event::kind).collect()
    }
}

#[tokio::test]
async fn payment_events_come_in_order() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    let id = shop.paid().await;
    let events = shop.events();
    assert_eq!(shop.kinds(), [EventKind::PayIn, EventKind::CoinsSent]);
    for event in &events {
        assert_eq!(event.object_id().as_deref(), Some(id.as_str()));
    }
    let told = events[1].payment().unwrap();
    let shown = shop.target.client.onramp().payment(&id).await.unwrap();
    assert_eq!(shown.txid, told.txid);
    assert_eq!(told.status, Some(PaymentStatus::CoinsSent));
}

#[tokio::test]
async fn offramp_events_come_in_order() {
    let events = [EventType::CryptoReceived, EventType::TransferRampoffFinished];
    let Some(shop) = Subscribed::open(&events).await else {
        return;
    };
    let user = shop.target.customer().await;
    let coins = usdc().amount("20".parse().unwrap());
    let payout = cryptopocket::offramp::NewOfframp::to_iban(user, coins, IBAN.parse().unwrap());
    let created = shop.target.client.offramp().create_offramp(payout).await.unwrap();
    let id = number(created.id.as_str());
    shop.target.sandbox.deposit_crypto(id, None).unwrap();
    shop.target.sandbox.webhooks_settled().await;
    assert_eq!(
        shop.kinds(),
        [EventKind::CryptoReceived, EventKind::OfframpFinished]
    );
    assert!(shop.events().iter().all(|event| event.offramp().is_some()));
}

#[tokio::test]
async fn duplicate_delivery_is_handled_once() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.target
        .sandbox
        .fail_next_webhook("*", WebhookFault::Duplicate);
    shop.paid().await;
    let mut seen = Deduplicator::new(100);
    let sightings: Vec<_> = shop.events().iter().map(|event| seen.observe(event)).collect();
    assert_eq!(sightings, [Sighting::New, Sighting::Duplicate, Sighting::New]);
}

#[tokio::test]
async fn late_event_does_not_revert_the_state() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.target
        .sandbox
        .fail_next_webhook("PAY_IN", WebhookFault::Overtaken);
    shop.paid().await;
    assert_eq!(shop.kinds(), [EventKind::CoinsSent, EventKind::PayIn]);
    let late = &shop.events()[1];
    assert!(late.is_stale_after(PaymentStatus::CoinsSent));
}

#[tokio::test]
async fn late_webhook_verifies_by_its_send_time() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    let late = std::time::Duration::from_hours(1);
    shop.target
        .sandbox
        .fail_next_webhook("PAY_IN", WebhookFault::Late(late));
    shop.paid().await;
    assert_eq!(shop.kinds(), [EventKind::CoinsSent]);
    shop.target.sandbox.advance(late);
    shop.target.sandbox.webhooks_settled().await;
    assert_eq!(shop.kinds(), [EventKind::CoinsSent, EventKind::PayIn]);
}

#[tokio::test]
async fn changed_body_and_clock_skew_are_distinguished() {
    for (fault, kind) in [
        (WebhookFault::Corrupt, VerifyErrorKind::SignatureMismatch),
        (WebhookFault::Skew(-900), VerifyErrorKind::TooOld),
        (WebhookFault::Skew(900), VerifyErrorKind::TooNew),
    ] {
        let Some(shop) = Subscribed::payments().await else {
            return;
        };
        shop.target.sandbox.fail_next_webhook("COINS_SENT", fault);
        shop.paid().await;
        let verified = shop.receiver.verified(&shop.target.sandbox);
        assert!(verified[0].is_ok(), "{fault:?}: the other one is good");
        assert_eq!(verified[1].as_ref().unwrap_err().kind(), kind, "{fault:?}");
    }
}

#[tokio::test]
async fn lost_webhook_is_replaced_by_polling() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.target
        .sandbox
        .fail_next_webhook("COINS_SENT", WebhookFault::Lost);
    let id = shop.paid().await;
    assert_eq!(shop.kinds(), [EventKind::PayIn]);
    let wait = shop.target.client.onramp().wait_payment(&id).schedule(at_once());
    assert_eq!(
        wait.max_wait(PATIENCE).await.unwrap().status,
        PaymentStatus::CoinsSent
    );
}

#[tokio::test]
async fn webhook_of_another_integration_is_refused() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.paid().await;
    let (_, secret) = shop.target.sandbox.add_integration();
    let other = cryptopocket::webhooks::Verifier::new(secret).unwrap();
    for delivery in shop.receiver.all() {
        let refused = delivery.verified_by(&other).unwrap_err();
        assert_eq!(refused.kind(), VerifyErrorKind::SignatureMismatch);
        delivery.verified_by(&verifier(&shop.target.sandbox)).unwrap();
    }
}

#[tokio::test]
async fn subscription_address_can_be_changed() {
    let Some(shop) = Subscribed::open(&[EventType::PayIn]).await else {
        return;
    };
    let elsewhere = Receiver::start().await;
    let url = elsewhere.url.as_str();
    shop.target
        .client
        .webhooks()
        .update_subscription(EventType::PayIn, url)
        .await
        .unwrap();
    shop.paid().await;
    assert_eq!((shop.receiver.all().len(), elsewhere.all().len()), (0, 1));
}
