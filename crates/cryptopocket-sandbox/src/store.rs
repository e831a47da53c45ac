//! The state file: a database of records by name, and the thread that writes to it. Changes are on the disk before a
//! client learns of them.

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::{Changes, FORMAT, GROUPS};
use redb::{Database, Durability, ReadableDatabase as _, TableDefinition, TableError};
use tokio::sync::watch;

use crate::start_error::StartError;

/// Changes that may share one write.
const MAX_BATCH: usize = 1_024;

/// The number of a change; it may be reported once the file has come so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a change may be reported only once it is written"]
pub(crate) struct Mark(u64);

/// The state file cannot be written, so no call may be answered any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state file cannot be written, so nothing more is answered: {0}")]
pub(crate) struct Stuck(String);

/// The progress of the writer thread: the number of changes written, or why it stopped.
type Progress = Result<u64, Stuck>;

/// A state file and the thread that writes to it.
#[derive(Debug)]
pub(crate) struct Store {
    /// The thread ends when this is taken.
    writer: Mutex<Option<(Sender<Changes>, JoinHandle<()>)>>,
    sent: AtomicU64,
    progress: watch::Receiver<Progress>,
}

impl Store {
    /// Opens the file and restores the engine from it, or creates it with the engine's state. Tells whether it existed.
    pub(crate) fn open(path: &Path, engine: &mut Engine) -> Result<(Self, bool), StartError> {
        let file = File::open(path)?;
        let existed = file.load(engine)?;
        engine.persist(existed);
        if !existed {
            file.write(&[engine.changes()])?;
        }
        let (sender, changes) = mpsc::channel();
        let (progress_sender, progress) = watch::channel(Ok(0));
        let thread = thread::Builder::new()
            .name("state-file".to_owned())
            .spawn(move || write(&file, &changes, &progress_sender))
            .map_err(redb::StorageError::Io)?;
        let store = Self {
            writer: Mutex::new(Some((sender, thread))),
            sent: AtomicU64::new(0),
            progress,
        };
        Ok((store, existed))
    }

    /// Hands changes to the writer. Call it with the engine locked, so that changes arrive in their order.
    pub(crate) fn write(&self, changes: Changes) -> Mark {
        if changes.is_empty() {
            // The result may report a change that is still being written.
            return Mark(self.sent.load(Ordering::Acquire));
        }
        let number = self.sent.fetch_add(1, Ordering::AcqRel) + 1;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((sender, _)) = writer.as_ref() {
            // Fails if the thread has ended; waiting for the mark then tells why.
            drop(sender.send(changes));
        }
        Mark(number)
    }

    /// Waits until the change is on the disk.
    pub(crate) async fn written(&self, mark: Mark) -> Result<(), Stuck> {
        let mut progress = self.progress.clone();
        let is_over = |progress: &Progress| {
            progress.as_ref().is_ok_and(|written| *written >= mark.0) || progress.is_err()
        };
        match progress.wait_for(is_over).await {
            Ok(progress) => progress.clone().map(drop),
            Err(_) => Err(Stuck("the state file is closed".to_owned())),
        }
    }

    /// Writes the remaining changes and closes the file.
    pub(crate) fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sender, thread)) = writer {
            drop(sender);
            drop(thread.join());
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// The writer thread: changes that arrive during a write share the next one.
fn write(file: &File, changes: &Receiver<Changes>, progress: &watch::Sender<Progress>) {
    let mut written = 0;
    while let Ok(first) = changes.recv() {
        let mut batch = vec![first];
        batch.extend(changes.try_iter().take(MAX_BATCH - 1));
        if let Err(broken) = file.write(&batch) {
            // Memory is ahead of the file now, so nothing may be answered from it any more.
            drop(progress.send_replace(Err(Stuck(broken.rule))));
            return;
        }
        written += batch.len() as u64;
        drop(progress.send_replace(Ok(written)));
    }
}

const RECORDS: TableDefinition<'_, &str, &str> = TableDefinition::new("records");
/// The format of the records.
const ABOUT: TableDefinition<'_, &str, u32> = TableDefinition::new("cryptopocket-sandbox");
/// In bytes. Records are read once and then only written, so a large cache would be of no use.
const CACHE: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct File(Database);

impl File {
    /// Opens the file, or creates it.
    pub(super) fn open(path: &Path) -> Result<Self, StartError> {
        let database = Database::builder().set_cache_size(CACHE).create(path)?;
        Ok(Self(database))
    }

    /// Restores the engine from the records; `false` if there are none yet.
    pub(super) fn load(&self, engine: &mut Engine) -> Result<bool, StartError> {
        let read = self.0.begin_read()?;
        match read.open_table(ABOUT) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(false),
            about => {
                let format = about?.get("format")?.map_or(0, |format| format.value());
                if format != FORMAT {
                    let rule =
                        format!("it was written in format {format}, and this version reads format {FORMAT}");
                    let cure = "use the version that wrote it, or another file";
                    return Err(StartError::records(rule, Some(cure)));
                }
            }
        }
        let damaged = |why| StartError::records(format!("it is damaged or was changed by hand: {why}"), None);
        let records = read.open_table(RECORDS)?;
        engine.clear();
        for group in GROUPS {
            // A name is its group, or its group, a slash and a key. `0` is the character after the slash.
            for record in records.range(*group..format!("{group}0").as_str())? {
                let (name, value) = record?;
                let restored = engine.restore(name.value(), value.value());
                restored.map_err(damaged)?;
            }
        }
        engine.restored().map_err(damaged)?;
        Ok(true)
    }

    /// Writes changes in their order in one transaction. They are on the disk when this returns.
    pub(super) fn write(&self, changes: &[Changes]) -> Result<(), StartError> {
        let mut write = self.0.begin_write()?;
        write.set_durability(Durability::Immediate)?;
        // A file that was not closed opens as quickly as one that was.
        write.set_quick_repair(true);
        {
            let mut records = write.open_table(RECORDS)?;
            for change in changes {
                if change.afresh {
                    records.retain(|_, _| false)?;
                }
                for (name, value) in &change.records {
                    match value {
                        Some(value) => drop(records.insert(name.as_str(), value.as_str())?),
                        None => drop(records.remove(name.as_str())?),
                    }
                }
            }
            write.open_table(ABOUT)?.insert("format", FORMAT)?;
        }
        write.commit()?;
        Ok(())
    }
}
