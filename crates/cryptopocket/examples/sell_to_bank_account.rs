//! Sells USDC: the customer sends coins, the provider pays euros to a bank account.
//!
//! `cargo run -p cryptopocket --example sell_to_bank_account`

use std::error::Error;
use std::time::Duration;

use cryptopocket::offramp::{NewOfframp, QuoteRequest};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials};
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

    let coins = Asset::new("USDC", "polygon").amount("20".parse()?);
    let quote = client.offramp().quote(QuoteRequest::new(coins.clone())).await?;
    println!("{coins} sells for about {:?}", quote.receive);

    let payout = NewOfframp::to_iban(ada.id, coins, "ES91 2100 0418 4502 0005 1332".parse()?);
    let created = client.offramp().create_offramp(payout).await?;
    println!("send {} to {}", created.send, created.wallet);

    // Against the provider the customer sends the coins; `None` is exactly the amount that was asked for.
    sandbox.deposit_crypto(created.id.as_str().parse()?, None)?;
    let sold = client
        .offramp()
        .wait_offramp(&created.id)
        .max_wait(Duration::from_secs(3_600))
        .await?;
    println!("status {}, paid out {:?}", sold.status, sold.fiat);
    assert!(sold.is_final());
    Ok(())
}
