//! What is particular to the SQLite store.

use std::sync::Arc;

use cryptopocket_inbox::sqlite::{SqliteOptions, SqliteStore};
use cryptopocket_inbox::{
    BodyKey, Delivery, ErrorKind, Failure, Filter, Handler, Inbox, Keyring, Outcome, Redaction, Settlement,
    Store as _,
};
use cryptopocket_webhooks::Sighting;
use sqlx::SqliteConnection;

use crate::stage::{Effects as _, body, in_virtual_time, key, note, receive, sqlite};

async fn number(store: &SqliteStore, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(store.reader()).await.unwrap()
}

#[tokio::test]
async fn file_is_in_wal_mode_and_writer_syncs_fully() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(&folder).await;
    let read = store.write(|connection| {
        Box::pin(async move {
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
                .fetch_one(&mut *connection)
                .await?;
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
                .fetch_one(connection)
                .await?;
            Ok((synchronous, journal))
        })
    });
    assert_eq!(read.await.unwrap(), (2, "wal".to_owned()));
}

#[tokio::test]
async fn only_a_new_event_wakes_an_idle_worker() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let is_woken = || {
        let mut waiting = std::pin::pin!(inbox.store().woken());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        waiting.as_mut().poll(&mut context).is_ready()
    };
    assert!(inbox.claim(1).await.unwrap().is_empty());
    assert!(!is_woken(), "the claim itself wakes nobody");
    receive(&inbox, &body("p1", "")).await.unwrap();
    assert!(is_woken());
    receive(&inbox, &body("p1", "")).await.unwrap();
    assert!(!is_woken(), "a repetition is nothing to handle");
}

#[tokio::test]
async fn events_survive_a_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    inbox.close().await;
    let inbox = Inbox::new(sqlite(&folder).await);
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(inbox.run_until_idle(note::<SqliteStore>()).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_deliveries_of_one_event_are_one() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let deliveries: Vec<_> = (0..300)
        .map(|number| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                // Three statuses of each of ten payments, each ten times.
                let fields = format!(r#","status":"s{}""#, number / 10 % 3);
                receive(&inbox, &body(&format!("p{}", number % 10), &fields))
                    .await
                    .unwrap()
                    .sighting
            })
        })
        .collect();
    let mut counts = [0; 3];
    for delivery in deliveries {
        let sighting = delivery.await.unwrap();
        counts[Sighting::ALL.iter().position(|one| *one == sighting).unwrap()] += 1;
    }
    assert_eq!(counts, [10, 270, 20]);
    assert_eq!(inbox.list(Filter::all(), 100).await.unwrap().len(), 10);
}

#[tokio::test]
async fn older_program_refuses_a_newer_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let upgrade = inbox.store().write(|connection| {
        Box::pin(
            sqlx::query("INSERT INTO cryptopocket_inbox_version (version) VALUES (99)").execute(connection),
        )
    });
    upgrade.await.unwrap();
    // The program that was running during the upgrade.
    let error = receive(&inbox, &body("p2", "")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooNew);
    assert_eq!(
        error.to_string(),
        "the store has tables of version 99, and this program knows version 7"
    );
    // One that starts after it.
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooNew);
    assert_eq!(
        number(inbox.store(), "SELECT count(*) FROM cryptopocket_inbox_events").await,
        1
    );
}

#[tokio::test]
async fn store_of_the_first_version_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let downgrade = inbox.store().write(|connection| {
        Box::pin(async move {
            sqlx::raw_sql(
                "DROP TABLE cryptopocket_inbox_quarantine; DROP TABLE cryptopocket_inbox_journal;
                DROP TABLE cryptopocket_inbox_objects; DROP TABLE cryptopocket_inbox_changes;
                DROP TABLE cryptopocket_inbox_tracker; DROP TABLE cryptopocket_inbox_answers;
                DROP TABLE cryptopocket_inbox_polls; DROP TABLE cryptopocket_inbox_keys;
                UPDATE cryptopocket_inbox_version SET version = 1",
            )
            .execute(connection)
            .await
        })
    });
    downgrade.await.unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let changed = receive(&inbox, &body("p1", r#","status":"x""#)).await.unwrap();
    assert_eq!(changed.sighting, Sighting::Changed);
}

#[tokio::test]
async fn missing_file_is_not_made_when_that_is_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let error = SqliteOptions::new(&path).create(false).open().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Gone);
    assert!(!path.exists());
}

#[tokio::test]
async fn stored_bodies_are_redacted_once_done() {
    let folder = tempfile::tempdir().unwrap();
    let (builder, _) = in_virtual_time(sqlite(&folder).await);
    let inbox = builder.redaction(Redaction::personal()).build();
    receive(&inbox, &body("p1", r#","iban":"ES9121000418450200051332""#))
        .await
        .unwrap();
    let count = "SELECT count(*) FROM cryptopocket_inbox_events WHERE CAST(body AS TEXT) LIKE '%ES91%'";
    assert_eq!(number(inbox.store(), count).await, 1);
    inbox.run_until_idle(note::<SqliteStore>()).await.unwrap();
    assert_eq!(number(inbox.store(), count).await, 0);
    let again = receive(&inbox, &body("p1", r#","iban":"ES9121000418450200051332""#))
        .await
        .unwrap();
    assert_eq!(again.sighting, Sighting::Duplicate);
}

#[tokio::test]
async fn redacted_values_leave_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (builder, _) = in_virtual_time(sqlite(&folder).await);
    let inbox = builder.redaction(Redaction::whole()).build();
    // Longer than a page, so that its pages become free.
    let padding = "x".repeat(9000);
    receive(
        &inbox,
        &body(
            "p1",
            &format!(r#","memo":"{padding}","iban":"ES9121000418450200051332""#),
        ),
    )
    .await
    .unwrap();
    let holds = || {
        let file = std::fs::read(folder.path().join("inbox.db")).unwrap();
        file.windows(4).any(|window| window == b"ES91")
    };
    // Closing moves everything from the log into the file.
    inbox.close().await;
    assert!(holds());
    let (builder, _) = in_virtual_time(sqlite(&folder).await);
    let inbox = builder.redaction(Redaction::whole()).build();
    inbox.run_until_idle(note::<SqliteStore>()).await.unwrap();
    inbox.close().await;
    assert!(!holds());
}

#[tokio::test]
async fn sealed_bodies_open_only_with_their_key() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = |byte: u8| Keyring::new(BodyKey::new(byte.into(), &[byte; 32]));
    let inbox = in_virtual_time(sqlite(&folder).await)
        .0
        .keyring(keyring(1))
        .build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    receive(&inbox, &body("p1", r#","status":"x""#)).await.unwrap();
    let plain =
        "SELECT count(*) FROM cryptopocket_inbox_events WHERE instr(body, CAST('PAY_IN' AS BLOB)) > 0";
    assert_eq!(number(inbox.store(), plain).await, 0);
    assert_eq!(
        inbox.claim(1).await.unwrap()[0].delivery.raw(),
        body("p1", "").as_bytes()
    );
    assert!(inbox.quarantined(1).await.unwrap()[0].body.is_some());
    inbox.close().await;

    // Another keyring: the event is kept, not counted as failed, and handled once its key is back.
    let (builder, runtime) = in_virtual_time(sqlite(&folder).await);
    runtime.clock().advance(crate::stage::OVER_A_LEASE);
    let inbox = builder.keyring(keyring(2)).build();
    assert_eq!(inbox.run_until_idle(note::<SqliteStore>()).await.unwrap(), 0);
    assert!(inbox.quarantined(1).await.unwrap()[0].body.is_none());
    let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
    assert_eq!(
        (event.attempts, event.reason.as_deref()),
        (0, Some("the keyring has no key 1"))
    );
    inbox.close().await;
    let (builder, runtime) = in_virtual_time(sqlite(&folder).await);
    runtime.clock().advance(crate::stage::OVER_A_LEASE * 3);
    let inbox = builder
        .keyring(keyring(2).and_old(BodyKey::new(1, &[1; 32])))
        .build();
    assert_eq!(inbox.run_until_idle(note::<SqliteStore>()).await.unwrap(), 1);
}

/// Breaks a constraint that only the commit checks, for one payment.
struct BreaksTheCommit;

impl Handler<SqliteConnection> for BreaksTheCommit {
    async fn handle(&self, delivery: &Delivery, transaction: &mut SqliteConnection) -> Result<(), Failure> {
        SqliteStore::note(transaction, delivery.key()).await?;
        if delivery.key() == key("bad") {
            sqlx::query("INSERT INTO child (parent) VALUES (7)")
                .execute(transaction)
                .await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn handler_that_breaks_the_commit_harms_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (builder, runtime) = in_virtual_time(sqlite(&folder).await);
    let inbox = builder.build();
    let tables = inbox.store().write(|connection| {
        Box::pin(async move {
            sqlx::raw_sql(
                "CREATE TABLE parent (id INTEGER PRIMARY KEY);
                 CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);",
            )
            .execute(connection)
            .await
        })
    });
    tables.await.unwrap();
    for id in ["p1", "bad", "p2", "p3"] {
        receive(&inbox, &body(id, "")).await.unwrap();
    }
    // The first round may fail as a whole; after it each handler commits alone.
    let _ = inbox.run_until_idle(BreaksTheCommit).await;
    runtime.clock().advance(crate::stage::OVER_A_LEASE);
    inbox.run_until_idle(BreaksTheCommit).await.unwrap();
    assert_eq!(inbox.store().noted().await, [key("p1"), key("p2"), key("p3")]);
    let bad = &inbox.list(Filter::all().key(key("bad")), 1).await.unwrap()[0];
    assert!(bad.reason.as_deref().unwrap().contains("FOREIGN KEY"), "{bad:?}");
    assert_eq!(bad.attempts, 1);
}

#[tokio::test]
async fn panic_of_a_write_closes_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let panics = inbox.store().write(|connection| {
        Box::pin(async move {
            sqlx::query("INSERT INTO effects (key) VALUES ('half')")
                .execute(connection)
                .await?;
            panic!("as a test wants");
            #[allow(unreachable_code, reason = "gives the type")]
            Ok(())
        })
    });
    let (panicked, delivery) = tokio::join!(panics, async { receive(&inbox, &body("p1", "")).await });
    assert_eq!(panicked.unwrap_err().kind(), ErrorKind::Handler);
    assert_eq!(delivery.unwrap().sighting, Sighting::New);
    assert_eq!(inbox.store().noted().await, Vec::<String>::new());
}

/// Ends the transaction that it was given, against its contract.
struct CommitsItself;

impl Handler<SqliteConnection> for CommitsItself {
    async fn handle(&self, delivery: &Delivery, transaction: &mut SqliteConnection) -> Result<(), Failure> {
        SqliteStore::note(transaction, delivery.key()).await?;
        sqlx::query("ROLLBACK").execute(transaction).await?;
        Ok(())
    }
}

#[tokio::test]
async fn handler_that_rolls_back_everything_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    let outcome = inbox.complete(claim, Arc::new(CommitsItself)).await;
    assert!(!matches!(outcome, Ok(Outcome::Done)), "{outcome:?}");
    assert!(
        !matches!(outcome, Ok(Outcome::Failed(Settlement::Dead { .. }))),
        "{outcome:?}"
    );
    assert_eq!(inbox.store().noted().await, Vec::<String>::new());
    receive(&inbox, &body("p2", "")).await.unwrap();
}
