//! Every documented refusal as an SDK error.

use cryptopocket::banking::NewReconciliation;
use cryptopocket::onramp::{NewGuidedPayment, NewPayment};
use cryptopocket::users::{Document, NewCompany, NewCustomer};
use cryptopocket::{Asset, DocumentType, Effect, Error, ErrorKind, TransactionId, UserId};
use cryptopocket_sandbox::{Fault, Outage};

use crate::target::{Emulated, Target, WALLET, card, euros, number, transfer, usdc};

const OF_PAYMENTS: [&str; 11] = [
    "authorization_incorrect",
    "fail_mandatory_field",
    "user_not_found",
    "user_banned",
    "require_kyc",
    "kyc_reinforced_required",
    "limit_exceded",
    "coin_not_supported",
    "min_purchase",
    "method_not_allowed",
    "error_payment_creation",
];

/// Checks the properties that all refusals share.
fn is_refusal(error: &Error, code: &str) {
    assert!(error.has_code(code), "{code}: {error:?}");
    let kind = match code {
        "authorization_incorrect" => ErrorKind::Authorization,
        _ => ErrorKind::Refused,
    };
    assert_eq!(error.kind(), kind, "{code}");
    assert_eq!(error.status(), Some(200), "{code}: business errors come with 200");
    // Only a code that the specification lists as a refusal of the call proves that nothing was done.
    let proves_nothing = matches!(code, "unexpected_error" | "brand_new_code");
    assert_eq!(error.effect() == Effect::Unknown, proves_nothing, "{code}");
    assert!(!error.advice().is_empty(), "{code}");
}

#[tokio::test]
async fn documented_payment_refusals_have_their_codes() {
    let Some(target) = Emulated::open("asking for refusals").await else {
        return;
    };
    let user = target.customer().await;
    for code in OF_PAYMENTS {
        let order = card(&user).external_id(format!("sandbox:{code}"));
        let error = target.client.onramp().create_payment(order).await.unwrap_err();
        is_refusal(&error, code);
        let has_link = matches!(code, "require_kyc" | "kyc_reinforced_required");
        assert_eq!(error.verification_url().is_some(), has_link, "{code}");
    }
    assert_eq!(target.sandbox.payments_created(), 0);
}

#[tokio::test]
async fn documented_guided_refusals_have_their_codes() {
    let Some(target) = Emulated::open("asking for refusals").await else {
        return;
    };
    let user = target.customer().await;
    let ask = async |wish: &str| {
        let order = NewGuidedPayment::new(user.clone(), euros("240"), usdc());
        let order = order.external_id(format!("sandbox:{wish}"));
        target
            .client
            .onramp()
            .create_guided_payment(order)
            .await
            .unwrap_err()
    };
    for code in OF_PAYMENTS.iter().take(9).chain(&["guided_payment_eur_only"]) {
        is_refusal(&ask(code).await, code);
    }
    let inside = ask("internal_error").await;
    assert!(
        inside
            .provider_message()
            .is_some_and(|text| text.contains("getAmount()")),
        "{inside:?}"
    );
    assert_eq!(target.sandbox.payments_created(), 0);
}

#[tokio::test]
async fn refusals_depend_on_the_current_state() {
    let Some(target) = Emulated::open("bringing refusals about").await else {
        return;
    };
    let user = target.customer().await;
    let onramp = target.client.onramp();
    let refused = async |order: NewPayment| onramp.create_payment(order).await.unwrap_err();
    let of = |amount: &str, asset: Asset| NewPayment::card(user.clone(), euros(amount), asset, WALLET);

    is_refusal(&refused(card(&UserId::from(1))).await, "user_not_found");
    is_refusal(
        &refused(of("100", Asset::new("LUNA", "terra"))).await,
        "coin_not_supported",
    );
    let least = refused(of("9.99", usdc())).await;
    is_refusal(&least, "min_purchase");
    assert!(
        least
            .provider_message()
            .is_some_and(|text| text.contains("10 EUR")),
        "{least:?}"
    );
    is_refusal(&refused(of("3000.01", usdc())).await, "limit_exceded");
    let much = NewPayment::transfer(user.clone(), euros("15000.01"), usdc(), WALLET);
    is_refusal(&refused(much).await, "kyc_reinforced_required");
    target.sandbox.set_outage(Outage::Gateway, true);
    is_refusal(&refused(card(&user)).await, "error_payment_creation");
    target.sandbox.bar_method("card", true);
    is_refusal(&refused(card(&user)).await, "method_not_allowed");
    target.sandbox.ban(number(user.as_str()), true).unwrap();
    is_refusal(&refused(card(&user)).await, "user_banned");
    target.sandbox.set_kyc(number(user.as_str()), "fail").unwrap();
    target.sandbox.ban(number(user.as_str()), false).unwrap();
    is_refusal(&refused(card(&user)).await, "require_kyc");
    assert_eq!(target.sandbox.payments_created(), 0);
}

#[tokio::test]
async fn registrations_are_refused_as_documented() {
    let Some(target) = Emulated::open("refusing registrations").await else {
        return;
    };
    let users = target.client.users();
    for (email, code) in [
        ("firma@mailinator.com", "email_not_allowed"),
        ("firma+exists@example.com", "user_already_exists"),
        ("firma+unexpected@example.com", "unexpected_error"),
    ] {
        let company = users.create_company(NewCompany::new("Panadería SL", email)).await;
        is_refusal(&company.unwrap_err(), code);
        let person = users.create_customer(NewCustomer::new("Ana", email)).await;
        is_refusal(&person.unwrap_err(), code);
    }
}

#[tokio::test]
async fn unknown_customers_are_refused() {
    let target = Target::open().await;
    let onramp = target.client.onramp();
    let order = card(&UserId::from(1)).external_id(target.unique("order"));
    is_refusal(&onramp.create_payment(order).await.unwrap_err(), "user_not_found");
    let email = format!("{}@example.com", target.unique("firma"));
    let company = || NewCompany::new("Panadería SL", email.as_str());
    target.client.users().create_company(company()).await.unwrap();
    let again = target.client.users().create_company(company()).await;
    is_refusal(&again.unwrap_err(), "user_already_exists");
}

#[tokio::test]
async fn documents_are_refused_by_http_status() {
    let Some(target) = Emulated::open("refusing documents").await else {
        return;
    };
    let user = target.customer().await;
    for (status, code) in [
        (403, "user_not_in_integration"),
        (404, "user_not_found"),
        (422, "invalid_file"),
    ] {
        let link = format!("https://files.sandbox.example/{code}");
        let document = Document::from_url(link).unwrap();
        let kind = DocumentType::from("payslip");
        let error = target
            .client
            .users()
            .upload_document(&user, kind, document)
            .await
            .unwrap_err();
        assert!(error.has_code(code), "{error:?}");
        assert_eq!(error.status(), Some(status), "{code}");
        assert!(
            error.effect() != Effect::Unknown && error.attempts() == 1,
            "{code}"
        );
    }
}

#[tokio::test]
async fn refused_reconciliations_have_their_codes() {
    let Some(target) = Emulated::open("refusing reconciliations").await else {
        return;
    };
    let user = target.customer().await;
    let created = target
        .client
        .onramp()
        .create_payment(transfer(&user))
        .await
        .unwrap();
    for code in [
        "payment_not_found",
        "transaction_not_found",
        "already_reconciled",
        "amount_mismatch",
        "payment_not_pending",
    ] {
        let wish = TransactionId::from(format!("sandbox:{code}").as_str());
        let error = target
            .client
            .banking()
            .reconcile(NewReconciliation::new(&created.payment_id, &wish))
            .await;
        is_refusal(&error.unwrap_err(), code);
    }
}

#[tokio::test]
async fn validation_errors_are_listed_by_field() {
    let Some(target) = Emulated::open("validating fields").await else {
        return;
    };
    let user = target.customer().await;
    // On a chain of the Ethereum family the SDK refuses such a wallet itself.
    let bitcoin = Asset::new("BTC", "bitcoin");
    let order = NewPayment::card(user, euros("100"), bitcoin, "not-a-wallet");
    let error = target.client.onramp().create_payment(order).await.unwrap_err();
    assert!(error.is_validation(), "{error:?}");
    assert_eq!(error.status(), Some(422));
    assert_eq!(error.field_errors()[0].field(), "wallet");
    assert_eq!(target.sandbox.payments_created(), 0);
}

#[tokio::test]
async fn unlisted_error_code_keeps_its_text() {
    let Some(target) = Emulated::open("making up a code").await else {
        return;
    };
    let user = target.customer().await;
    let fault = Fault::Refuse("brand_new_code".to_owned());
    target.sandbox.fail_next("create_payment", fault);
    let error = target
        .client
        .onramp()
        .create_payment(card(&user))
        .await
        .unwrap_err();
    is_refusal(&error, "brand_new_code");
}
