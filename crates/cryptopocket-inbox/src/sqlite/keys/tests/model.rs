//! Random histories of a file, compared with a map.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use super::backup::{back_up, restore};
use super::{RUN, epoch, event};
use crate::sqlite::SqliteStore;
use crate::store::{Events as _, NewEvent, Resolution};
use crate::transaction::Store as _;
use crate::{ErrorKind, Result};

/// Keys of deliveries that may repeat.
const KEYS: u64 = 150;
/// The key whose event breaks the commit of its transaction.
const BREAKS: &str = "breaks the commit";

#[derive(Debug, Clone)]
enum Step {
    /// Deliveries that come together, each a key and a content.
    Deliver {
        store: usize,
        events: Vec<(u64, u8)>,
    },
    /// Deliveries of keys that never came.
    Grow {
        store: usize,
        count: usize,
    },
    /// Deliveries of which the last makes its transaction fail when it is committed.
    BreakCommit {
        store: usize,
        events: Vec<(u64, u8)>,
    },
    /// A transaction of a caller, without events. It makes a parent with a positive id.
    Write {
        store: usize,
    },
    /// Somebody deletes the last stored events.
    DeleteLast {
        store: usize,
        count: i64,
    },
    /// Somebody deletes the event of a key.
    Delete {
        store: usize,
        key: u64,
    },
    /// Retention erases all bodies.
    Erase {
        store: usize,
    },
    /// A person releases the first content in quarantine.
    Release {
        store: usize,
    },
    Reopen {
        store: usize,
    },
    Vacuum,
    /// The backup interface of SQLite copies the file.
    BackUp,
    /// The backup interface copies the backup into the file that is open.
    Restore,
    /// A copy of the backup takes the place of the file.
    Replace,
}

fn step() -> impl Strategy<Value = Step> {
    let store = || 0..2_usize;
    let events = || vec((0..KEYS, (0..8_u8).prop_map(|content| content / 7)), 1..40);
    prop_oneof![
        8 => (store(), events()).prop_map(|(store, events)| Step::Deliver { store, events }),
        6 => (store(), 1..2 * RUN).prop_map(|(store, count)| Step::Grow { store, count }),
        3 => (store(), events()).prop_map(|(store, events)| Step::BreakCommit { store, events }),
        2 => store().prop_map(|store| Step::Write { store }),
        1 => (store(), 1..60_i64).prop_map(|(store, count)| Step::DeleteLast { store, count }),
        1 => (store(), 0..KEYS).prop_map(|(store, key)| Step::Delete { store, key }),
        1 => store().prop_map(|store| Step::Erase { store }),
        1 => store().prop_map(|store| Step::Release { store }),
        2 => store().prop_map(|store| Step::Reopen { store }),
        1 => Just(Step::Vacuum),
        3 => Just(Step::BackUp),
        2 => Just(Step::Restore),
        1 => Just(Step::Replace),
    ]
}

/// What the file holds.
#[derive(Debug, Clone, Default)]
struct Model {
    events: HashMap<String, u8>,
    quarantine: HashSet<(String, u8)>,
}

impl Model {
    fn deliver(&mut self, key: &str, content: u8) -> Sighting {
        match self.events.get(key) {
            None => {
                self.events.insert(key.to_owned(), content);
                Sighting::New
            }
            Some(first) if *first == content => Sighting::Duplicate,
            Some(_) if self.quarantine.insert((key.to_owned(), content)) => Sighting::Changed,
            Some(_) => Sighting::Duplicate,
        }
    }
}

struct World {
    folder: TempDir,
    stores: Vec<Arc<SqliteStore>>,
    model: Model,
    backup: Option<Model>,
    /// Keys that came by `Grow`, and events received, so that each has a time of its own.
    grown: u64,
    received: i64,
}

impl World {
    async fn new() -> Self {
        // A file system in memory, if there is one: each step syncs.
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        let store = super::open(&folder).await;
        let tables = store.write(|connection| {
            let sql = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
                 CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
                 CREATE TRIGGER breaks AFTER INSERT ON cryptopocket_inbox_events WHEN NEW.key = 'breaks the commit'
                 BEGIN INSERT INTO child VALUES (-1); END;";
            Box::pin(sqlx::raw_sql(sql).execute(connection))
        });
        tables.await.unwrap();
        let stores = vec![Arc::new(store), Arc::new(super::open(&folder).await)];
        Self {
            folder,
            stores,
            model: Model::default(),
            backup: None,
            grown: 0,
            received: 0,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Deliveries in this order, each sent before the first is answered.
    async fn deliver(&mut self, store: usize, events: &[(String, u8)]) -> Vec<Result<Sighting>> {
        let tasks: Vec<_> = events
            .iter()
            .map(|(key, content)| {
                self.received += 1;
                let event = NewEvent {
                    received_at: Timestamp::saturating_from_unix_micros(self.received),
                    ..event(key, *content)
                };
                let store = Arc::clone(&self.stores[store]);
                tokio::spawn(async move { store.insert(event).await })
            })
            .collect();
        let mut seen = Vec::new();
        for task in tasks {
            seen.push(task.await.unwrap());
        }
        seen
    }

    async fn check(&mut self, store: usize, events: &[(String, u8)]) {
        let seen = self.deliver(store, events).await;
        for ((key, content), seen) in events.iter().zip(seen) {
            let expected = self.model.deliver(key, *content);
            assert_eq!(seen.unwrap(), expected, "{key}");
        }
    }

    async fn change(&self, store: usize, sql: String) {
        let change = self.stores[store].write(|connection| {
            Box::pin(async move { sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(connection).await })
        });
        change.await.unwrap();
    }

    async fn keys(&self, query: &str) -> Vec<String> {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        let keys = sqlx::query_scalar(query).fetch_all(self.stores[0].reader());
        keys.await.unwrap()
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Deliver { store, events } => self.check(store, &named(&events)).await,
            Step::Grow { store, count } => {
                let first = self.grown;
                self.grown += u64::try_from(count).unwrap();
                let events: Vec<_> = (first..self.grown)
                    .map(|key| (format!("grown {key}"), 0))
                    .collect();
                self.check(store, &events).await;
            }
            Step::BreakCommit { store, events } => {
                let mut events = named(&events);
                events.push((BREAKS.to_owned(), 0));
                let mut seen = self.deliver(store, &events).await;
                let refused = seen.pop().unwrap();
                assert_eq!(refused.unwrap_err().kind(), ErrorKind::Database);
                // It is found out by smaller and smaller transactions, and the others are stored.
                for ((key, content), seen) in events.iter().zip(seen) {
                    assert_eq!(seen.unwrap(), self.model.deliver(key, *content), "{key}");
                }
            }
            Step::Write { store } => {
                self.change(store, "INSERT INTO parent VALUES (NULL)".to_owned())
                    .await;
            }
            Step::DeleteLast { store, count } => {
                let last =
                    format!("SELECT seq FROM cryptopocket_inbox_events ORDER BY seq DESC LIMIT {count}");
                let keys = format!("SELECT key FROM cryptopocket_inbox_events WHERE seq IN ({last})");
                for key in self.keys(&keys).await {
                    self.model.events.remove(&key);
                }
                let delete = format!("DELETE FROM cryptopocket_inbox_events WHERE seq IN ({last})");
                self.change(store, delete).await;
            }
            Step::Delete { store, key } => {
                self.model.events.remove(&key.to_string());
                let delete = format!("DELETE FROM cryptopocket_inbox_events WHERE key = '{key}'");
                self.change(store, delete).await;
            }
            Step::Erase { store } => {
                let done = "UPDATE cryptopocket_inbox_events SET state = 2, settled_at = 0";
                self.change(store, done.to_owned()).await;
                let later = Timestamp::from_unix_seconds(9).unwrap();
                let erase = self.stores[store].transact(move |events| Box::pin(events.erase_bodies(later)));
                erase.await.unwrap();
            }
            Step::Release { store } => {
                let waiting = self.stores[store].view(|events| Box::pin(events.quarantined(1)));
                let waiting = waiting.await.unwrap();
                if let Some(first) = waiting.first() {
                    let id = first.id;
                    let release = self.stores[store]
                        .transact(move |events| Box::pin(events.resolve(id, Resolution::Release, epoch())));
                    assert!(release.await.unwrap());
                }
            }
            Step::Reopen { store } => {
                self.stores[store].close().await;
                self.stores[store] = Arc::new(super::open(&self.folder).await);
            }
            Step::Vacuum => {
                let connection = rusqlite::Connection::open(self.path("inbox.db")).unwrap();
                connection.execute_batch("VACUUM").unwrap();
            }
            Step::BackUp => {
                back_up(&self.folder);
                self.backup = Some(self.model.clone());
            }
            Step::Restore => {
                if let Some(backup) = self.backup.clone() {
                    restore(&self.folder);
                    self.model = backup;
                }
            }
            Step::Replace => self.replace().await,
        }
    }

    async fn replace(&mut self) {
        let Some(backup) = self.backup.clone() else { return };
        let aside = self.path("aside");
        std::fs::create_dir_all(&aside).unwrap();
        for file in ["inbox.db", "inbox.db-wal", "inbox.db-shm"] {
            let _ = std::fs::rename(self.path(file), aside.join(file));
        }
        std::fs::copy(self.path("backup.db"), self.path("inbox.db")).unwrap();
        self.model = backup;
        for store in 0..self.stores.len() {
            match self.deliver(store, &[("replaced".to_owned(), 0)]).await.remove(0) {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Gone),
                // It had no connection, since it had found out about the replacement before this one.
                Ok(seen) => assert_eq!(seen, self.model.deliver("replaced", 0)),
            }
        }
    }

    /// Each store knows each event once.
    async fn end(mut self) {
        let known: Vec<_> = self.model.events.clone().into_iter().collect();
        for store in 0..self.stores.len() {
            self.check(store, &known).await;
            self.stores[store].close().await;
            self.stores[store] = Arc::new(super::open(&self.folder).await);
            self.check(store, &known).await;
        }
        let stored =
            "SELECT key FROM cryptopocket_inbox_events WHERE key NOT LIKE '%|content:%' ORDER BY key";
        let mut expected: Vec<_> = self.model.events.keys().cloned().collect();
        expected.sort();
        assert_eq!(self.keys(stored).await, expected);
    }
}

fn named(events: &[(u64, u8)]) -> Vec<(String, u8)> {
    events
        .iter()
        .map(|(key, content)| (key.to_string(), *content))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn each_key_is_stored_once_through_any_history(steps in vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in steps {
                world.step(step).await;
            }
            world.end().await;
        });
    }
}
