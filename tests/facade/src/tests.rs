use std::sync::Arc;

use cryptopocket::banking::TransactionFilter;
use cryptopocket::offramp::{Offramp, OfframpFilter};
use cryptopocket::onramp::{NewPayment, Payment, PaymentFilter};
use cryptopocket::testing::{Answer, ScriptedSession};
use cryptopocket::users::CustomerFilter;
use cryptopocket::{
    Asset, Client, ErrorKind, Pager, PagesEnd, Progress, RawJson, UserId, Wait, WakeHandle, input,
};

use crate::{LossyTransport, block_on, buy, client, report};

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";

fn order() -> NewPayment {
    let usdc = Asset::new("USDC", "polygon");
    NewPayment::card(UserId::from(7), "240 EUR".parse().unwrap(), usdc, WALLET).external_id("order-1")
}

#[test]
fn own_transport_recovers_a_lost_payment() {
    let transport = Arc::new(LossyTransport::default());
    let client = client(transport.clone()).unwrap();
    let payment = block_on(buy(&client, order())).unwrap();
    assert_eq!(payment.txid.to_string(), "0x8f2d");
    assert_eq!(transport.calls("create_payment"), 1, "it is never sent twice");
    let waited = client.session().runtime().monotonic();
    assert!(
        (1..4).contains(&waited.as_secs()),
        "three polls a second apart: {waited:?}"
    );
}

#[test]
fn scripted_transport_mocks_the_provider() {
    let test = ScriptedSession::new();
    test.provider
        .next("create_payment", Answer::error_code("coin_not_supported"));
    let client = Client::from(test.session);
    let error = block_on(buy(&client, order())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(report(&error), "the provider refused");
}

#[test]
fn replies_are_built_from_json() {
    let offramp: Offramp = r#"{"id":"off1","status":"on_hold","coin":{"amount":"20","symbol":"USDC"},
        "fiat":{"amount":"18.24","currency":null}}"#
        .parse::<RawJson>()
        .unwrap()
        .decode()
        .unwrap();
    assert!(!offramp.is_final());
    assert_eq!(offramp.state().as_str(), "on_hold");
}

#[test]
fn every_type_of_a_signature_can_be_named() {
    let client = client(Arc::new(LossyTransport::default())).unwrap();
    let pagers: (Pager<Payment>, Pager<Offramp>) = (
        client.onramp().list_payments(PaymentFilter::new()),
        client.offramp().list_offramps(OfframpFilter::new()),
    );
    drop(pagers);
    let customers = client.users().list_customers(CustomerFilter::new());
    let transactions = client
        .banking()
        .list_transactions("ES79", TransactionFilter::new());
    drop((customers, transactions));
    let wait: Wait<Payment> = client.onramp().wait_payment(&"p1".into()).without_limit();
    let handle: WakeHandle = wait.wake_handle();
    handle.wake();
    assert!(PagesEnd::Announced.is_proven());
    assert!(input::user_id(&UserId::from("")).is_err());
}
