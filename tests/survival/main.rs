//! Every field of every reply, in every wrong form: only a key may fail the call.

mod events;
mod fuzz;
mod mutation;
mod sample;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cryptopocket_core::Error;
use cryptopocket_core::testing::Answer;
use cryptopocket_tests::{catalogue, scripted};
use serde_json::Value;

use crate::mutation::mutations;
use crate::sample::{Class, Place, Sample, samples};

#[derive(Default)]
struct Count {
    survived: usize,
    tried: usize,
}

/// Makes the call with `reply` as the provider's answer.
async fn call(operation: &str, reply: &Value) -> Result<String, Error> {
    let test = scripted::session();
    test.transport.always(operation, Answer::json(reply.to_string()));
    (catalogue::case(operation).call)(test.session).await
}

#[tokio::test]
async fn only_keys_can_fail_a_call() {
    let mut table: BTreeMap<(Class, String), Count> = BTreeMap::new();
    let mut operations = BTreeMap::<String, usize>::new();
    let mut lost = String::new();
    for Sample {
        operation,
        reply,
        places,
    } in samples()
    {
        let whole = call(&operation, &reply).await;
        assert!(whole.is_ok(), "{operation}: the sample itself fails: {whole:?}");
        for place in &places {
            let Place { path, grade, class } = place;
            let Some(value) = reply.pointer(path) else {
                continue;
            };
            for (name, mutated) in mutations(&reply, path, value) {
                let survived = call(&operation, &mutated).await.is_ok();
                let count = table.entry((*class, grade.clone())).or_default();
                count.tried += 1;
                count.survived += usize::from(survived);
                *operations.entry(operation.clone()).or_default() += 1;
                if !survived && *class == Class::Field {
                    let _ = writeln!(lost, "{operation} {path}: {name}");
                }
            }
        }
    }
    assert_eq!(lost, "", "these fields are no keys");
    assert_eq!(operations.len(), 26, "{operations:?}");
    let mut shown = String::new();
    for ((class, grade), Count { survived, tried }) in &table {
        let _ = writeln!(
            shown,
            "{:5} {grade:10} {survived} of {tried} calls succeed",
            class.as_str()
        );
    }
    insta::assert_snapshot!("survival", shown);
}
