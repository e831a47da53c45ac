//! The JSON Schemas of the matcher's policy and decisions.

#![allow(clippy::unwrap_used, reason = "a test")]

use boon::{Compiler, SchemaIndex, Schemas};
use cryptopocket_banking::Transaction;
use cryptopocket_banking::matcher::{Decision, ExpectedPayment, Matcher, Policy};
use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};

struct Schema(Schemas, SchemaIndex);

impl Schema {
    fn of<T: JsonSchema>() -> Self {
        let mut compiler = Compiler::new();
        let value = schema_for!(T).to_value();
        compiler.add_resource("schema.json", value).unwrap();
        let mut schemas = Schemas::new();
        let index = compiler.compile("schema.json", &mut schemas).unwrap();
        Self(schemas, index)
    }

    fn accepts(&self, value: &Value) -> bool {
        self.0.validate(value, self.1).is_ok()
    }
}

#[test]
fn policy_schema_is_as_agreed() {
    insta::assert_json_snapshot!(schema_for!(Policy));
}

#[test]
fn decision_schema_is_as_agreed() {
    insta::assert_json_snapshot!(schema_for!(Decision));
}

#[test]
fn schema_and_reader_agree_on_policies() {
    let schema = Schema::of::<Policy>();
    let default = serde_json::to_value(Policy::default()).unwrap();
    let good = [
        default,
        json!({}),
        json!({"days_after": 10, "confirm": {"concept": false}}),
        json!({"tolerances": [{"amount": "0.50", "currency": "EUR"}], "limits": {"pairs": 64}}),
        json!({"confirm": {"name_mismatch": "suggest"}}),
    ];
    for policy in good {
        assert!(schema.accepts(&policy), "{policy}");
        serde_json::from_value::<Policy>(policy).unwrap();
    }
    let bad = [
        json!({"days_afer": 10}),
        json!({"confirm": {"concepts": true}}),
        json!({"weights": {"refrence": 1}}),
        json!({"limits": {"pair": 1}}),
        json!({"days_after": -1}),
        json!({"days_after": "10"}),
        json!({"confirm": {"name_mismatch": "confirm"}}),
        json!("default"),
        json!(""),
        json!(null),
        json!(7),
        json!([]),
        json!([{}]),
        json!({"confirm": []}),
        json!({"confirm": null}),
        json!({"weights": []}),
        json!({"limits": []}),
        json!({"limits": {"pairs": "64"}}),
        json!({"confirm": {"concept": "false"}}),
    ];
    for policy in bad {
        assert!(!schema.accepts(&policy), "{policy}");
        assert!(
            serde_json::from_value::<Policy>(policy.clone()).is_err(),
            "{policy}"
        );
    }
}

#[test]
fn decisions_fit_their_schema() {
    let mut payment = ExpectedPayment::new("p-1", "150.50 EUR".parse().unwrap());
    payment.concept = Some(120_037.into());
    payment.payer_name = Some("Ana García".into());
    let credit = |id: &str| {
        let mut credit = Transaction::new(id, "150.50 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
        credit.iban = cryptopocket_types::Field::Value("ES79".into());
        credit.concept = cryptopocket_types::Field::Value("120037".into());
        credit
    };
    let mut matcher = Matcher::new(Policy::default()).unwrap();
    matcher.add_payments(&[payment]);
    matcher.add_transactions(&[credit("t-1"), credit("t-2")]);
    let decision = serde_json::to_value(matcher.decide().iter().next().unwrap()).unwrap();
    assert_eq!(decision["candidates"][0]["iban"], "ES79");
    let schema = Schema::of::<Decision>();
    assert!(schema.accepts(&decision), "{decision}");
    let mut wrong = decision;
    wrong["candidates"][0]["reasons"][0]["rule"] = "because".into();
    assert!(!schema.accepts(&wrong));
}
