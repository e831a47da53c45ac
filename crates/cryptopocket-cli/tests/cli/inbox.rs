//! `inbox`.
#![cfg(unix)]

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::webhooks::{Signer, Verifier};
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{Delivery, Failure, Handler, Inbox, RetryPolicy};
use serde_json::json;

use crate::program::Program;

/// An inbox with one waiting event, one dead letter, and one content in quarantine.
pub(crate) fn filled(program: &Program) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let inbox = Inbox::new(
            SqliteStore::open(program.home.path().join("inbox.db"))
                .await
                .unwrap(),
        );
        let (signer, verifier) = (Signer::new("s").unwrap(), Verifier::new("s").unwrap());
        let receive = |body: &'static str| {
            let (inbox, headers, verifier) = (inbox.clone(), signer.sign(body.as_bytes()), verifier.clone());
            async move {
                let known = verifier.verify(&headers, body.as_bytes()).unwrap();
                inbox.receive(&known).await.unwrap()
            }
        };
        receive(r#"{"type":"PAY_IN","data":{"id":"p1","status":"payment_received"}}"#).await;
        let claim = inbox.claim(1).await.unwrap().pop().unwrap();
        inbox.fail(claim, &Failure::dead("no such order")).await.unwrap();
        receive(r#"{"type":"COINS_SENT","data":{"id":"p1","txid":"0x1"}}"#).await;
        receive(r#"{"type":"COINS_SENT","data":{"id":"p1","txid":"0x2"}}"#).await;
        Arc::new(inbox).close().await;
    });
}

#[test]
fn status_shows_dead_letters_and_quarantine() {
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:inbox.db");
    filled(&program);
    let status = program.words("inbox status --json").json();
    let counts = ["ready", "scheduled", "leased", "dead", "quarantined"].map(|state| status[state].clone());
    assert_eq!(json!(counts), json!([1, 0, 0, 1, 1]));
    assert!(status["oldest"].as_str().unwrap().ends_with('Z'));
    assert!(status["oldest_age_seconds"].as_u64().unwrap() < 300);
    let dead = &status["dead_letters"][0];
    assert_eq!(
        (&dead["key"], &dead["reason"]),
        (&json!("PAY_IN|id:p1"), &json!("no such order"))
    );
    assert_eq!(status["quarantine"][0]["key"], "COINS_SENT|id:p1");
    let shown = program.words("inbox status");
    for text in ["dead letters", "no such order", "quarantine", "COINS_SENT|id:p1"] {
        assert!(shown.stdout.contains(text), "{}", shown.stdout);
    }
    assert!(shown.stderr.contains("inbox retry") && shown.stderr.contains("inbox resolve"));
}

#[test]
fn dead_letter_is_due_again_after_retry() {
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:inbox.db");
    filled(&program);
    let listed = program.words("inbox list --state dead --json").json();
    assert_eq!(
        (&listed["key"], &listed["attempts"]),
        (&json!("PAY_IN|id:p1"), &json!(1))
    );
    let unknown = program.words("inbox retry PAY_IN|id:p2 --json");
    assert_eq!(
        (unknown.code, unknown.error()["kind"].as_str()),
        (8, Some("not_found"))
    );
    assert_eq!(
        program.words("inbox retry PAY_IN|id:p1 --json").json(),
        json!({"retried": 1})
    );
    assert_eq!(program.words("inbox list --state dead").stdout, "(none)\n");
    assert_eq!(program.words("inbox list --state ready --json").lines().len(), 2);
    assert_eq!(program.words("inbox retry --json").json(), json!({"retried": 0}));
}

#[test]
fn list_and_status_say_the_same_states() {
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:inbox.db");
    filled(&program);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let path = program.home.path().join("inbox.db");
        let policy = RetryPolicy::default().first(Duration::from_hours(1));
        let inbox = Inbox::builder(SqliteStore::open(path).await.unwrap())
            .retry(policy)
            .build();
        let claim = inbox.claim(1).await.unwrap().pop().unwrap();
        inbox.fail(claim, &Failure::retry("busy")).await.unwrap();
        let body = r#"{"type":"COINS_SENT","data":{"id":"p2"}}"#;
        let headers = Signer::new("s").unwrap().sign(body.as_bytes());
        let verifier = Verifier::new("s").unwrap();
        let event = verifier.verify(&headers, body.as_bytes()).unwrap();
        inbox.receive(&event).await.unwrap();
        inbox.close().await;
    });
    let status = program.words("inbox status --json").json();
    for (state, key) in [
        ("scheduled", "COINS_SENT|id:p1"),
        ("ready", "COINS_SENT|id:p2"),
        ("dead", "PAY_IN|id:p1"),
    ] {
        // The event that is ready comes after the one that is scheduled, and is found with a limit of one.
        let listed = program.words(&format!("inbox list --state {state} --limit 1 --json"));
        let listed = listed.json();
        assert_eq!(
            (&listed["key"], &listed["state"], &status[state]),
            (&json!(key), &json!(state), &json!(1))
        );
    }
    let all = program.words("inbox list --json").lines();
    let shown: Vec<_> = all.iter().map(|event| event["state"].clone()).collect();
    assert_eq!(json!(shown), json!(["dead", "scheduled", "ready"]));
    assert_eq!(program.words("inbox list --limit 2 --json").lines().len(), 2);
}

#[test]
fn content_leaves_quarantine_by_decision() {
    for (flag, ready) in [("--release", 2), ("--dismiss", 1)] {
        let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:inbox.db");
        filled(&program);
        let id = program.words("inbox status --json").json()["quarantine"][0]["id"]
            .as_i64()
            .unwrap();
        assert_eq!(
            program.words(&format!("inbox resolve {id}")).code,
            2,
            "a decision is needed"
        );
        assert_eq!(
            program
                .words(&format!("inbox resolve {id} --release --dismiss"))
                .code,
            2
        );
        assert_eq!(
            program.words(&format!("inbox resolve {id} {flag} --json")).code,
            0
        );
        assert_eq!(
            program.words(&format!("inbox resolve {id} {flag} --json")).code,
            8
        );
        let status = program.words("inbox status --json").json();
        assert_eq!(
            (&status["quarantined"], &status["ready"]),
            (&json!(0), &json!(ready)),
            "{flag}"
        );
    }
}

#[test]
fn status_updates_no_older_store() {
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:inbox.db");
    filled(&program);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(program.home.path().join("inbox.db"))
            .await
            .unwrap();
        let older = store.write(|connection| {
            Box::pin(sqlx::query("UPDATE cryptopocket_inbox_version SET version = 1").execute(connection))
        });
        older.await.unwrap();
        Inbox::new(store).close().await;
    });
    // The second look finds what the first found.
    for words in ["inbox status --json", "inbox list --json"] {
        let refused = program.words(words);
        let error = refused.error();
        assert_eq!((refused.code, error["kind"].as_str()), (3, Some("too_old")));
        assert!(error["message"].as_str().unwrap().contains("tables of version 1"));
    }
}

#[test]
fn database_of_another_program_gets_no_tables() {
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:other.db");
    let path = program.file("other.db", b"");
    for words in [
        "inbox retry",
        "inbox resolve 1 --release",
        "inbox status",
        "inbox list",
        "webhooks replay --all",
    ] {
        let refused = program.words(&format!("{words} --json"));
        assert_eq!(refused.code, 3, "{words}: {}", refused.stdout);
        let error = refused.error().to_string();
        assert!(error.contains("no tables of an inbox"), "{words}: {error}");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0, "{words}");
    }
}

#[test]
fn url_with_a_relative_path_is_refused() {
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite://inbox.db");
    filled(&program);
    let refused = program.words("inbox status --json");
    let error = refused.error();
    assert_eq!((refused.code, error["kind"].as_str()), (3, Some("bad_path")));
    assert!(error.to_string().contains("sqlite:inbox.db") || error.to_string().contains("sqlite:rel.db"));
}

#[test]
fn status_counts_finished_events_on_request() {
    let program = Program::new().with("CRYPTOPOCKET_STORE", "sqlite:inbox.db");
    filled(&program);
    assert_eq!(program.words("inbox status --done --json").json()["done"], 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let path = program.home.path().join("inbox.db");
        let inbox = Inbox::new(SqliteStore::open(path).await.unwrap());
        let claim = inbox.claim(1).await.unwrap().pop().unwrap();
        inbox.complete(claim, Arc::new(Handled)).await.unwrap();
        inbox.close().await;
    });
    let status = program.words("inbox status --done --json").json();
    let counts = ["ready", "done", "dead"].map(|state| status[state].clone());
    assert_eq!(json!(counts), json!([0, 1, 1]));
    let shown = program.words("inbox status --done").stdout;
    let is_done = |line: &str| line.starts_with("done ") && line.ends_with(" 1");
    assert!(shown.lines().any(is_done), "{shown}");
    // Without the flag nothing reads the whole store, and nothing passes for a count.
    let status = program.words("inbox status --json").json();
    assert_eq!(status.get("done"), None);
    let shown = program.words("inbox status").stdout;
    assert!(!shown.lines().any(|line| line.starts_with("done")), "{shown}");
}

/// The handler of events that need no work.
struct Handled;

impl<T: Send> Handler<T> for Handled {
    async fn handle(&self, _: &Delivery, _: &mut T) -> Result<(), Failure> {
        Ok(())
    }
}

#[test]
fn missing_file_is_told_as_missing() {
    let program = Program::new();
    for line in [
        "inbox status --store sqlite:never.db",
        "inbox retry --store sqlite:never.db",
        "webhooks replay --all --store sqlite:never.db",
    ] {
        let run = program.words(&format!("{line} --json"));
        let error = run.error();
        assert_eq!((run.code, error["kind"].as_str()), (3, Some("gone")), "{error}");
        assert_eq!(
            error["message"], "--store: the file never.db does not exist",
            "{line}"
        );
        let hint = error["hint"].as_str().unwrap();
        for told in [
            "mount its disk",
            "Only if there never was an inbox",
            "webhooks listen --store",
        ] {
            assert!(hint.contains(told), "{told}: {hint}");
        }
        assert!(!program.home.path().join("never.db").exists());
    }
}
