//! The store in one SQLite file, which each process opens anew. A crash drops it in the middle of what it does.

mod disk;
mod stores;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{BoxFuture, Failure};
use sqlx::{Row as _, SqliteConnection};
use tempfile::TempDir;

use self::disk::Disk;
use crate::durable::Durable;
use crate::gate::Gate;

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS effects (name TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT";
const ADD: &str =
    "INSERT INTO effects (name, times) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET times = times + 1";

/// The store in one SQLite file.
#[derive(Debug)]
pub(crate) struct SqliteFile {
    /// A restored backup has a folder of its own: connections that were dropped may still be at work in the old one.
    folder: Mutex<Arc<TempDir>>,
    gate: Arc<Gate>,
    disk: Mutex<Option<Arc<Disk>>>,
}

impl SqliteFile {
    /// An empty store, in memory where the system has a folder for that.
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let Ok(folder) = folder else {
            panic!("no temporary folder can be made")
        };
        Self {
            folder: Mutex::new(Arc::new(folder)),
            gate: Arc::default(),
            disk: Mutex::default(),
        }
    }

    fn folder(&self) -> MutexGuard<'_, Arc<TempDir>> {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self) -> PathBuf {
        self.folder().path().join("inbox.db")
    }

    /// The open store; opens it unless it is open.
    fn disk(&self) -> Arc<Disk> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Arc::new(Disk::open(self.path(), Arc::clone(&self.gate)));
        Arc::clone(disk.get_or_insert_with(open))
    }
}

impl Durable for SqliteFile {
    const MACHINES: usize = 1;

    fn add(connection: &mut SqliteConnection, name: String) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            sqlx::query(ADD).bind(name).execute(connection).await?;
            Ok(())
        })
    }

    async fn effects(&self) -> BTreeMap<String, u64> {
        let read = |store: Arc<SqliteStore>| async move {
            let query = sqlx::query("SELECT name, times FROM effects");
            query.fetch_all(store.reader()).await
        };
        let rows = self.disk().read(read).await.unwrap_or_default();
        let effect = |row: &sqlx::sqlite::SqliteRow| {
            let times: i64 = row.get(1);
            (row.get(0), u64::try_from(times).unwrap_or(u64::MAX))
        };
        rows.iter().map(effect).collect()
    }

    async fn back_up(&self) -> Self {
        let copy = Self::new();
        // What is committed is in the file and its log. The world stands still, so neither changes meanwhile.
        for name in ["inbox.db", "inbox.db-wal"] {
            let (from, to) = (self.folder().path().join(name), copy.folder().path().join(name));
            if from.is_file() {
                assert!(std::fs::copy(from, to).is_ok(), "a backup cannot be written");
            }
        }
        copy
    }

    async fn restore(&self, copy: Self) {
        self.crash();
        let folder = Arc::clone(&copy.folder());
        *self.folder() = folder;
    }

    fn crash(&self) {
        let open = self.disk.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(disk) = open {
            disk.kill();
        }
        self.gate.clear();
    }

    fn gate(&self) -> Option<Arc<Gate>> {
        Some(Arc::clone(&self.gate))
    }
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        self.crash();
    }
}
