//! Follows payments with a durable inbox and a tracker: webhooks first, polls for those that do not come.
//!
//! `cargo run -p cryptopocket --features inbox-axum --example track_payments`

use std::error::Error;
use std::future::pending;
use std::time::Duration;

use cryptopocket::inbox::sqlite::SqliteStore;
use cryptopocket::inbox::tracker::{
    Change, ChangeHandler, Changed, NewObject, Object, Pace, Schedule, Tracker,
};
use cryptopocket::inbox::{Failure, Inbox, Intake};
use cryptopocket::onramp::NewPayment;
use cryptopocket::users::NewCustomer;
use cryptopocket::webhooks::Verifier;
use cryptopocket::{Asset, Client, Clock as _, Credentials, EventType, PaymentType, SystemClock};
use cryptopocket_sandbox::Sandbox;

/// Called once for each change, whichever source told it, in the transaction that records it.
struct Deliver;

impl<T: Send> ChangeHandler<T> for Deliver {
    async fn change(&self, changed: &Changed, _transaction: &mut T) -> Result<(), Failure> {
        // Write to your own tables through the transaction here.
        println!(
            "{}: {:?} by {}",
            changed.object,
            changed.change,
            changed.source.as_str()
        );
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .build()?;

    let folder = tempfile::tempdir()?;
    let inbox = Inbox::new(SqliteStore::open(folder.path().join("inbox.db")).await?);
    // The provider asks for seconds and minutes; the emulator in this process for less.
    let pace = Pace::new(Duration::from_millis(100), Duration::from_secs(1));
    let tracker = Tracker::new(inbox.clone())
        .on_change(Deliver)
        .schedule(Schedule::default().method(&PaymentType::Card, pace))
        .look_interval(Duration::from_millis(50));

    let intake = Intake::new(inbox.clone(), Verifier::new(sandbox.api_secret())?);
    let app = axum::Router::new().nest("/webhooks", cryptopocket::inbox::axum::router(intake));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhooks", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    // Nobody subscribes to COINS_SENT, as if it were lost.
    client
        .webhooks()
        .create_subscription(EventType::PayIn, url)
        .await?;

    let ada = client
        .users()
        .create_customer(NewCustomer::new("Ada", "ada@example.com"))
        .await?;
    sandbox.approve_kyc(ada.id.as_str().parse()?)?;
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let order = NewPayment::card(ada.id, "100 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
    let created = client.onramp().create_payment(order).await?;
    let payment = Object::payment(&created.payment_id);
    let new = NewObject::new(payment.clone(), SystemClock.now()).method(PaymentType::Card);
    tracker.track(new).await?;
    sandbox.pay(created.payment_id.as_str())?;

    // A service keeps the number of the latest change that it has acted on, and begins there after a restart.
    let mut feed = tracker.feed(0);
    let confirmed = async {
        loop {
            if let Change::Confirmed { state } = feed.next().await?.changed.change {
                return Ok::<_, cryptopocket::inbox::Error>(state);
            }
        }
    };
    let state = tokio::select! {
        state = confirmed => state?,
        ended = inbox.run(tracker.clone(), pending()) => return Err(format!("the worker ended: {ended:?}").into()),
        ended = tracker.run(client, pending()) => return Err(format!("the sweeper ended: {ended:?}").into()),
    };
    println!("{payment} is {} for good", state.as_str());

    let report = tracker.gaps(Duration::ZERO, 10).await?;
    println!("webhooks that never came: {:?}", report.counts);
    assert!(report.count(&EventType::CoinsSent) == 1);
    inbox.close().await;
    Ok(())
}
