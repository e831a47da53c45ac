//! Every field of every sample of an event, in every wrong form: the event is verified and delivered, and the rest of it
//! typed as before.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cryptopocket_webhooks::{Event, Payload, Signer, Verifier};
use serde_json::{Map, Value, json};

use crate::mutation::mutations;
use crate::sample::{Class, specification};

struct Sample {
    name: String,
    body: Value,
    /// JSON pointer of the object; empty when its fields stand beside the name.
    object: &'static str,
    /// The properties of the object's schema.
    properties: Value,
}

fn samples() -> Vec<Sample> {
    let schemas = &specification("openapi.yaml")["components"]["schemas"];
    let catalogue = specification("events.yaml");
    let mut samples = Vec::new();
    for event in catalogue["events"].as_array().expect("events") {
        let schema = event["object"].as_str().expect("the name of a schema");
        for example in event["examples"].as_array().expect("examples") {
            let name = |of: &Value, field: &str| of[field].as_str().expect("a text").to_owned();
            samples.push(Sample {
                name: format!("{} {}", name(event, "type"), name(example, "name")),
                object: if example["envelope"] == "flat" {
                    ""
                } else {
                    "/data"
                },
                body: example["body"].clone(),
                properties: schemas[schema]["properties"].clone(),
            });
        }
    }
    samples
}

/// The event of a signed delivery of `body`.
fn deliver(body: &Value) -> Event {
    let body = body.to_string();
    let headers = Signer::new("s").expect("a secret").sign(body.as_bytes());
    let verifier = Verifier::new("s").expect("a secret");
    let event = verifier.event(&headers, body.as_bytes());
    event.unwrap_or_else(|error| panic!("{body}: {error}"))
}

/// The typed fields of the object, and the others.
fn typed(event: &Event) -> (Map<String, Value>, Value) {
    let json = match event.payload() {
        Payload::Payment(payment) => serde_json::to_value(payment),
        Payload::Offramp(offramp) => serde_json::to_value(offramp),
        other => panic!("{other:?} has no typed fields"),
    };
    let mut fields = json.expect("JSON").as_object().expect("an object").clone();
    let extra = fields.remove("extra").unwrap_or_default();
    (fields, extra)
}

/// The typed field that a field of the wire is part of.
fn typed_name(wire: &str, offramp: bool) -> &str {
    match wire {
        "fiat_amount" | "fiat_symbol" if !offramp => "fiat",
        "coin_amount" | "coin_symbol" | "amount" | "decimals" | "crypto" | "blockchain" => "coin",
        other => other,
    }
}

/// What a field in a wrong form costs; empty when it costs no more than itself.
fn loss(sample: &Sample, field: &str, form: &str, mutated: &Value) -> String {
    let (before, after) = (deliver(&sample.body), deliver(mutated));
    if before.kind() != after.kind() {
        return "the kind".to_owned();
    }
    if field != "id" && before.key() != after.key() {
        return "the identity".to_owned();
    }
    let name = typed_name(field, before.offramp().is_some());
    let ((mut old, _), (mut new, extra)) = (typed(&before), typed(&after));
    let (was, is) = (old.remove(name), new.remove(name));
    if old != new {
        return format!("others: {new:?}");
    }
    let came = mutated.pointer(&format!("{}/{field}", sample.object));
    let is_gone = came.is_none_or(Value::is_null);
    let is_unreadable = is == Some(json!({"unreadable": true}));
    let is_same_value = ["number as text", "text as number"].contains(&form);
    let loss = match () {
        () if is == was && !is_same_value && was.is_some() => "nothing, so that it is not read",
        // A float that is so large that it has an exponent has lost digits.
        () if is_unreadable && is_same_value && came.is_some_and(|came| !came.to_string().contains('e')) => {
            "its value"
        }
        () if is.is_none() && !is_gone => "that it is there",
        () if is_unreadable && !is_gone && extra.get(field) != came => "its text",
        () if is_unreadable && !is_gone && after.surprises().is_empty() => "the surprise",
        () => "",
    };
    loss.to_owned()
}

#[test]
fn odd_field_costs_an_event_no_more_than_itself() {
    let mut table: BTreeMap<(Class, String), (usize, usize)> = BTreeMap::new();
    let mut costs = String::new();
    for sample in samples() {
        let object = sample.body.pointer(sample.object).expect("the object");
        let fields: Vec<_> = object
            .as_object()
            .expect("an object")
            .clone()
            .into_iter()
            .collect();
        for (field, value) in &fields {
            let property = &sample.properties[field];
            let Some(grade) = property["x-evidence"].as_str() else {
                assert!(sample.object.is_empty() && ["type", "event"].contains(&field.as_str()));
                continue;
            };
            let class = if field == "id" { Class::Key } else { Class::Field };
            let path = format!("{}/{field}", sample.object);
            for (form, mutated) in mutations(&sample.body, &path, value) {
                let loss = loss(&sample, field, form, &mutated);
                let count = table.entry((class, grade.to_owned())).or_default();
                count.1 += 1;
                count.0 += usize::from(loss.is_empty());
                if !loss.is_empty() {
                    let _ = writeln!(costs, "{} {path}: {form} costs {loss}", sample.name);
                }
            }
        }
    }
    assert_eq!(costs, "");
    let mut shown = String::new();
    for ((class, grade), (survived, tried)) in &table {
        let class = class.as_str();
        let _ = writeln!(
            shown,
            "{class:5} {grade:10} {survived} of {tried} events keep the rest"
        );
    }
    insta::assert_snapshot!("events", shown);
}

#[test]
fn odd_envelope_is_verified_and_delivered() {
    let mut delivered = 0;
    for sample in samples() {
        let names: Vec<_> = sample
            .body
            .as_object()
            .expect("an object")
            .clone()
            .into_iter()
            .collect();
        for (name, value) in &names {
            for (form, mutated) in mutations(&sample.body, &format!("/{name}"), value) {
                let event = deliver(&mutated);
                assert_eq!(event.raw(), mutated.to_string(), "{} {name}: {form}", sample.name);
                delivered += 1;
            }
        }
    }
    assert!(delivered > 400, "{delivered}");
}

/// A field that the reader forgets goes to `extra`, and its absence changes nothing.
#[test]
fn every_field_of_the_objects_schema_is_read() {
    let samples = samples();
    let mut read = BTreeMap::<String, bool>::new();
    for sample in &samples {
        let (whole, extra) = typed(&deliver(&sample.body));
        assert_eq!(extra, Value::Null, "{}: fields that are not read", sample.name);
        for property in sample.properties.as_object().expect("properties").keys() {
            let path = format!("{}/{property}", sample.object);
            let mut without = sample.body.clone();
            let object = without.pointer_mut(sample.object).and_then(Value::as_object_mut);
            let removed = object.expect("the object").remove(property);
            let is_read =
                removed.is_some_and(|value| !value.is_null()) && typed(&deliver(&without)).0 != whole;
            let kind = sample.name.split(' ').next().expect("a name");
            let is_payment = sample.properties.get("fiat_symbol").is_some();
            // A payment has a transaction from the end on.
            if !(property == "txid" && kind == "PAY_IN") {
                *read.entry(format!("{is_payment} {path}")).or_default() |= is_read;
            }
        }
    }
    let forgotten: Vec<_> = read.iter().filter(|(_, is_read)| !**is_read).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}
