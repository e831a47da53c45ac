//! Reads a long list: item by item, page by page, and resumed from a page number.
//!
//! `cargo run -p cryptopocket --example paging`

use std::error::Error;

use cryptopocket::onramp::NewPayment;
use cryptopocket::onramp::PaymentFilter;
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, PaymentStatus};
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
    for number in 0..7 {
        let order = NewPayment::card(
            ada.id.clone(),
            "20 EUR".parse()?,
            Asset::new("USDC", "polygon"),
            wallet,
        )
        .external_id(format!("order-{number}"));
        client.onramp().create_payment(order).await?;
    }

    let started = PaymentFilter::new().status(PaymentStatus::Started);
    let mut payments = client.onramp().list_payments(started.clone()).per_page(3).items();
    let mut count = 0;
    while let Some(payment) = payments.next().await {
        println!("{}", payment?.id);
        count += 1;
    }
    assert_eq!(count, 7);
    // That something is missing from the list proves something only if the provider showed the end of the list.
    println!(
        "read whole: {}",
        payments.ended().is_some_and(cryptopocket::PagesEnd::is_proven)
    );

    let mut pages = client.onramp().list_payments(started.clone()).per_page(3).pages();
    let first = pages.next().await.ok_or("there is a first page")??;
    let resume_at = pages.resume_page();
    println!(
        "{} payments on the first page; store page number {resume_at}",
        first.len()
    );

    let rest = client
        .onramp()
        .list_payments(started)
        .per_page(3)
        .from_page(resume_at)
        .collect_all(1_000)
        .await?;
    assert_eq!(first.len() + rest.len(), 7);
    Ok(())
}
