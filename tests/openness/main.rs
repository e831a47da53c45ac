//! Unknown fields, words and codes of the provider are kept in every operation.

use cryptopocket_core::testing::Answer;
use cryptopocket_tests::catalogue::{self, Case};
use cryptopocket_tests::scripted;
use serde_json::{Map, Value};

const FIELD: &str = "field_of_tomorrow";
const WORD: &str = "word_of_tomorrow";

/// Names of the fields whose values are open enums.
const WORDS: &[&str] = &["status", "kyc_status", "payment_type", "active"];

/// Adds an unknown field to every object under `data`.
fn with_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(with_unknown_fields);
            fields.insert(FIELD.to_owned(), Value::from(1));
        }
        Value::Array(items) => items.iter_mut().for_each(with_unknown_fields),
        _ => {}
    }
}

/// Replaces every value of an open enum under `data`; `true` if there was one.
fn with_unknown_words(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => {
            let mut found = false;
            for (name, value) in fields {
                if WORDS.contains(&name.as_str()) && value.is_string() {
                    *value = Value::from(WORD);
                    found = true;
                } else {
                    found |= with_unknown_words(value);
                }
            }
            found
        }
        Value::Array(items) => {
            let mut found = false;
            for item in items {
                found |= with_unknown_words(item);
            }
            found
        }
        _ => false,
    }
}

async fn read(case: &Case, reply: &Map<String, Value>) -> String {
    let scripted = scripted::session();
    scripted
        .transport
        .always(case.id, Answer::json(Value::from(reply.clone()).to_string()));
    (case.call)(scripted.session)
        .await
        .unwrap_or_else(|error| panic!("{}: {error:#}", case.id))
}

fn reply(case: &Case) -> Map<String, Value> {
    serde_json::from_str(case.reply).expect("an object")
}

#[tokio::test]
async fn unknown_field_is_kept_in_every_reply() {
    let mut seen = 0;
    for case in catalogue::all() {
        let mut reply = reply(&case);
        let Some(data) = reply.get_mut("data").filter(|data| !data.is_string()) else {
            continue;
        };
        with_unknown_fields(data);
        let read = read(&case, &reply).await;
        if case.id == "authenticate" {
            continue;
        }
        // This call returns its link only.
        if case.id != "create_enhanced_verification_link" {
            assert!(read.contains(FIELD), "{}: {read}", case.id);
            seen += 1;
        }
    }
    assert!(seen >= 20, "only {seen} operations were checked");
}

#[tokio::test]
async fn unknown_field_beside_data_is_ignored() {
    for case in catalogue::all() {
        let mut reply = reply(&case);
        reply.insert(FIELD.to_owned(), Value::from(1));
        read(&case, &reply).await;
    }
}

#[tokio::test]
async fn unknown_word_keeps_its_text() {
    let mut seen = 0;
    for case in catalogue::all() {
        let mut reply = reply(&case);
        let found = reply.get_mut("data").is_some_and(with_unknown_words);
        if !found {
            continue;
        }
        let read = read(&case, &reply).await;
        assert!(read.contains(WORD), "{}: {read}", case.id);
        seen += 1;
    }
    assert!(seen >= 9, "only {seen} operations have an open enum");
}

#[tokio::test]
async fn unknown_code_keeps_its_text() {
    for case in catalogue::all() {
        for key in ["error", "message"] {
            let scripted = scripted::session();
            scripted.transport.always(
                case.id,
                Answer::json(format!(r#"{{"status":"error","{key}":"{WORD}"}}"#)),
            );
            let error = (case.call)(scripted.session)
                .await
                .expect_err("the provider refuses");
            assert_eq!(
                error.code().map(ToString::to_string).as_deref(),
                Some(WORD),
                "{} in `{key}`",
                case.id
            );
            assert!(error.is_refused(), "{}: {error:?}", case.id);
            assert_eq!(
                scripted.transport.calls(case.id),
                1,
                "{}: a refusal is not repeated",
                case.id
            );
        }
    }
}

#[tokio::test]
async fn every_success_word_means_success() {
    for case in catalogue::all() {
        for word in ["ok", "success", "sucess"] {
            let mut reply = reply(&case);
            reply.insert("status".to_owned(), Value::from(word));
            read(&case, &reply).await;
        }
    }
}
