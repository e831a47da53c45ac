//! The SDK against a provider for which most guesses are wrong: as it is, and with what a probe found.

mod flows;

use std::time::Duration;

use cryptopocket::onramp::{NewPayment, PaymentFilter};
use cryptopocket::users::FindBy;
use cryptopocket::{Asset, Choices, Client, Credentials, PagesEnd, RetryPolicy, Session};
use cryptopocket_tests::other_provider::{self, OtherProvider};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

fn session(provider: &OtherProvider, choices: Choices) -> Session {
    Session::builder()
        .base_url(provider.base_url())
        .credentials(Credentials::new(
            other_provider::API_KEY,
            other_provider::API_SECRET,
        ))
        .retry(RetryPolicy::default().base(Duration::from_millis(1)))
        .choices(choices)
        .build()
        .expect("all that a session needs is set")
}

fn client(provider: &OtherProvider) -> Client {
    Client::from(session(provider, Choices::new()))
}

#[tokio::test]
async fn odd_fields_cost_no_payment() {
    let provider = OtherProvider::start().await;
    let id = "otherpayment0000000000002".into();
    let payment = client(&provider)
        .onramp()
        .payment(&id)
        .await
        .expect("id and status can be read");
    assert!(payment.is_final());
    // The same money as text; the form of the amount is not ambiguous.
    assert_eq!(payment.fiat.to_string(), "100.00 EUR");
    assert_eq!(payment.coin.to_string(), "98.70 USDC");
    assert!(payment.holder.is_unreadable() && payment.created_at.is_unreadable());
    let holder = payment.extra.get("holder").expect("its text is kept");
    assert_eq!(holder.get(), r#"{"iban":null,"name":"Alma Ruiz"}"#);
    let odd: Vec<_> = payment
        .extra
        .surprises()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(odd.len(), 2, "{odd:?}");
}

#[tokio::test]
async fn pages_from_zero_lose_no_payment_in_silence() {
    let provider = OtherProvider::start().await;
    let mut payments = client(&provider)
        .onramp()
        .list_payments(PaymentFilter::new())
        .items();
    let mut count = 0;
    while let Some(payment) = payments.next().await {
        payment.expect("rows can be read");
        count += 1;
    }
    assert_eq!(count, 5);
    assert_eq!(payments.ended(), Some(PagesEnd::CountedFromZero));
}

#[tokio::test]
async fn missing_paths_are_no_empty_answers() {
    let provider = OtherProvider::start().await;
    let client = client(&provider);
    let error = client
        .onramp()
        .list_payment_methods(None)
        .await
        .expect_err("another path");
    assert_eq!(error.status(), Some(404));
    let error = client
        .users()
        .find_customer(FindBy::Email("alma1@example.com".into()))
        .await
        .expect_err("another path");
    assert_eq!(error.status(), Some(404));
}

#[tokio::test]
async fn concept_as_text_keeps_its_leading_zero() {
    let provider = OtherProvider::start().await;
    let user = "200001".parse().expect("an id");
    let order = NewPayment::transfer(
        user,
        "100 EUR".parse().expect("money"),
        Asset::new("USDC", "polygon"),
        WALLET,
    );
    let created = client(&provider)
        .onramp()
        .create_payment(order)
        .await
        .expect("created");
    let transfer = created.next.bank_transfer().expect("a transfer");
    assert_eq!(transfer.concept.to_string(), "0120006");
}
