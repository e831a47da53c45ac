//! Buys USDC by bank transfer and reconciles the transfer with the payment.
//!
//! `cargo run -p cryptopocket --example buy_by_transfer`

use std::error::Error;
use std::time::Duration;

use cryptopocket::banking::{ExpectedTransfer, NewReconciliation, TransactionFilter, match_transfer};
use cryptopocket::onramp::NewPayment;
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, Money};
use cryptopocket_sandbox::{BankCredit, Sandbox};

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

    let spend: Money = "240 EUR".parse()?;
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let order =
        NewPayment::transfer(ada.id, spend, Asset::new("USDC", "polygon"), wallet).external_id("order-2001");
    let created = client.onramp().create_payment(order).await?;
    // IBAN and concept come with this reply alone. Store them with your order.
    let transfer = created
        .next
        .bank_transfer()
        .ok_or("a transfer has bank details")?;
    println!(
        "pay {spend} to {} with the reference {}",
        transfer.iban.reveal(),
        transfer.concept
    );

    // Against the provider the customer's bank sends the money.
    sandbox.credit_bank(BankCredit::new("240.00".parse()?).concept(format!("REF {}", transfer.concept)))?;

    // All accounts together: two credits in two accounts must be seen as two.
    let mut transactions = Vec::new();
    for account in client.banking().list_accounts().await? {
        let list = client
            .banking()
            .list_transactions(account.iban, TransactionFilter::new());
        transactions.extend(list.collect_all(1_000).await?);
    }
    let expected = ExpectedTransfer::new(transfer.concept.clone(), spend);
    let outcome = match_transfer(&expected, &transactions);
    let credit = outcome
        .confirmed()
        .ok_or("exactly one credit carries the reference and the amount")?;
    client
        .banking()
        .reconcile(NewReconciliation::of(&created.payment_id, credit))
        .await?;

    let paid = client
        .onramp()
        .wait_payment(&created.payment_id)
        .max_wait(Duration::from_secs(3_600))
        .await?;
    println!("{} sent", paid.coin);
    assert!(paid.is_final());
    Ok(())
}
