//! Payments that are created once, against the emulated provider.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::inbox::journal::Journal;
use cryptopocket::inbox::sqlite::SqliteStore;
use cryptopocket::inbox::{ErrorKind, Inbox};
use cryptopocket::once::{PaymentOnce, create_payment_once};
use cryptopocket::onramp::{NewPayment, NextStep};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, ErrorCode, RetryPolicy, UserId};
use cryptopocket_sandbox::{Fault, Sandbox};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

struct Stage {
    sandbox: Sandbox,
    client: Client,
    customer: UserId,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn open() -> Self {
        let sandbox = Sandbox::builder().seed(1).start().await.unwrap();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
            .retry(RetryPolicy::default().attempts(2))
            .build()
            .unwrap();
        let customer = client
            .users()
            .create_customer(NewCustomer::new("Ada", "ada@example.com"))
            .await
            .unwrap()
            .id;
        sandbox.approve_kyc(customer.as_str().parse().unwrap()).unwrap();
        Self {
            sandbox,
            client,
            customer,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The journal as a process that starts now finds it.
    async fn journal(&self) -> Journal<Inbox<SqliteStore>> {
        let store = SqliteStore::open(self.folder.path().join("inbox.db"))
            .await
            .unwrap();
        Journal::new(Inbox::new(store)).grace(Duration::ZERO)
    }

    fn transfer(&self, amount: &str) -> NewPayment {
        let asset = Asset::new("USDC", "polygon");
        NewPayment::transfer(self.customer.clone(), amount.parse().unwrap(), asset, WALLET)
    }

    async fn create(&self, key: &str) -> PaymentOnce {
        let journal = self.journal().await;
        create_payment_once(&journal, &self.client, key, self.transfer("240 EUR"))
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn transfer_details_survive_a_restart() {
    let stage = Stage::open().await;
    let PaymentOnce::Done(first) = stage.create("order-1").await else {
        panic!("not created")
    };
    assert!(matches!(first.next, NextStep::BankTransfer(_)));
    assert_eq!(stage.create("order-1").await, PaymentOnce::Done(first));
    assert_eq!(stage.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn lost_answer_is_recovered_and_never_resent() {
    let stage = Stage::open().await;
    stage.sandbox.fail_next("create_payment", Fault::DropAfter);
    let lost = stage.create("order-1").await;
    assert!(matches!(lost, PaymentOnce::Pending { .. }), "{lost:?}");
    let PaymentOnce::Recovered(payment) = stage.create("order-1").await else {
        panic!("not recovered")
    };
    assert_eq!(payment.external_id.to_string(), "order-1");
    assert_eq!(stage.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn lost_request_is_sent_again_after_the_proof() {
    let stage = Stage::open().await;
    stage.sandbox.fail_next("create_payment", Fault::DropBefore);
    // One process: another one would count half of the hold first, for which this one may be sending.
    let journal = stage.journal().await;
    let create =
        async || create_payment_once(&journal, &stage.client, "order-1", stage.transfer("240 EUR")).await;
    let lost = create().await.unwrap();
    assert!(matches!(lost, PaymentOnce::Pending { .. }), "{lost:?}");
    let created = create().await.unwrap();
    assert!(matches!(created, PaymentOnce::Done(_)), "{created:?}");
    assert_eq!(stage.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn refusal_stays_and_wrong_input_is_not_sent() {
    let stage = Stage::open().await;
    let journal = Arc::new(stage.journal().await);
    let client = &stage.client;
    let create = async |key, amount| create_payment_once(&journal, client, key, stage.transfer(amount)).await;
    let refused = create("order-1", "0.01 EUR").await.unwrap();
    assert!(matches!(refused, PaymentOnce::Refused { .. }), "{refused:?}");
    assert_eq!(create("order-1", "0.01 EUR").await.unwrap(), refused);
    let other = create("order-1", "240 EUR").await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::KeyReused);
    let other = create("order-1", "0 EUR").await.unwrap_err();
    assert_eq!(
        other.kind(),
        ErrorKind::KeyReused,
        "what was sent is not judged by its input"
    );
    let wrong = create("order-2", "0 EUR").await.unwrap();
    assert!(matches!(wrong, PaymentOnce::NotSent { .. }), "{wrong:?}");
    assert!(matches!(
        create("", "240 EUR").await,
        Ok(PaymentOnce::NotSent { .. }) | Err(_)
    ));
    assert_eq!(stage.sandbox.payments_created(), 0);
    assert!(
        journal.entry("order-2").await.unwrap().is_none(),
        "the key is free"
    );
    assert!(journal.entry("").await.unwrap().is_none());
    let right = create("order-2", "240 EUR").await.unwrap();
    assert!(matches!(right, PaymentOnce::Done(_)), "{right:?}");
}

/// The only answer to the only call.
async fn raw_answer(journal: &Journal<Inbox<SqliteStore>>) -> String {
    let [raw] = <[_; 1]>::try_from(journal.raw_answers("order-1").await.unwrap()).unwrap();
    String::from_utf8(raw.body.bytes).unwrap()
}

#[tokio::test]
async fn raw_answer_is_kept_until_the_payment_is_final() {
    let stage = Stage::open().await;
    let PaymentOnce::Done(created) = stage.create("order-1").await else {
        panic!("not created")
    };
    let journal = stage.journal().await;
    let entry = journal.entry("order-1").await.unwrap().unwrap();
    let raw = raw_answer(&journal).await;
    let transfer = created.next.bank_transfer().unwrap();
    assert!(raw.contains("payment_created") && raw.contains(transfer.iban.reveal()));
    assert!(!format!("{entry:?}").contains(transfer.iban.reveal()));

    assert_eq!(journal.finish(created.payment_id.as_str()).await.unwrap(), 1);
    assert_eq!(journal.raw_answers("order-1").await.unwrap(), []);
    assert_eq!(stage.create("order-1").await, PaymentOnce::Done(created.clone()));

    assert_eq!(journal.erase(Duration::ZERO).await.unwrap(), 1);
    let named = PaymentOnce::Named {
        id: created.payment_id.to_string(),
    };
    assert_eq!(stage.create("order-1").await, named);
    assert_eq!(stage.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn refused_answer_is_kept_too() {
    let stage = Stage::open().await;
    let journal = stage.journal().await;
    let order = stage.transfer("0.01 EUR");
    let refused = create_payment_once(&journal, &stage.client, "order-1", order).await;
    assert!(matches!(refused, Ok(PaymentOnce::Refused { .. })), "{refused:?}");
    let raw = raw_answer(&journal).await;
    assert!(raw.contains("min_purchase"), "{raw}");
}

#[tokio::test]
async fn every_created_payment_can_be_tracked() {
    use cryptopocket::inbox::tracker::{NewObject, Object, Tracker};

    let stage = Stage::open().await;
    let done = stage.create("order-1").await;
    stage.sandbox.fail_next("create_payment", Fault::DropAfter);
    let pending = stage.create("order-2").await;
    assert_eq!(pending.payment_id(), None);
    let recovered = stage.create("order-2").await;
    assert!(matches!(recovered, PaymentOnce::Recovered(_)), "{recovered:?}");

    let journal = stage.journal().await;
    let id = done.payment_id().unwrap();
    journal.finish(id.as_str()).await.unwrap();
    journal.erase(Duration::ZERO).await.unwrap();
    let named = stage.create("order-1").await;
    assert!(matches!(named, PaymentOnce::Named { .. }), "{named:?}");
    assert_eq!(named.payment_id(), Some(id));

    let store = SqliteStore::open(stage.folder.path().join("inbox.db"))
        .await
        .unwrap();
    let tracker = Tracker::new(Inbox::new(store));
    let at = "2026-04-08T10:00:00Z".parse().unwrap();
    for (once, is_new) in [(done, true), (recovered, true), (named, false)] {
        let payment = Object::payment(once.payment_id().unwrap());
        assert_eq!(tracker.track(NewObject::new(payment, at)).await.unwrap(), is_new);
    }
}

#[tokio::test]
async fn refusal_keeps_code_and_form_after_a_restart() {
    let stage = Stage::open().await;
    let eve = NewCustomer::new("Eve", "eve@example.com");
    let eve = stage.client.users().create_customer(eve).await.unwrap().id;
    let order = || {
        let mut order = stage.transfer("240 EUR");
        order.user_id = eve.clone();
        order
    };
    let create = async |journal: &Journal<_>, key| {
        create_payment_once(journal, &stage.client, key, order())
            .await
            .unwrap()
    };
    let PaymentOnce::Refused(first) = create(&stage.journal().await, "order-1").await else {
        panic!("not refused")
    };
    assert_eq!(first.code, Some(ErrorCode::RequireKyc));
    assert_eq!(first.advice.as_ref().unwrap().id(), "require_kyc");
    let form = first.verification_url.as_ref().unwrap();
    assert!(raw_answer(&stage.journal().await).await.contains("require_kyc"));
    assert!(form.expose().starts_with("http"));
    assert!(!format!("{first:?}").contains(form.expose()), "{first:?}");

    let journal = stage.journal().await;
    assert_eq!(
        create(&journal, "order-1").await,
        PaymentOnce::Refused(first.clone())
    );
    // The cause is gone: the key is spent, and a new one works.
    stage.sandbox.approve_kyc(eve.as_str().parse().unwrap()).unwrap();
    let again = create(&journal, "order-1").await;
    assert_eq!(again, PaymentOnce::Refused(first.clone()));
    assert!(matches!(create(&journal, "order-1b").await, PaymentOnce::Done(_)));
    assert_eq!(stage.sandbox.payments_created(), 1);

    assert_eq!(journal.erase(Duration::ZERO).await.unwrap(), 1);
    let PaymentOnce::Refused(erased) = create(&journal, "order-1").await else {
        panic!("not refused")
    };
    assert_eq!(erased.reason, first.reason);
    assert_eq!((&erased.code, &erased.verification_url), (&None, &None));
}

#[cfg(feature = "inbox-encryption")]
#[tokio::test]
async fn form_of_a_refusal_is_sealed() {
    use cryptopocket::inbox::{BodyKey, Keyring};

    let stage = Stage::open().await;
    let eve = NewCustomer::new("Eve", "eve@example.com");
    let mut order = stage.transfer("240 EUR");
    order.user_id = stage.client.users().create_customer(eve).await.unwrap().id;
    let create = async |journal: &Journal<_>| {
        let once = create_payment_once(journal, &stage.client, "order-1", order.clone());
        let PaymentOnce::Refused(refusal) = once.await.unwrap() else {
            panic!("not refused")
        };
        *refusal
    };
    let keyring = Keyring::new(BodyKey::new(1, &[1; 32]));
    let first = create(&stage.journal().await.keyring(keyring.clone())).await;
    let form = first.verification_url.clone().unwrap();
    // Without the slashes, which JSON may escape.
    let token = form.expose().rsplit('/').next().unwrap();
    let journal = stage.journal().await.keyring(keyring.clone());
    assert!(token.len() > 5 && raw_answer(&journal).await.contains(token));
    for file in std::fs::read_dir(stage.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()));
    }
    assert_eq!(create(&stage.journal().await.keyring(keyring)).await, first);
    // Without the key it is refused all the same.
    let closed = create(&stage.journal().await).await;
    assert_eq!((closed.reason, closed.verification_url), (first.reason, None));
}
