mod backup;
mod model;

use std::collections::HashMap;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;
use tempfile::TempDir;

use super::{Keys, RUN, full_hash, hash};
use crate::inbox::Inbox;
use crate::sqlite::SqliteStore;
use crate::store::{Events as _, Filter, NewEvent, Settlement, StoredBody};
use crate::transaction::Store as _;

fn event(key: &str, content: u8) -> NewEvent {
    NewEvent {
        key: key.to_owned(),
        name: "PAY_IN".to_owned(),
        object_id: None,
        fingerprint: [content; 32],
        body: StoredBody {
            bytes: vec![content],
            sealed_with: None,
        },
        received_at: epoch(),
        signed_at: epoch(),
    }
}

async fn open(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(folder.path().join("inbox.db")).await.unwrap()
}

async fn number(store: &SqliteStore, query: &'static str) -> usize {
    let found: i64 = sqlx::query_scalar(query).fetch_one(store.reader()).await.unwrap();
    usize::try_from(found).unwrap()
}

fn epoch() -> Timestamp {
    Timestamp::from_unix_seconds(0).unwrap()
}

const EVENTS: &str = "SELECT count(*) FROM cryptopocket_inbox_events";
const RUNS: &str = "SELECT count(*) / 4 FROM cryptopocket_inbox_keys";

/// Numbers that are spread, and the same in each run of the test.
fn spread(count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(|number| full_hash(&number.to_string()))
}

#[test]
fn keys_with_one_hash_are_tested() {
    assert!((0..RUN * 9).any(|number| number > 0 && hash(&number.to_string()) == hash("0")));
}

#[test]
fn hash_of_a_key_never_changes() {
    // Files hold it.
    assert_eq!(full_hash("PAY_IN|id:p1"), 0x59ad_2f6b_d69e_d1ea);
}

#[tokio::test]
async fn each_key_is_stored_once_across_runs_and_reopenings() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder).await;
    let mut known = HashMap::new();
    for random in spread(1500) {
        let (key, content) = (random % 400, u8::from((random >> 32) % 8 == 0));
        let expected = match known.get(&key) {
            None => Sighting::New,
            Some(first) if *first == content => Sighting::Duplicate,
            Some(_) => Sighting::Changed,
        };
        known.entry(key).or_insert(content);
        let found = store.insert(event(&key.to_string(), content)).await.unwrap();
        // Other content is in quarantine from its second delivery on.
        let again = expected == Sighting::Changed && found == Sighting::Duplicate;
        assert!(found == expected || again, "{key}: {found:?}, not {expected:?}");
        if (random >> 48) % 128 == 0 {
            store.close().await;
            store = open(&folder).await;
        }
    }
    assert_eq!(number(&store, EVENTS).await, known.len());
    assert_eq!(number(&store, RUNS).await, known.len() / RUN);
}

#[tokio::test]
async fn events_that_come_together_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(open(&folder).await);
    let tasks = spread(900).map(|random| {
        let store = std::sync::Arc::clone(&store);
        let event = event(&(random % 300).to_string(), 0);
        tokio::spawn(async move { store.insert(event).await.unwrap() == Sighting::New })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut new = 0;
    for task in tasks {
        new += usize::from(task.await.unwrap());
    }
    let distinct = spread(900).map(|random| random % 300);
    assert_eq!(new, distinct.collect::<std::collections::HashSet<_>>().len());
    assert_eq!(number(&store, EVENTS).await, new);
}

#[tokio::test]
async fn two_programs_on_one_file_know_each_others_keys() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [open(&folder).await, open(&folder).await];
    for number in 0..4 * RUN {
        let event = event(&number.to_string(), 0);
        // In stretches, so that both have keys that the other has written to a run.
        let (first, second) = (&stores[number / 70 % 2], &stores[1 - number / 70 % 2]);
        assert_eq!(first.insert(event.clone()).await.unwrap(), Sighting::New);
        if number % 9 == 0 {
            assert_eq!(second.insert(event).await.unwrap(), Sighting::Duplicate);
        }
    }
    for number in 0..4 * RUN {
        for store in &stores {
            let seen = store.insert(event(&number.to_string(), 0)).await.unwrap();
            assert_eq!(seen, Sighting::Duplicate, "{number}");
        }
    }
    assert!(
        number(&stores[0], RUNS).await <= 4,
        "a run is written by one of them"
    );
}

#[tokio::test]
async fn event_in_a_run_is_listed_and_replayed_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for number in 0..RUN + 10 {
        let _ = store.insert(event(&number.to_string(), 0)).await.unwrap();
    }
    let now = epoch();
    for claimed in store.claim(now, Duration::from_secs(9), 1000).await.unwrap() {
        let dead = Settlement::Dead {
            at: now,
            reason: None,
        };
        let settle = store.transact(move |events| Box::pin(events.settle(claimed.lease(), dead)));
        settle.await.unwrap();
    }
    // One is in the run, the other is not yet.
    let inbox = Inbox::new(store);
    for key in ["3", "55"] {
        let filter = Filter::all().key(key);
        let listed = inbox.list(filter.clone(), 9).await.unwrap();
        assert_eq!(listed.iter().map(|event| &event.key).collect::<Vec<_>>(), [key]);
        assert_eq!(inbox.replay(filter).await.unwrap(), 1);
    }
    let absent = Filter::all().key("absent");
    assert_eq!(inbox.list(absent.clone(), 9).await.unwrap(), []);
    assert_eq!(inbox.replay(absent).await.unwrap(), 0);
}

#[tokio::test]
async fn run_written_while_the_index_is_read_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let (mut reading, mut looking) = (connect(&folder).await, connect(&folder).await);
    let mut opening = std::pin::pin!(Keys::open(&mut reading));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut count = 0;
    // Between any two reads a run is written.
    let keys = loop {
        if let std::task::Poll::Ready(keys) = opening.as_mut().poll(&mut context) {
            break keys;
        }
        if count == 12 * RUN {
            break opening.await;
        }
        for _ in 0..RUN {
            let _ = store.insert(event(&count.to_string(), 0)).await.unwrap();
            count += 1;
        }
    };
    let mut keys = keys.unwrap();
    assert!(count > RUN);
    keys.begin(&mut looking).await.unwrap();
    for number in 0..count {
        let event = event(&number.to_string(), 0);
        let found = keys.find(&mut looking, hash(&event.key), &event).await.unwrap();
        assert_eq!(found, Some(true), "{number} of {count}");
    }
}

async fn connect(folder: &TempDir) -> sqlx::SqliteConnection {
    use sqlx::ConnectOptions as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("inbox.db"));
    options.connect().await.unwrap()
}

#[tokio::test]
async fn event_after_deleted_ones_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [open(&folder).await, open(&folder).await];
    let _ = stores[1].insert(event("0", 0)).await.unwrap();
    for number in 0..RUN {
        let _ = stores[0].insert(event(&number.to_string(), 0)).await.unwrap();
    }
    // The run that covers them stays.
    let delete = "DELETE FROM cryptopocket_inbox_events WHERE seq > 20";
    let delete = stores[0].write(move |connection| Box::pin(sqlx::query(delete).execute(connection)));
    delete.await.unwrap();
    let seen = stores[1].insert(event("after", 0)).await.unwrap();
    assert_eq!(seen, Sighting::New);
    let reopened = open(&folder).await;
    let seen = reopened.insert(event("after", 0)).await.unwrap();
    assert_eq!(seen, Sighting::Duplicate);
}

#[tokio::test]
async fn transaction_that_failed_leaves_no_key_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for number in 0..RUN - 2 {
        let _ = store.insert(event(&number.to_string(), 0)).await.unwrap();
    }
    // Both are in one transaction, which writes a run and is rolled back.
    let rest: Vec<_> = (RUN - 2..RUN)
        .map(|number| event(&number.to_string(), 0))
        .collect();
    let remove =
        store.write(|connection| Box::pin(sqlx::raw_sql("ROLLBACK; SELECT nothing").execute(connection)));
    let (first, removed) = tokio::join!(store.insert(rest[0].clone()), remove);
    assert_eq!(first.unwrap(), Sighting::New);
    assert!(removed.is_err());
    let remove =
        store.write(|connection| Box::pin(sqlx::raw_sql("ROLLBACK; SELECT nothing").execute(connection)));
    let (second, removed) = tokio::join!(store.insert(rest[1].clone()), remove);
    assert_eq!(second.unwrap(), Sighting::New);
    assert!(removed.is_err());
    assert_eq!(number(&store, EVENTS).await, RUN);
    assert_eq!(number(&store, RUNS).await, 1);
    for number in 0..RUN {
        let seen = store.insert(event(&number.to_string(), 0)).await.unwrap();
        assert_eq!(seen, Sighting::Duplicate, "{number}");
    }
}

#[tokio::test]
async fn runs_are_not_read_again_after_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for number in 0..RUN {
        let _ = store.insert(event(&number.to_string(), 0)).await.unwrap();
    }
    let mut connection = connect(&folder).await;
    let mut keys = Keys::open(&mut connection).await.unwrap();
    keys.begin(&mut connection).await.unwrap();
    keys.add(hash("lost"), &event("lost", 0));
    // The transaction was rolled back. Only what is read again has changed.
    let clear = "UPDATE cryptopocket_inbox_keys SET entries = x''";
    sqlx::raw_sql(clear).execute(&mut connection).await.unwrap();
    keys.begin(&mut connection).await.unwrap();
    assert!(keys.may_hold(hash("7")));
    assert_eq!(keys.recent(hash("lost")).count(), 0);
}

#[tokio::test]
async fn locked_file_keeps_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let options = crate::sqlite::SqliteOptions::new(folder.path().join("inbox.db"));
    let store = options
        .lock_limit(Duration::from_millis(10))
        .open()
        .await
        .unwrap();
    // Known to this connection only.
    let mark = store
        .write(|connection| Box::pin(sqlx::raw_sql("CREATE TEMP TABLE mark (seen)").execute(connection)));
    mark.await.unwrap();
    let mut other = connect(&folder).await;
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let error = store.insert(event("1", 0)).await.unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Locked);
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(store.insert(event("1", 0)).await.unwrap(), Sighting::New);
    let look = store.write(|connection| Box::pin(sqlx::raw_sql("SELECT * FROM mark").execute(connection)));
    look.await.unwrap();
}

#[tokio::test]
async fn store_opens_beside_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for number in 0..RUN + 5 {
        let _ = store.insert(event(&number.to_string(), 0)).await.unwrap();
    }
    let mut other = connect(&folder).await;
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let options = crate::sqlite::SqliteOptions::new(folder.path().join("inbox.db"));
    let store = options
        .lock_limit(Duration::from_millis(10))
        .open()
        .await
        .unwrap();
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    for number in 0..RUN + 5 {
        let seen = store.insert(event(&number.to_string(), 0)).await.unwrap();
        assert_eq!(seen, Sighting::Duplicate, "{number}");
    }
}
