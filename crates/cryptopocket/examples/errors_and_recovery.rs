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
    match lost.effect() {
        Effect::NotSent | Effect::NotDone => {
            println!("nothing happened: correct the cause and create it again");
        }
        // Never create it again here: look it up by its external id first.
        _ => match client.onramp().recover_from(&lost).await? {
            Recovery::One(payment) => println!("it exists: {} is {}", payment.id, payment.status),
            Recovery::None => println!("proven: no such payment exists; create it again"),
            Recovery::Many(_) => println!("several payments carry this id: a person must look"),
        },
    }
    assert_eq!(lost.effect(), Effect::Unknown);
    assert_eq!(sandbox.payments_created(), 1, "nothing was sent twice");
    Ok(())
}
