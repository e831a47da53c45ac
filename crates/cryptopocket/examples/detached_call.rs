//! Puts a deadline on a payment without losing its outcome.
//!
//! `cargo run -p cryptopocket --example detached_call`

use std::error::Error;
use std::sync::mpsc;
use std::time::Duration;

use cryptopocket::onramp::NewPayment;
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials};
use cryptopocket_sandbox::{Fault, Sandbox};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

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
    let payment = NewPayment::card(ada.id, "100 EUR".parse()?, Asset::new("USDC", "polygon"), WALLET)
        .external_id("order-4001");

    // The provider takes its time. `timeout(…, create_payment(…))` would drop the call when it is over: the payment may
    // have been created by then, and nothing would say so. A detached call goes on.
    sandbox.fail_next("create_payment", Fault::Slow(Duration::from_millis(300)));
    let (journal, entries) = mpsc::channel();
    let onramp = client.onramp().clone();
    let mut creating = client.session().detach(
        async move { onramp.create_payment(payment).await },
        // It gets the outcome even if the handle is dropped: a real program writes it to its database.
        move |outcome| {
            let entry = match outcome {
                Ok(created) => format!("order-4001 is {}", created.payment_id),
                Err(error) => format!("order-4001 failed, effect {}", error.effect()),
            };
            // Only the end of the program closes the other end.
            let _ = journal.send(entry);
        },
    );
    tokio::select! {
        outcome = &mut creating => return Err(format!("it was to take longer: {outcome:?}").into()),
        () = tokio::task::yield_now() => println!("still at work: the customer is told so"),
    }

    // The handle may be awaited again, or dropped: the journal gets its entry either way.
    let created = creating.await?;
    let entry = entries.try_recv()?;
    println!("{entry}");
    assert_eq!(entry, format!("order-4001 is {}", created.payment_id));
    assert_eq!(sandbox.payments_created(), 1);
    Ok(())
}
