//! The tracker against the emulated provider.

#![allow(clippy::unwrap_used, reason = "a failure shows where it is")]

use std::time::Duration;

use cryptopocket::inbox::Inbox;
use cryptopocket::inbox::sqlite::SqliteStore;
use cryptopocket::inbox::tracker::{Change, NewObject, Object, Pace, Poll as _, Polled, Schedule, Tracker};
use cryptopocket::offramp::NewOfframp;
use cryptopocket::onramp::NewPayment;
use cryptopocket::users::NewCustomer;
use cryptopocket::{
    Asset, Client, Clock as _, Credentials, PaymentId, RetryPolicy, SystemClock, UserId, tracking,
};
use cryptopocket_core::testing::{Answer, ScriptedSession};
use cryptopocket_inbox::testing::MemoryStore;
use cryptopocket_sandbox::{Fault, Sandbox};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

struct Stage {
    sandbox: Sandbox,
    client: Client,
    customer: UserId,
    tracker: Tracker<SqliteStore>,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn open() -> Self {
        let sandbox = Sandbox::builder().seed(1).start().await.unwrap();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
            .retry(RetryPolicy::default().attempts(1))
            .build()
            .unwrap();
        let ada = NewCustomer::new("Ada", "ada@example.com");
        let customer = client.users().create_customer(ada).await.unwrap().id;
        sandbox.approve_kyc(customer.as_str().parse().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("inbox.db")).await.unwrap();
        let pace = Pace::new(Duration::from_millis(100), Duration::from_millis(100));
        let schedule = Schedule::default().other_payments(pace).offramps(pace);
        Self {
            sandbox,
            client,
            customer,
            tracker: Tracker::new(Inbox::new(store)).schedule(schedule),
            _folder: folder,
        }
    }

    async fn pay(&self) -> PaymentId {
        let asset = Asset::new("USDC", "polygon");
        let order = NewPayment::card(self.customer.clone(), "100 EUR".parse().unwrap(), asset, WALLET);
        self.client
            .onramp()
            .create_payment(order)
            .await
            .unwrap()
            .payment_id
    }

    /// Polls everything once, due or not.
    async fn poll(&self) -> u64 {
        self.tracker.restored().await.unwrap();
        self.tracker.run_until_idle(&self.client).await.unwrap()
    }
}

#[tokio::test]
async fn payment_is_confirmed_by_its_get() {
    let stage = Stage::open().await;
    let id = stage.pay().await;
    let new = NewObject::new(Object::payment(&id), SystemClock.now());
    assert!(stage.tracker.track(new).await.unwrap());
    assert_eq!(stage.poll().await, 1);
    stage.sandbox.pay(id.as_str()).unwrap();
    stage.sandbox.advance(Duration::from_hours(1));
    stage.poll().await;
    let told = stage.tracker.changes(0, 9).await.unwrap();
    assert!(
        matches!(told.last().unwrap().changed.change, Change::Confirmed { .. }),
        "{told:?}"
    );
    assert_eq!(stage.poll().await, 0);
}

#[tokio::test]
async fn unknown_ids_are_missing_and_failures_are_not() {
    let stage = Stage::open().await;
    for object in [
        Object::payment("nosuchpayment000000000000"),
        Object::offramp("999999"),
    ] {
        assert_eq!(stage.client.poll(&object).await, Polled::Missing, "{object}");
    }
    let id = stage.pay().await;
    stage.sandbox.fail_next("get_payment", Fault::DropBefore);
    let failed = stage.client.poll(&Object::payment(&id)).await;
    assert!(matches!(
        failed,
        Polled::Failed {
            retry_after: None,
            ..
        }
    ));
    assert!(matches!(
        stage.client.poll(&Object::payment(&id)).await,
        Polled::State(_)
    ));
}

#[tokio::test]
async fn bare_404_is_no_proof_of_a_missing_object() {
    for body in ["<html>no route</html>", "{}", r#"{"message":"Not Found"}"#] {
        let test = ScriptedSession::new().then("get_payment", [Answer::reply(404, body)]);
        let polled = Client::from(test.session).poll(&Object::payment("p1")).await;
        assert!(matches!(polled, Polled::Failed { .. }), "{body}: {polled:?}");
    }
}

#[tokio::test]
async fn unknown_user_is_no_missing_payment() {
    let test = ScriptedSession::new().then("get_payment", [Answer::error_code("user_not_found")]);
    let polled = Client::from(test.session).poll(&Object::payment("p1")).await;
    assert!(matches!(polled, Polled::Failed { .. }), "{polled:?}");
}

#[tokio::test]
async fn list_that_may_lack_a_payment_is_an_error() {
    let payment = r#"{"id":"p-1","user_id":"7","status":"started","created_at":"2026-06-19T16:02:11Z"}"#;
    for rows in [payment.to_owned(), format!(r#"{payment},{{"status":"started"}}"#)] {
        let list = format!(
            r#"{{"status":"ok","data":[{rows}],"pagination":{{"current_page":1,"per_page":25,"last_page":1,"total":2}}}}"#
        );
        let offramps = r#"{"status":"ok","data":[{"id":"o-1","status":"started"}],"pagination":{"current_page":1,"per_page":25,"last_page":1,"total":1}}"#;
        let test = ScriptedSession::new()
            .always("list_payments", &list)
            .always("list_offramps", offramps);
        let tracker = Tracker::new(Inbox::new(MemoryStore::new()));
        let client = Client::from(test.session);
        let since = "2026-06-18".parse().unwrap();
        let listed = tracking::track_listed(&tracker, &client, since, SystemClock.now()).await;
        assert!(
            matches!(listed, Err(tracking::TrackError::Unproven(_))),
            "{rows}: {listed:?}"
        );
        let row = tracker.object(&Object::payment("p-1")).await.unwrap();
        assert!(row.is_some(), "what is listed is tracked");
        let row = tracker.object(&Object::offramp("o-1")).await.unwrap();
        assert!(row.is_some(), "the other list is read too");
    }
}

#[tokio::test]
async fn objects_of_the_lost_time_are_found_in_the_lists() {
    let stage = Stage::open().await;
    let known = stage.pay().await;
    let now = SystemClock.now();
    stage
        .tracker
        .track(NewObject::new(Object::payment(&known), now))
        .await
        .unwrap();
    stage.pay().await;
    let coins = Asset::new("USDC", "polygon").amount("20".parse().unwrap());
    let iban = "ES91 2100 0418 4502 0005 1332".parse().unwrap();
    let sale = NewOfframp::to_iban(stage.customer.clone(), coins, iban);
    stage.client.offramp().create_offramp(sale).await.unwrap();
    let list = async |since: &str| {
        let since = since.parse().unwrap();
        tracking::track_listed(&stage.tracker, &stage.client, since, now)
            .await
            .unwrap()
    };
    assert_eq!(
        list("2999-01-01").await,
        1,
        "the off-ramp, whose list has no days"
    );
    assert_eq!(list("2020-01-01").await, 1);
    assert_eq!(list("2020-01-01").await, 0);
    assert_eq!(stage.poll().await, 3);
}
