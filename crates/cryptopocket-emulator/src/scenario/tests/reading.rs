//! Scenarios read from their text.

use crate::engine::Engine;
use crate::error::Misfit;
use crate::scenario::Scenario;
use crate::settings::Settings;

/// An engine that starts with a scenario.
fn opened(text: &str) -> Engine {
    let mut settings = Settings::new(1);
    settings.stage(text.parse::<Scenario>().unwrap());
    Engine::with(settings)
}

fn refused(text: &str) -> Misfit {
    text.parse::<Scenario>().unwrap_err()
}

#[test]
fn yaml_and_json_read_the_same() {
    let yaml = "seed: 7\nspeed: 60x\nfaults:\n  - {operation: create_payment, fault: error_after, detail: 503, skip: 2, times: 3}\n";
    let json = r#"{"seed": 7, "speed": "60x", "faults": [
        {"operation": "create_payment", "fault": "error_after", "detail": "503", "skip": 2, "times": 3}]}"#;
    for text in [yaml, json] {
        let engine = opened(text);
        assert_eq!(engine.settings().seed, 7);
        let faults = engine.armed_faults();
        assert_eq!(faults.len(), 1);
        assert_eq!(
            (faults[0].on.as_str(), faults[0].what.as_str()),
            ("create_payment", "error_after")
        );
        assert_eq!(faults[0].detail.as_deref(), Some("503"));
        assert_eq!((faults[0].skip, faults[0].left), (2, 3));
    }
}

#[test]
fn empty_document_is_a_scenario() {
    for text in ["", "# nothing special\n", "{}"] {
        assert!(opened(text).integrations()[0].customers.is_empty(), "{text}");
    }
}

#[test]
fn amounts_keep_their_digits() {
    let engine = opened("bank_credits: [{amount: 90071992547409.93, concept: 0123}]");
    let credit = engine.integrations()[0].accounts[0].feed.values().next().unwrap();
    assert_eq!(credit.amount.to_string(), "90071992547409.93");
    assert_eq!(credit.concept.as_deref(), Some("0123"));
}

#[test]
fn errors_name_place_rule_and_cure() {
    for (text, told) in [
        (
            "speed: warp",
            "speed: `warp` is not known; a speed is `instant`, `manual`, `realtime`, or a whole number followed by `x`, such as `60x`",
        ),
        (
            "start_at: tomorrow",
            "start_at: `tomorrow` is not a time; write it as RFC 3339, such as 2026-06-26T09:00:00Z",
        ),
        (
            "limits: {min_purchase: lots}",
            "limits.min_purchase: `lots` is not an amount; write digits, and a point before the cents",
        ),
        (
            "outages: [gateway, moon]",
            "outages[1]: `moon` is not known; what can be down is `gateway`, `registration` or `guided`",
        ),
        (
            "customers: [{name: Ana, email: ana}]",
            "customers[0].email: `ana` is not an e-mail address; write one such as ana@example.com",
        ),
        (
            "customers: [{name: A, email: a@example.com}, {name: B, email: a@example.com}]",
            "customers[1].email: registering this customer is refused: user_already_exists; use an address that no other customer has, without tags that ask for a refusal",
        ),
        (
            "customers: [{name: A, email: a@example.com, country: Spain}]",
            "customers[0].country: `Spain` is not a country code; write two capital letters, such as ES",
        ),
        (
            "bank_credits: [{amount: 0.001}]",
            "bank_credits[0].amount: `0.001` cannot be booked, for a bank books whole cents, and not zero; write an amount such as 240.00",
        ),
        (
            "subscriptions: [{event: PAY_IN, url: here}]",
            "subscriptions[0].url: `here` is not a URL; write one such as http://127.0.0.1:9000/hook",
        ),
        (
            "faults: [{fault: error_after, detail: 200}]",
            "faults[0].detail: `200` does not fit the fault `error_after`; `error_after` takes an HTTP status from 400 to 599, by default 500",
        ),
        (
            "faults: [{fault: refuse}]",
            "faults[0].detail: the fault `refuse` needs a detail; `refuse` takes the code that is answered, such as user_banned",
        ),
        (
            "webhook_faults: [{event: PAY_OUT, fault: lost}]",
            "webhook_faults[0].event: `PAY_OUT` is not a known event; use one of PAY_IN, COINS_SENT, CRYPTO_RECEIVED, TRANSFER_RAMPOFF_FINISHED, RAMPOFF_FINISHED, *",
        ),
        (
            "transfer_faults: [{fault: partial, detail: -1}]",
            "transfer_faults[0].detail: `-1` does not fit the fault `partial`; `partial` takes an amount in whole cents above 0, by default 1",
        ),
        (
            "webhook_faults: [{fault: lost, detail: 5}]",
            "webhook_faults[0].detail: `5` does not fit the fault `lost`; `lost` takes no detail",
        ),
        (
            "faults: [{fault: html}, {fault: html, times: 0}]",
            "faults[1].times: a fault that strikes 0 times never strikes; write 1 or more, or leave the fault out",
        ),
    ] {
        assert_eq!(refused(text).to_string(), told);
    }
    let shape = refused("limits: much");
    assert!(!shape.rule.contains("struct LimitsEntry"), "{shape}");
    let misspelt = refused("faults:\n  - {opration: quote, fault: html}\n");
    assert_eq!(misspelt.place, "line 2, column 6");
    assert!(
        misspelt
            .rule
            .contains("unknown field `opration`, expected one of `operation`"),
        "{misspelt}"
    );
}

#[test]
fn purchase_errors_name_place_rule_and_cure() {
    for (text, told) in [
        (
            "payments: [{customer: eve@example.com, amount: 1}]",
            "payments[0].customer: `eve@example.com` is none of the customers; write the mail address of one that stands under `customers`",
        ),
        (
            "payments: [{customer: a@example.com, amount: 0.001}]",
            "payments[0].amount: `0.001` has more than two decimals; write whole cents, such as 240.00",
        ),
        (
            "payments: [{customer: a@example.com, amount: 0}]",
            "payments[0].amount: `0` cannot be bought or sold; write an amount above 0 and below 1000000000",
        ),
        (
            "payments: [{customer: a@example.com, amount: 1, id: x}]",
            "payments[0].id: `x` is not a payment id; write 25 letters and digits",
        ),
        (
            "payments: [{customer: a@example.com, amount: 1, method: card, concept: 7}]",
            "payments[0].concept: a payment by card has no concept; leave it out, or use the method `transfer`",
        ),
        (
            "payments: [{customer: a@example.com, amount: 1, concept: 1234567890}]",
            "payments[0].concept: a concept has one to nine digits; write one such as 482913377",
        ),
        (
            "customers: [{name: A, email: a@example.com}]\npayments: [{customer: a@example.com, amount: 1, method: card, status: pending_bank}]",
            "payments[0].status: a payment by card never is `pending_bank`; change it or leave it out",
        ),
        (
            "offramps: [{customer: a@example.com, amount: 1, symbol: USDC, chain: solana, iban: x}]",
            "offramps[0].symbol: `USDC on solana` is not on offer; use one of USDC on polygon, USDC on ethereum, USDT on polygon, EURC on ethereum, DAI on polygon, POL on polygon, ETH on ethereum, BTC on bitcoin",
        ),
        (
            "payments: [{customer: a@example.com, amount: 1, guided: true, method: KHIPU}]",
            "payments[0].method: a guided payment is not paid by KHIPU; use one of card, psd2, transfer, paypal",
        ),
        (
            "customers: [{name: A, email: a@example.com}]\npayments: [{customer: a@example.com, amount: 1, concept: 7}, {customer: a@example.com, amount: 2, concept: 7}]",
            "payments[1].concept: `7` is the concept of another payment; write another, or leave it out",
        ),
        (
            "customers: [{name: ' ', email: a@example.com}]",
            "customers[0].name: the name is empty; write one such as Ana",
        ),
        (
            "token_life: 0",
            "token_life: a token life of zero refuses every token; write 1 or more seconds",
        ),
        (
            "payments: [{customer: a@example.com, amount: 1, status: ''}]",
            "payments[0].status: the status is empty; leave it out for `started`",
        ),
        (
            "limits: {min_purchase: -1}",
            "limits.min_purchase: `-1` is below zero; write 0 or more",
        ),
        (
            "payments: [{customer: a@example.com, amount: 1, created_at: yesterday}]",
            "payments[0].created_at: `yesterday` is not a time; write it as RFC 3339, such as 2026-06-26T09:00:00Z",
        ),
        (
            "offramps: [{customer: a@example.com, amount: 1, symbol: USDC}]",
            "offramps[0].iban: either this or bank_name is required; write where the money goes: an iban, or a bank_name in Latin America",
        ),
        (
            "offramps: [{customer: a@example.com, amount: 1, symbol: USDC, iban: ES00}]",
            "offramps[0].iban: `ES00` is not an IBAN; write one such as ES9121000418450200051332",
        ),
        (
            "customers: [{name: A, email: a@example.com}]\npayments: [{customer: a@example.com, amount: 1, external_id: x}, {customer: a@example.com, amount: 1, external_id: x}]\nbank_credits: [{amount: 1, meant_for: x}]",
            "bank_credits[0].meant_for: `x` is the external_id of several payments; write the id of one of them",
        ),
        (
            "customers: [{name: A, email: a@example.com}]\npayments: [{customer: a@example.com, amount: 1, id: abcdefghijklmnopqrstuvwx1}, {customer: a@example.com, amount: 1, id: abcdefghijklmnopqrstuvwx1}]",
            "payments[1].id: `abcdefghijklmnopqrstuvwx1` is the id of another payment; change it or leave it out",
        ),
        (
            "bank_credits: [{amount: 1, meant_for: order-1}]",
            "bank_credits[0].meant_for: `order-1` is neither id nor external_id of one of the integration's payments; name one that there is",
        ),
    ] {
        assert_eq!(refused(text).to_string(), told);
    }
}

#[test]
fn limits_that_a_scenario_does_not_name_stay() {
    let mut settings = Settings::new(1);
    settings.limits.min_purchase = "50".parse().unwrap();
    settings.limits.card_per_quarter = "500".parse().unwrap();
    settings.stage("limits: {card_per_quarter: 700}".parse().unwrap());
    settings.stage("speed: manual".parse().unwrap());
    assert_eq!(settings.limits.min_purchase.to_string(), "50");
    assert_eq!(settings.limits.card_per_quarter.to_string(), "700");
}

#[test]
fn given_concept_is_unique_for_every_seed() {
    let concepts = |payments: &str| -> Vec<u64> {
        let begin = "seed: 7\ncustomers: [{name: Ana, email: ana@example.com}]\n";
        let engine = opened(&format!("{begin}payments: [{payments}]"));
        let payments = engine.integrations()[0].payments.values();
        payments.filter_map(|payment| payment.concept).collect()
    };
    let plain = "{customer: ana@example.com, amount: 20}";
    let made = concepts(&format!("{plain}, {plain}"));
    // The last payment is given the concept that the seed makes for the second.
    let given = format!("{{customer: ana@example.com, amount: 20, concept: {}}}", made[1]);
    let again = concepts(&format!("{plain}, {plain}, {given}"));
    assert_eq!((again.len(), again[0], again[2]), (3, made[0], made[1]));
    assert_ne!(again[1], made[1]);
}
