//! Recorded shapes hold no value, and no name that could be one.

use std::fs;
use std::path::Path;
use std::sync::PoisonError;

use cryptopocket_core::testing::Answer;
use cryptopocket_tests::{canary, catalogue, scripted};
use serde_json::{Map, Value, json};

use crate::{TURN, Traced};

const NUMBER: u64 = 77_123_456_789;

/// Every text and number becomes a canary, and every object gets fields named after them.
fn planted(value: &Value, next: &mut impl FnMut() -> &'static str) -> Value {
    match value {
        Value::Object(fields) => {
            let own = fields
                .iter()
                .map(|(name, value)| (name.clone(), planted(value, next)));
            let own: Vec<_> = own.collect();
            let foreign = canary::ALL
                .iter()
                .map(|name| ((*name).to_owned(), json!({ *name: [NUMBER, name] })));
            Value::Object(own.into_iter().chain(foreign).collect::<Map<_, _>>())
        }
        Value::Array(rows) => rows.iter().map(|row| planted(row, next)).collect(),
        Value::String(_) => json!(next()),
        Value::Number(_) => json!(NUMBER),
        other => other.clone(),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Names and texts of all files.
fn written(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        text.push_str(&path.file_name().expect("a name").to_string_lossy());
        text.push_str(&fs::read_to_string(&path).expect("a file"));
    }
    text
}

#[test]
fn shape_files_hold_no_canary() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = runtime();
    let folder = tempfile::tempdir().expect("a folder");
    let mut canaries = canary::ALL.iter().cycle();
    let mut next = || *canaries.next().expect("a cycle");
    for case in catalogue::all() {
        let reply: Value = serde_json::from_str(case.reply).expect("JSON");
        let mut success = planted(&reply, &mut next);
        success["status"] = reply["status"].clone();
        let everything = planted(&reply, &mut next).to_string();
        for answer in [
            Answer::json(case.reply),
            Answer::json(success.to_string()),
            Answer::json(everything.clone()),
            Answer::reply(422, everything),
            Answer::reply(502, canary::ALL.join("<br>")),
        ] {
            let scripted = scripted::recording(folder.path());
            scripted.transport.always(case.id, answer);
            let _ = runtime.block_on((case.call)(scripted.session));
        }
    }
    let written = written(folder.path());
    assert_eq!(canary::seen_in(&written), Vec::<&str>::new());
    assert!(!written.contains(&NUMBER.to_string()) && !written.contains("100067"));
    for case in catalogue::all() {
        assert!(written.contains(&format!("{}.2xx", case.id)), "{}", case.id);
    }
    for name in [
        "data.fiat_amount",
        "wallet",
        "{key}",
        "api_secret",
        "/payment/{payment_id}",
    ] {
        assert!(written.contains(name), "{name}");
    }
}

#[test]
fn unwritable_folder_costs_one_warning() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let file = tempfile::NamedTempFile::new().expect("a file");
    let traced = Traced::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(traced.clone())
        .finish();
    let runtime = runtime();
    tracing::subscriber::with_default(subscriber, || {
        let case = catalogue::case("list_available_assets");
        let scripted = scripted::recording(file.path());
        scripted.transport.always(case.id, Answer::json(case.reply));
        for _ in 0..3 {
            let call = (case.call)(scripted.session.clone());
            runtime.block_on(call).expect("the call succeeds");
        }
    });
    let traced = traced.text();
    assert_eq!(traced.matches("cannot be recorded").count(), 1, "{traced}");
    assert!(!traced.contains(&*file.path().to_string_lossy()), "{traced}");
}
