//! Fiat in, crypto out.

use cryptopocket_onramp::{NewGuidedPayment, NewPayment, OnRamp, PaymentFilter, QuoteRequest};
use cryptopocket_types::{Asset, Currency, ExternalId, Money, PaymentId, PaymentStatus, PaymentType, UserId};

use super::case::{Case, shown};
use crate::canary;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "list_payment_methods",
        reply: r#"{"status":"ok","data":[{"payment_type":"card","name":"Card","fiat_symbol":"EUR","country":"ES","min_amount":30,"max_amount":5000.5}]}"#,
        call: |session| {
            shown(async move {
                Ok(OnRamp::new(session)
                    .list_payment_methods(Currency::EUR)
                    .await?
                    .into_items())
            })
        },
    },
    Case {
        id: "get_onramp_quote",
        reply: r#"{"status":"ok","data":{"tokens":107.2072,"price":0.9213,"fee":1.23,"amount":100,"symbol":"USDC","chain":"polygon","payment_type":"TRANSFER"}}"#,
        call: |session| {
            shown(async move {
                OnRamp::new(session)
                    .quote(QuoteRequest::new(euros("100"), usdc(), PaymentType::Transfer))
                    .await
            })
        },
    },
    Case {
        id: "create_payment",
        reply: r#"{"status":"sucess","message":"payment_created","data":{"payment_id":"pay7Q2mX9tB4vLk8ZrN3cWd1s","iban":"ES9121000418450200051332","bic":"CAIXESBBXXX","concept":48213907,"destination_name":"Canary Holding SL"}}"#,
        call: |session| {
            shown(async move {
                let payment = NewPayment::transfer(user(), euros("240.50"), usdc(), canary::WALLET)
                    .external_id("order-2001")
                    .callback_url(canary::CALLBACK);
                OnRamp::new(session).create_payment(payment).await
            })
        },
    },
    Case {
        id: "create_guided_payment",
        reply: r#"{"status":"success","message":"guided_payment_created","data":{"payment_id":"pay9L3sK7gP2bXz6MhT8yFv4a","gateway_url":"https://hosted.example.net/canary-link","external_id":"order-2003"}}"#,
        call: |session| {
            shown(async move {
                let payment = NewGuidedPayment::new(user(), euros("240"), usdc())
                    .payment_type(PaymentType::Card)
                    .external_id("order-2003");
                OnRamp::new(session).create_guided_payment(payment).await
            })
        },
    },
    Case {
        id: "get_payment",
        reply: r#"{"status":"ok","data":{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":"order-2002","user_id":"100067","status":"coins_sent","fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.32,"created_at":"2026-06-20T10:15:30.123456Z","holder":"Canaria Canarias","txid":"0x5f0a"}}"#,
        call: |session| {
            shown(async move {
                OnRamp::new(session)
                    .payment(&PaymentId::from("pay4H8nC2wY6jTf5QdV1xRk9m"))
                    .await
            })
        },
    },
    Case {
        id: "list_payments",
        reply: r#"{"status":"ok","data":[{"id":"pay7Q2mX9tB4vLk8ZrN3cWd1s","external_id":"order-2001","user_id":"100067","status":"pending_bank","fiat_amount":24000,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":257.29,"created_at":"2026-06-19T16:02:11.000001Z","holder":"Canaria Canarias"}],"pagination":{"current_page":1,"per_page":25,"total":1,"last_page":1}}"#,
        call: |session| {
            shown(async move {
                let filter = PaymentFilter::new()
                    .external_id(ExternalId::from("order-2001"))
                    .status(PaymentStatus::PendingBank);
                OnRamp::new(session)
                    .list_payments(filter)
                    .per_page(25)
                    .collect_all(100)
                    .await
            })
        },
    },
];

fn user() -> UserId {
    UserId::from(100_067)
}

fn usdc() -> Asset {
    Asset::new("USDC", "polygon")
}

fn euros(amount: &str) -> Money {
    Money::parse(amount, Currency::EUR).expect("an amount")
}
