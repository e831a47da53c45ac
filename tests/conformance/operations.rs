//! All 26 operations over HTTP.

use cryptopocket::banking::{NewReconciliation, TransactionFilter};
use cryptopocket::offramp::{self, NewOfframp, OfframpFilter};
use cryptopocket::onramp::{NewGuidedPayment, NewPayment, PaymentFilter, QuoteRequest};
use cryptopocket::users::{
    CustomerFilter, Document, FindBy, IdentityDocument, NewCompany, NewCustomer, NewVerifiedCustomer,
};
use cryptopocket::{
    Currency, DocumentType, EventType, IdentificationType, KycDecision, PaymentStatus, PaymentType, UserType,
};
use cryptopocket_sandbox::{BankCredit, ROUTES};

use crate::target::{Emulated, IBAN, Target, WALLET, card, euros, number, transfer, usdc};

fn picture() -> Document {
    Document::from_bytes(b"\xff\xd8\xff\xe0 pixels".to_vec()).unwrap()
}

#[tokio::test]
async fn assets_and_prices_are_listed() {
    let target = Target::open().await;
    let client = &target.client;
    client.login().await.unwrap();
    let assets = client.list_assets().await.unwrap();
    assert!(!assets.is_empty());
    let price = client.price(&usdc(), Currency::EUR).await.unwrap();
    assert!(price.price.into_value().unwrap() > euros("0"), "{price:?}");
    let methods = client.onramp().list_payment_methods(Currency::EUR).await.unwrap();
    assert!(
        methods
            .iter()
            .any(|method| method.payment_type == PaymentType::Card),
        "{methods:?}"
    );
    let request = QuoteRequest::new(euros("100"), usdc(), PaymentType::Card);
    let quote = client.onramp().quote(request).await.unwrap();
    assert_eq!(quote.spend, euros("100"));
    let sell = client
        .offramp()
        .quote(offramp::QuoteRequest::new(usdc().amount("20".parse().unwrap())))
        .await
        .unwrap();
    assert!(!sell.receive.amount.is_zero());
}

#[tokio::test]
async fn customers_are_created_found_and_listed() {
    let target = Target::open().await;
    let users = target.client.users();
    let email = format!("{}@example.com", target.unique("bea"));
    let made = users
        .create_customer(NewCustomer::new("Bea", email.as_str()))
        .await
        .unwrap();
    assert!(made.kyc_form_url.value().unwrap().expose().starts_with("http"));
    let found = users
        .find_customer(FindBy::Email(email.as_str().into()))
        .await
        .unwrap();
    assert_eq!(found.map(|customer| customer.id), Some(made.id.clone()));
    assert_eq!(
        users.kyc(&made.id).await.unwrap().decision(),
        KycDecision::Pending
    );
    let first = users
        .list_customers(CustomerFilter::new())
        .items()
        .next()
        .await
        .unwrap()
        .unwrap();
    assert!(!first.id.as_str().is_empty());
}

#[tokio::test]
async fn every_way_of_verification_works() {
    let target = Target::open().await;
    let users = target.client.users();
    let email = |who: &str| format!("{}@example.com", target.unique(who));
    let company = NewCompany::new("Panadería SL", email("firma"));
    let company = users.create_company(company).await.unwrap();
    assert!(company.kyb_link.value().unwrap().expose().starts_with("http"));
    assert_eq!(company.password.value().unwrap().expose().chars().count(), 12);
    let kind = IdentificationType::from("GOVERNMENT_ID");
    let identity = IdentityDocument::new("ES", kind, "12345678Z", picture()).back(picture());
    let checked = NewVerifiedCustomer::new(NewCustomer::new("Bea", email("bea")), identity, picture());
    let checked = users.create_verified_customer(checked).await.unwrap();
    assert_ne!(checked.decision(), KycDecision::Rejected);
    let stranger = target.unverified_customer().await;
    let kind = DocumentType::from("payslip");
    users.upload_document(&stranger, kind, picture()).await.unwrap();
    let link = users.create_verification_link(&stranger).await.unwrap();
    assert!(link.onboarding_link.expose().starts_with("http"));
}

#[tokio::test]
async fn accounts_and_transactions_are_listed() {
    let target = Target::open().await;
    let accounts = target.client.banking().list_accounts().await.unwrap();
    for account in accounts {
        let feed = target
            .client
            .banking()
            .list_transactions(account.iban, TransactionFilter::new())
            .pages()
            .next()
            .await;
        assert!(feed.is_none_or(|page| page.is_ok()), "an empty list has no page");
    }
    let payments = target.client.onramp().list_payments(PaymentFilter::new());
    drop(payments.pages().next().await.transpose().unwrap());
    drop(
        target
            .client
            .offramp()
            .list_offramps(OfframpFilter::new())
            .pages()
            .next()
            .await
            .transpose()
            .unwrap(),
    );
}

async fn subscribe(client: &cryptopocket::Client) {
    let hook = "http://127.0.0.1:1/hook";
    let made = client
        .webhooks()
        .create_subscription(EventType::PayIn, hook)
        .await
        .unwrap();
    assert_eq!(made.message, "subscription_created");
    let changed = client
        .webhooks()
        .update_subscription(EventType::PayIn, hook)
        .await
        .unwrap();
    assert_eq!(changed.message, "subscription_updated");
}

#[tokio::test]
async fn every_operation_works_over_http() {
    let Some(target) = Emulated::open("every operation").await else {
        return;
    };
    let Emulated { client, sandbox, .. } = &target;
    let (users, onramp) = (client.users(), client.onramp());
    let (offramp, banking) = (client.offramp(), client.banking());

    client.login().await.unwrap();
    assert!(client.list_assets().await.unwrap().len() > 3);
    client.price(&usdc(), Currency::EUR).await.unwrap();

    let ana = users
        .create_customer(NewCustomer::new("Ana", "ana@example.com"))
        .await
        .unwrap()
        .id;
    let company = NewCompany::new("Panadería SL", "firma@example.com");
    let company = users.create_company(company).await.unwrap();
    assert_eq!(company.password.value().unwrap().expose().len(), 12);
    let kind = IdentificationType::from("GOVERNMENT_ID");
    let identity = IdentityDocument::new("ES", kind, "12345678Z", picture()).back(picture());
    let bea = NewVerifiedCustomer::new(NewCustomer::new("Bea", "bea@example.com"), identity, picture());
    let bea = users.create_verified_customer(bea).await.unwrap();
    let checked = users.kyc(&bea.id).await.unwrap();
    assert_eq!(
        checked.decision(),
        KycDecision::Approved,
        "reviews take no time at this speed"
    );
    users.create_verification_link(&ana).await.unwrap();
    users
        .upload_document(&ana, DocumentType::from("payslip"), picture())
        .await
        .unwrap();
    let found = users.find_customer(&ana).await.unwrap().unwrap();
    assert_eq!(found.name.value().unwrap().reveal(), "Ana");
    let customers = users.list_customers(CustomerFilter::new()).collect_all(10).await;
    assert_eq!(customers.unwrap().len(), 3);
    sandbox.approve_kyc(number(ana.as_str())).unwrap();

    onramp.list_payment_methods(None).await.unwrap();
    let request = QuoteRequest::new(euros("150.50"), usdc(), PaymentType::Transfer);
    onramp.quote(request).await.unwrap();
    let by_card = onramp.create_payment(card(&ana)).await.unwrap();
    let guided = NewGuidedPayment::new(ana.clone(), euros("240"), usdc()).external_id("cart-7");
    let guided = onramp.create_guided_payment(guided).await.unwrap();
    assert_eq!(guided.external_id.unwrap().as_str(), "cart-7");
    let by_transfer = onramp.create_payment(transfer(&ana)).await.unwrap();
    let shown = onramp.payment(&by_card.payment_id).await.unwrap();
    assert_eq!(shown.status, PaymentStatus::Started);
    let all = onramp
        .list_payments(PaymentFilter::new())
        .collect_all(10)
        .await
        .unwrap();
    assert_eq!(all.len(), 3);

    let coins = usdc().amount("20".parse().unwrap());
    offramp
        .quote(offramp::QuoteRequest::new(coins.clone()))
        .await
        .unwrap();
    let payout = NewOfframp::to_iban(ana.clone(), coins.clone(), IBAN.parse().unwrap());
    let sale = offramp.create_offramp(payout).await.unwrap();
    assert_eq!(offramp.offramp(&sale.id).await.unwrap().coin, coins);
    offramp
        .create_offramp(NewOfframp::latam(ana.clone(), coins, "Banco de Prueba"))
        .await
        .unwrap();
    let sales = offramp.list_offramps(OfframpFilter::new()).collect_all(10).await;
    assert_eq!(sales.unwrap().len(), 2);

    let accounts = banking.list_accounts().await.unwrap();
    let credit = sandbox
        .credit_bank(BankCredit::new("150.50".parse().unwrap()))
        .unwrap();
    let account = accounts.iter().next().unwrap();
    let days = TransactionFilter::new()
        .from("2020-01-01".parse().unwrap())
        .to("2099-12-31".parse().unwrap());
    let feed = banking
        .list_transactions(account, days)
        .collect_all(10)
        .await
        .unwrap();
    assert_eq!(feed[0].id.as_str(), credit);
    let done = banking
        .reconcile(NewReconciliation::of(&by_transfer.payment_id, &feed[0]))
        .await
        .unwrap();
    assert_eq!(done.status, Some(PaymentStatus::PaymentReceived));

    subscribe(client).await;

    for route in ROUTES {
        assert!(
            sandbox.calls(route.operation) > 0,
            "{} was not called",
            route.operation
        );
    }
    assert_eq!(ROUTES.len(), 26);
}

#[tokio::test]
async fn every_field_of_a_request_is_taken() {
    let Some(target) = Emulated::open("every field of a request").await else {
        return;
    };
    let Emulated { client, .. } = &target;
    let (users, onramp) = (client.users(), client.onramp());

    let new = NewCustomer::new("Lucía", "lucia@example.com")
        .last_name("Ejemplo")
        .phone("+34600000000")
        .country("ES")
        .identification(IdentificationType::from("GOVERNMENT_ID"), "00000000T")
        .user_type(UserType::Individual)
        .callback_url("https://shop.example.com/kyc");
    users.create_customer(new).await.unwrap();
    let kind = IdentificationType::from("GOVERNMENT_ID");
    let identity = IdentityDocument::new("ES", kind, "12345678Z", picture()).back(picture());
    let born = NewCustomer::new("Mateo", "mateo@example.com")
        .last_name("Ejemplo")
        .phone("+34600000001")
        .user_type(UserType::Individual)
        .callback_url("https://shop.example.com/kyc");
    let checked = NewVerifiedCustomer::new(born, identity, picture())
        .birth_date("1990-01-31".parse().unwrap())
        .residence("Calle de la Prueba 1", "Madrid", "28001")
        .liveness(picture());
    users.create_verified_customer(checked).await.unwrap();
    let by_reference = FindBy::ExternalId("customer-1".into());
    assert!(users.find_customer(by_reference).await.unwrap().is_none());

    let ana = target.customer().await;
    for kind in ["card", "psd2", "transfer", "paypal"] {
        let order = NewPayment::new(ana.clone(), euros("25"), usdc(), WALLET, PaymentType::from(kind));
        let order = order
            .external_id(format!("order-{kind}"))
            .callback_url("https://shop.example.com/back");
        let made = onramp.create_payment(order).await.unwrap();
        drop(target.sandbox.pay(made.payment_id.as_str()));
        onramp.payment(&made.payment_id).await.unwrap();
    }
    let guided = NewGuidedPayment::new(ana, euros("25"), usdc()).payment_type(PaymentType::Transfer);
    onramp.create_guided_payment(guided).await.unwrap();

    let filter = PaymentFilter::new()
        .status(PaymentStatus::CoinsSent)
        .from("2020-01-01".parse().unwrap())
        .to("2099-12-31".parse().unwrap());
    onramp.list_payments(filter).collect_all(100).await.unwrap();
    onramp.list_payment_methods(Currency::CLP).await.unwrap();
}
