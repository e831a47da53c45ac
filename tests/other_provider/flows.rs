//! The main flows with the names that a probe found.
//!
//! Here the names are chosen at run time, from what a probe proposes. `cargo xtask probe --check` runs the same tests in a
//! copy of the workspace with `CRYPTOPOCKET_TESTS_REGENERATED` set: there nothing is chosen, since the generated calls
//! know the names themselves.

use std::time::Duration;

use cryptopocket::banking::{NewReconciliation, TransactionFilter};
use cryptopocket::offramp::{self, NewOfframp, OfframpFilter};
use cryptopocket::onramp::{NewGuidedPayment, NewPayment, PaymentFilter, QuoteRequest, Recovery};
use cryptopocket::users::{
    CustomerFilter, Document, FindBy, IdentityDocument, NewCompany, NewCustomer, NewVerifiedCustomer,
};
use cryptopocket::{
    Asset, Choices, Client, Currency, DocumentType, IdentificationType, KycDecision, Money, PagesEnd,
    PaymentId, PaymentStatus, PaymentType, UserId,
};
use cryptopocket_probe::{Probe, Report, Verdict};
use cryptopocket_tests::other_provider::{ACCOUNT, OtherProvider};

use crate::{WALLET, session};

fn is_regenerated() -> bool {
    std::env::var_os("CRYPTOPOCKET_TESTS_REGENERATED").is_some()
}

async fn probe(provider: &OtherProvider, choices: Choices) -> Report {
    let probe = Probe::new(session(provider, choices)).allow_writes();
    probe.expect("loopback").run().await.expect("a login")
}

/// A client that knows the provider's names.
async fn client(provider: &OtherProvider) -> Client {
    let choices = if is_regenerated() {
        Choices::new()
    } else {
        probe(provider, Choices::new()).await.choices().clone()
    };
    Client::from(session(provider, choices))
}

fn usdc() -> Asset {
    Asset::new("USDC", "polygon")
}

fn euros(amount: &str) -> Money {
    Money::parse(amount, Currency::EUR).expect("an amount")
}

fn user() -> UserId {
    UserId::from(200_001)
}

#[tokio::test]
async fn nothing_is_left_to_choose() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let chosen = client.session().choices().clone();
    let report = probe(&provider, chosen.clone()).await;
    let curable = [
        Verdict::OtherPath,
        Verdict::OtherName,
        Verdict::OtherParameter,
        Verdict::FirstPage,
        Verdict::NoPath,
    ];
    let left: Vec<_> = report
        .differences()
        .filter(|finding| curable.contains(&finding.verdict))
        .collect();
    assert!(left.is_empty(), "{left:#?}");
    assert_eq!(report.choices(), &chosen, "nothing more to choose");
    if is_regenerated() {
        let patch = report.patch();
        assert!(patch.contains("operations: {}\nschemas: {}\n"), "{patch}");
    }
}

#[tokio::test]
async fn market_is_read() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let assets = client.list_assets().await.expect("assets").into_items();
    assert_eq!(assets.len(), 2);
    let price = client.price(&usdc(), Currency::EUR).await.expect("a price");
    assert_eq!(price.price.to_string(), "0.9213 EUR");
    let onramp = client.onramp();
    let methods = onramp.list_payment_methods(None).await.expect("methods");
    let currencies: Vec<_> = methods
        .into_items()
        .into_iter()
        .map(|method| method.currency.into_value())
        .collect();
    assert_eq!(currencies, [Some(Currency::EUR); 2]);
    let request = QuoteRequest::new(euros("100"), usdc(), PaymentType::Card);
    let quote = onramp.quote(request).await.expect("a quote");
    assert_eq!(quote.tokens.to_string(), "98.70 USDC");
    assert_eq!(quote.spend.to_string(), "100.00 EUR", "it comes in cents");
}

#[tokio::test]
async fn customers_are_created_found_and_listed() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let users = client.users();
    let before = users
        .list_customers(CustomerFilter::new())
        .collect_all(100)
        .await
        .expect("a list")
        .len();
    let new = NewCustomer::new("Ana", "ana@example.com").last_name("López");
    users.create_customer(new).await.expect("a customer");
    users
        .create_company(NewCompany::new("Prueba SL", "finance@example.com"))
        .await
        .expect("a company");
    let picture = || Document::from_bytes(b"\xff\xd8\xff\xe0 pixels".to_vec()).expect("a picture");
    let identity = IdentityDocument::new("ES", IdentificationType::Passport, "XDA123456", picture());
    let new = NewCustomer::new("Eva", "eva@example.com");
    let verified = NewVerifiedCustomer::new(new, identity, picture());
    let verified = users
        .create_verified_customer(verified)
        .await
        .expect("a verified customer");
    users
        .upload_document(&verified.id, DocumentType::Payslip, picture())
        .await
        .expect("an upload");
    let link = users
        .create_verification_link(&verified.id)
        .await
        .expect("a link");
    assert!(link.onboarding_link.expose().starts_with("https://"));

    let customers = users
        .list_customers(CustomerFilter::new())
        .collect_all(100)
        .await
        .expect("a list");
    assert_eq!(customers.len(), before + 3);
    let third = &customers[2];
    assert_eq!(third.name.value().expect("a name").reveal(), "Alma");
    for by in [
        FindBy::UserId(third.id.clone()),
        FindBy::Email("alma3@example.com".into()),
        FindBy::ExternalId("customer-3".into()),
    ] {
        let found = users
            .find_customer(by)
            .await
            .expect("a search")
            .expect("a customer");
        assert_eq!(found.id, third.id);
    }
    let kyc = users.kyc(&third.id).await.expect("a check");
    assert_eq!(kyc.decision(), KycDecision::Approved);
}

#[tokio::test]
async fn payments_are_paged_by_the_right_numbers() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let onramp = client.onramp();
    let mut payments = onramp.list_payments(PaymentFilter::new()).per_page(2).pages();
    let mut ids = Vec::new();
    while let Some(page) = payments.next().await {
        let page = page.expect("a page").into_items();
        assert!(page.len() <= 2, "`per_page` is known");
        ids.extend(page.into_iter().map(|payment| payment.id));
    }
    assert_eq!(payments.ended(), Some(PagesEnd::Announced));
    let whole = ids.len();
    ids.dedup();
    assert!(whole >= 5 && ids.len() == whole, "{ids:?}");
}

#[tokio::test]
async fn payment_is_read_whole() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let id = PaymentId::from("otherpayment0000000000003");
    let payment = client.onramp().payment(&id).await.expect("a payment");
    assert_eq!(payment.fiat.to_string(), "100.00 EUR");
    assert_eq!(payment.coin.to_string(), "98.70 USDC");
    assert_eq!(
        payment.holder.value().expect("inside of the holder").reveal(),
        "Alma Ruiz"
    );
}

#[tokio::test]
async fn transfer_is_created_recovered_and_reconciled() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let (onramp, banking) = (client.onramp(), client.banking());
    let order = NewPayment::transfer(user(), euros("100"), usdc(), WALLET).external_id("order-2");
    let created = onramp.create_payment(order).await.expect("a payment");
    let asked = created.next.bank_transfer().expect("an account");
    assert_eq!(asked.iban.reveal(), ACCOUNT);
    let found = onramp.recover_payment(&"order-2".into()).await.expect("a search");
    assert!(matches!(found, Recovery::One(payment) if payment.id == "otherpayment0000000000002"));

    let accounts = banking.list_accounts().await.expect("accounts").into_items();
    assert_eq!(accounts[0].bic.value().map(String::as_str), Some("CAIXESBBXXX"));
    let filter = TransactionFilter::new();
    let feed = banking
        .list_transactions(accounts[0].iban.clone(), filter)
        .collect_all(50);
    let feed = feed.await.expect("transactions");
    assert_eq!(
        feed[2].counterparty_name.value().expect("a name").reveal(),
        "ALMA RUIZ"
    );
    let pair = NewReconciliation::new(&created.payment_id, &feed[2].id);
    let reconciled = banking.reconcile(pair).await.expect("a reconciliation");
    assert_eq!(
        reconciled.status.into_value(),
        Some(PaymentStatus::PaymentReceived)
    );
    let payment = onramp.payment(&created.payment_id).await.expect("a payment");
    assert_eq!(payment.status, PaymentStatus::PaymentReceived);
}

#[tokio::test]
async fn card_and_guided_payments_are_awaited() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let onramp = client.onramp();
    let card = NewPayment::card(user(), euros("150.50"), usdc(), WALLET);
    let created = onramp.create_payment(card).await.expect("a payment");
    assert!(created.next.redirect_url().is_some());
    let ended = onramp
        .wait_payment(&created.payment_id)
        .max_wait(Duration::from_mins(1));
    assert_eq!(ended.await.expect("an end").status, PaymentStatus::CoinsSent);
    let guided = NewGuidedPayment::new(user(), euros("99.95"), usdc()).external_id("cart-7");
    let created = onramp.create_guided_payment(guided).await.expect("a payment");
    assert!(created.next.redirect_url().is_some());
}

#[tokio::test]
async fn coins_are_sold() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let offramp = client.offramp();
    let coins = usdc().amount("20".parse().expect("a number"));
    let quote = offramp
        .quote(offramp::QuoteRequest::new(coins.clone()))
        .await
        .expect("a quote");
    if is_regenerated() {
        // Cents, by an estimate: the patch has it, for a person to review; the choices have not.
        assert_eq!(quote.receive.to_string(), "18.42 EUR");
    }
    let sale = NewOfframp::to_iban(user(), coins.clone(), ACCOUNT.parse().expect("an account"));
    let created = offramp.create_offramp(sale).await.expect("an off-ramp");
    let sold = offramp.offramp(&created.id).await.expect("the off-ramp");
    assert_eq!(
        (sold.coin.into_value(), sold.fiat.to_string().as_str()),
        (Some(coins), "18.42")
    );
    let all = offramp
        .list_offramps(OfframpFilter::new())
        .collect_all(50)
        .await
        .expect("a list");
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn events_are_subscribed_to() {
    let provider = OtherProvider::start().await;
    let client = client(&provider).await;
    let webhooks = client.webhooks();
    let url = "https://shop.example.com/hooks";
    webhooks
        .create_subscription("PAY_IN", url)
        .await
        .expect("a subscription");
    webhooks
        .update_subscription("PAY_IN", url)
        .await
        .expect("a change");
}
