//! Buys USDC by card: the customer pays on the provider's page.
//!
//! `cargo run -p cryptopocket --example buy_by_card`

use std::error::Error;
use std::time::Duration;

use cryptopocket::onramp::{NewPayment, NextStep, QuoteRequest};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, Money, PaymentType};
use cryptopocket_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    // Against the provider: `let client = Client::from_env()?;`
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .build()?;

    let usdc = Asset::new("USDC", "polygon");
    let spend: Money = "150.50 EUR".parse()?;
    let quote = client
        .onramp()
        .quote(QuoteRequest::new(spend, usdc.clone(), PaymentType::Card))
        .await?;
    println!("{spend} buys about {}", quote.tokens);

    let ada = client
        .users()
        .create_customer(NewCustomer::new("Ada", "ada@example.com"))
        .await?;
    // Against the provider the customer completes the identity check on `ada.kyc_form_url`.
    sandbox.approve_kyc(ada.id.as_str().parse()?)?;

    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let order = NewPayment::card(ada.id, spend, usdc, wallet).external_id("order-1001");
    let created = client.onramp().create_payment(order).await?;
    let NextStep::Redirect { url } = &created.next else {
        return Err("a card payment continues on a page".into());
    };
    println!("send the customer to a page of {} characters", url.expose().len());

    // Against the provider the customer pays on that page.
    sandbox.pay(created.payment_id.as_str())?;
    let paid = client
        .onramp()
        .wait_payment(&created.payment_id)
        .max_wait(Duration::from_secs(15 * 60))
        .await?;
    println!("{} sent, transaction {:?}", paid.coin, paid.txid);
    assert!(paid.is_final());
    Ok(())
}
