//! Waits for a payment, stores what is needed, and resumes the wait in another process.
//!
//! `cargo run -p cryptopocket --example wait_and_resume`

use std::error::Error;
use std::time::Duration;

use cryptopocket::onramp::NewPayment;
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, ErrorKind, PaymentId, PaymentStatus, Schedule};
use cryptopocket_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .build()?;
    let ada = client
        .users()
        .create_customer(NewCustomer::new("Ada", "ada@example.com"))
        .await?;
    sandbox.approve_kyc(ada.id.as_str().parse()?)?;
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let order = NewPayment::card(ada.id, "100 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
    let created = client.onramp().create_payment(order).await?;

    // The wait ends at its limit; the error holds the last state that was seen.
    let pace = Schedule::every(Duration::from_millis(20));
    let outcome = client
        .onramp()
        .wait_payment(&created.payment_id)
        .schedule(pace)
        .max_wait(Duration::from_millis(60))
        .await;
    match outcome {
        Err(error) if error.kind() == ErrorKind::WaitTimeout => {
            println!("{error}; last state {:?}", error.last_state());
        }
        other => return Err(format!("nobody has paid yet: {other:?}").into()),
    }

    // All that a wait needs is the id. After a restart, read it from your database.
    let stored = serde_json::to_string(&created)?;
    let id: PaymentId = serde_json::from_str::<cryptopocket::onramp::CreatedPayment>(&stored)?.payment_id;

    sandbox.pay(id.as_str())?;
    let mut wait = client
        .onramp()
        .wait_payment(&id)
        .until(PaymentStatus::PaymentReceived)
        .max_wait(Duration::from_secs(600));
    // The handler of your webhooks calls `wake()`: the wait then polls at once.
    wait.wake_handle().wake();
    while let Some(payment) = wait.next().await {
        println!("now {}", payment?.status);
    }
    Ok(())
}
