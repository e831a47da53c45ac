//! Handles a refusal, and recovers a payment whose answer was lost.
//!
//! `cargo run -p cryptopocket --example errors_and_recovery`

use std::error::Error;

use cryptopocket::onramp::{NewPayment, Recovery};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, Effect, ErrorCode, Money, RetryPolicy};
use cryptopocket_sandbox::{Fault, Sandbox};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .retry(RetryPolicy::default().attempts(3))
        .build()?;
    let ada = client
        .users()
        .create_customer(NewCustomer::new("Ada", "ada@example.com"))
        .await?;
    let spend: Money = "100 EUR".parse()?;
    let order = |external_id: &str| {
        NewPayment::card(ada.id.clone(), spend, Asset::new("USDC", "polygon"), WALLET)
            .external_id(external_id)
    };

    // A refusal: the code says why, and the effect says that nothing was done.
    let Err(refused) = client.onramp().create_payment(order("order-3001")).await else {
        return Err("a customer without identity check cannot buy".into());
    };
    assert_eq!(refused.code(), Some(&ErrorCode::RequireKyc));
    assert_eq!(refused.effect(), Effect::NotDone);
    println!("{refused}: {}", refused.advice());

    // A lost answer: the provider has created the payment, and the connection breaks before it says so.
    sandbox.approve_kyc(ada.id.as_str().parse()?)?;
    sandbox.fail_next("create_payment", Fault::DropAfter);
    let Err(lost) = client.onramp().create_payment(order("order-3002")).await else {
        return Err("the answer was lost".into());
    };
    assert_eq!(lost.effect(), Effect::Unknown);
    assert_eq!(settle(&client, &lost).await?, Settled::Exists);
    assert_eq!(sandbox.payments_created(), 1, "nothing was sent twice");
    Ok(())
}

/// What a failed creation left behind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// There is no such payment: it may be created again.
    Absent,
    /// It exists: it must not be created again.
    Exists,
    /// A person must look.
    Unclear,
}

/// Finds out whether a payment whose creation failed exists.
///
/// It has an arm for each effect and none for the rest, so that no effect is taken for another one.
pub(crate) async fn settle(client: &Client, failed: &cryptopocket::Error) -> cryptopocket::Result<Settled> {
    match failed.effect() {
        Effect::NotSent | Effect::NotDone => Ok(Settled::Absent),
        // The provider said that it created the payment. That the list does not show it yet is no reason to create it
        // again: `recover_from` fails then.
        Effect::Done => match client.onramp().recover_from(failed).await? {
            Recovery::One(payment) => {
                println!("it was created: {} is {}", payment.id, payment.status);
                Ok(Settled::Exists)
            }
            Recovery::None | Recovery::Many(_) => Ok(Settled::Unclear),
        },
        // Never create it again before it was looked up by its external id. The lost request may still be at work, so
        // `recover_from` says `Recovery::None` only after the session's grace period.
        Effect::Unknown => match client.onramp().recover_from(failed).await? {
            Recovery::One(payment) => {
                println!("it exists: {} is {}", payment.id, payment.status);
                Ok(Settled::Exists)
            }
            Recovery::None => Ok(Settled::Absent),
            Recovery::Many(_) => Ok(Settled::Unclear),
        },
    }
}
