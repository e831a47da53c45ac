//! Journals of two machines on one PostgreSQL database.

use std::time::Duration;

use cryptopocket_inbox::journal::{Begun, Entry, JournalStore, Phase, Record};
use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::{Runtime as _, StoredBody, TokioRuntime};
use cryptopocket_types::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::saturating_from_unix_micros(1_764_000_000_000_000 + second * 1_000_000)
}

fn body(text: &str) -> StoredBody {
    StoredBody {
        bytes: text.into(),
        sealed_with: None,
    }
}

/// What a worker records whose sending was done.
fn done(object: &str) -> Record {
    Record {
        answer: Some(body(object)),
        object: Some(object.to_owned()),
        ..Record::of(Phase::Done, at(200))
    }
}

/// Takes the call up, and records that it leaves.
async fn sends(store: &PostgresStore, second: i64) -> i64 {
    let intent = Entry {
        request_hash: vec![1; 32],
        ..Entry::fresh("k", "pay", body("r"), at(second))
    };
    let (hold, furthest) = (Duration::from_mins(1), Duration::from_hours(24));
    let begun = store.begin(intent, at(second), hold, furthest).await;
    let Begun::Held(entry) = begun.unwrap() else {
        panic!()
    };
    let leaves = Record {
        leaves: true,
        ..Record::of(Phase::Sending, at(second))
    };
    store.record("k", entry.token, leaves).await.unwrap();
    entry.token
}

/// Waits until a transaction waits for the lock of another one.
async fn one_waits(store: &PostgresStore) {
    let sql = "SELECT count(*) FROM pg_locks AS waiting
         JOIN pg_locks AS own ON own.pid = waiting.pid AND own.relation = 'cryptopocket_inbox_journal'::regclass
         WHERE NOT waiting.granted";
    for _ in 0..1000 {
        let waiting: i64 = sqlx::query_scalar(sql).fetch_one(store.pool()).await.unwrap();
        if waiting > 0 {
            return;
        }
        TokioRuntime.sleep(Duration::from_millis(10)).await;
    }
    panic!("no transaction waits");
}

/// A record that is judged by a row which another transaction is changing overwrites what that one writes.
#[tokio::test]
async fn records_of_two_machines_are_judged_one_after_the_other() {
    let Some(cluster) = crate::cluster::shared() else {
        return;
    };
    let (first, second) = cluster.two_stores().await;
    let late = sends(&first, 0).await;
    let holds = sends(&second, 100).await;
    // The second machine records that its sending was done, and is slow to commit. What else locks the row is not seen by
    // a plain `SELECT`.
    let mut slow = second.pool().begin().await.unwrap();
    let sql = "UPDATE cryptopocket_inbox_journal
         SET phase = 2, object = 'p-2', answer = 'p-2', recovered = false, held_until = 0 WHERE key = 'k' AND token = $1";
    let written = sqlx::query(sql).bind(holds).execute(&mut *slow).await.unwrap();
    assert_eq!(written.rows_affected(), 1);
    let ends = async {
        one_waits(&second).await;
        slow.commit().await.unwrap();
    };
    let (recorded, ()) = tokio::join!(first.record("k", late, done("p-1")), ends);
    let entry = recorded.unwrap();
    assert_eq!(entry.phase, Phase::Ambiguous);
    assert_eq!(entry.candidates, ["p-2", "p-1"]);
}
