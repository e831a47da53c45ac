//! Webhooks: signed by the emulator, verified by the SDK, whatever happens to them on the way.

use cryptopocket::webhooks::{Deduplicator, Event, EventKind, Sighting, VerifyErrorKind};
use cryptopocket::{EventType, PaymentId, PaymentStatus};
use cryptopocket_sandbox::WebhookFault;

use crate::receiver::{Receiver, verifier};
use crate::stage::{Emulated, IBAN, PATIENCE, at_once, number, usdc};

struct Subscribed {
    stage: Emulated,
    receiver: Receiver,
}

impl Subscribed {
    async fn open(to: &[EventType]) -> Option<Self> {
        let stage = Emulated::open("receiving webhooks").await?;
        let receiver = Receiver::start().await;
        for event in to {
            let url = receiver.url.as_str();
            stage
                .client
                .webhooks()
                .create_subscription(event.clone(), url)
                .await
                .unwrap();
        }
        Some(Self { stage, receiver })
    }

    async fn payments() -> Option<Self> {
        Self::open(&[EventType::PayIn, EventType::CoinsSent]).await
    }

    /// A payment by card, paid, with every webhook that is due delivered.
    async fn paid(&self) -> PaymentId {
        let user = self.stage.customer().await;
        let id = self.stage.pay_by_card(&user).await.payment_id;
        self.stage.sandbox.pay(id.as_str()).unwrap();
        self.stage.sandbox.webhooks_settled().await;
        id
    }

    fn events(&self) -> Vec<Event> {
        let verified = self.receiver.verified(&self.stage.sandbox).into_iter();
        verified.map(Result::unwrap).collect()
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.events().iter().map(Event::kind).collect()
    }
}

#[tokio::test]
async fn payments_tell_of_the_money_and_then_of_the_coins() {
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
    let shown = shop.stage.client.onramp().payment(&id).await.unwrap();
    assert_eq!(told.txid, shown.txid);
    assert_eq!(told.status, Some(PaymentStatus::CoinsSent));
}

#[tokio::test]
async fn sales_tell_of_the_coins_and_then_of_the_money() {
    let events = [EventType::CryptoReceived, EventType::TransferRampoffFinished];
    let Some(shop) = Subscribed::open(&events).await else {
        return;
    };
    let user = shop.stage.customer().await;
    let coins = usdc().amount("20".parse().unwrap());
    let payout = cryptopocket::offramp::NewOfframp::to_iban(user, coins, IBAN.parse().unwrap());
    let created = shop.stage.client.offramp().create_offramp(payout).await.unwrap();
    let id = number(created.id.as_str());
    shop.stage.sandbox.deposit_crypto(id, None).unwrap();
    shop.stage.sandbox.webhooks_settled().await;
    assert_eq!(
        shop.kinds(),
        [EventKind::CryptoReceived, EventKind::OfframpFinished]
    );
    assert!(shop.events().iter().all(|event| event.offramp().is_some()));
}

#[tokio::test]
async fn a_duplicate_is_handled_once() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.stage.sandbox.fail_next_webhook("*", WebhookFault::Duplicate);
    shop.paid().await;
    let mut seen = Deduplicator::new(100);
    let sightings: Vec<_> = shop.events().iter().map(|event| seen.observe(event)).collect();
    assert_eq!(sightings, [Sighting::New, Sighting::Duplicate, Sighting::New]);
}

#[tokio::test]
async fn one_that_was_overtaken_does_not_set_the_state_back() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.stage
        .sandbox
        .fail_next_webhook("PAY_IN", WebhookFault::Overtaken);
    shop.paid().await;
    assert_eq!(shop.kinds(), [EventKind::CoinsSent, EventKind::PayIn]);
    let late = &shop.events()[1];
    assert!(late.is_stale_after(PaymentStatus::CoinsSent));
}

#[tokio::test]
async fn a_late_one_still_verifies_for_it_is_signed_when_it_leaves() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    let late = std::time::Duration::from_secs(3_600);
    shop.stage
        .sandbox
        .fail_next_webhook("PAY_IN", WebhookFault::Late(late));
    shop.paid().await;
    assert_eq!(shop.kinds(), [EventKind::CoinsSent]);
    shop.stage.sandbox.advance(late);
    shop.stage.sandbox.webhooks_settled().await;
    assert_eq!(shop.kinds(), [EventKind::CoinsSent, EventKind::PayIn]);
}

#[tokio::test]
async fn a_changed_body_and_a_clock_that_is_off_are_refused_and_told_apart() {
    for (fault, kind) in [
        (WebhookFault::Corrupt, VerifyErrorKind::SignatureMismatch),
        (WebhookFault::Skew(-900), VerifyErrorKind::TooOld),
        (WebhookFault::Skew(900), VerifyErrorKind::TooNew),
    ] {
        let Some(shop) = Subscribed::payments().await else {
            return;
        };
        shop.stage.sandbox.fail_next_webhook("COINS_SENT", fault);
        shop.paid().await;
        let verified = shop.receiver.verified(&shop.stage.sandbox);
        assert!(verified[0].is_ok(), "{fault:?}: the other one is good");
        assert_eq!(verified[1].as_ref().unwrap_err().kind(), kind, "{fault:?}");
    }
}

#[tokio::test]
async fn a_lost_one_is_made_up_for_by_looking() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.stage
        .sandbox
        .fail_next_webhook("COINS_SENT", WebhookFault::Lost);
    let id = shop.paid().await;
    assert_eq!(shop.kinds(), [EventKind::PayIn]);
    let wait = shop.stage.client.onramp().wait_payment(&id).schedule(at_once());
    assert_eq!(
        wait.max_wait(PATIENCE).await.unwrap().status,
        PaymentStatus::CoinsSent
    );
}

#[tokio::test]
async fn one_signed_for_another_integration_is_refused() {
    let Some(shop) = Subscribed::payments().await else {
        return;
    };
    shop.paid().await;
    let (_, secret) = shop.stage.sandbox.add_integration();
    let other = cryptopocket::webhooks::Verifier::new(secret).unwrap();
    for delivery in shop.receiver.all() {
        let refused = delivery.verified_by(&other).unwrap_err();
        assert_eq!(refused.kind(), VerifyErrorKind::SignatureMismatch);
        delivery.verified_by(&verifier(&shop.stage.sandbox)).unwrap();
    }
}

#[tokio::test]
async fn a_subscription_can_be_moved_to_another_address() {
    let Some(shop) = Subscribed::open(&[EventType::PayIn]).await else {
        return;
    };
    let elsewhere = Receiver::start().await;
    let url = elsewhere.url.as_str();
    shop.stage
        .client
        .webhooks()
        .update_subscription(EventType::PayIn, url)
        .await
        .unwrap();
    shop.paid().await;
    assert_eq!((shop.receiver.all().len(), elsewhere.all().len()), (0, 1));
}
