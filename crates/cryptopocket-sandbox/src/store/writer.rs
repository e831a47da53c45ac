//! The thread that writes: whatever has come in while one write was under way goes into the next one together.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::file::{Broken, File};
use super::progress::Progress;
pub(crate) use super::progress::Stuck;
use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::Changes;

/// How many changes may share one write.
const TOGETHER: usize = 1_024;

/// Up to where the file has to have come before somebody may be told something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "what it stands for may only be told once it is written"]
pub(crate) struct Mark(u64);

/// A state file and the thread that writes to it.
#[derive(Debug)]
pub(crate) struct Store {
    /// The thread ends when this is taken.
    writer: Mutex<Option<(Sender<Changes>, JoinHandle<()>)>>,
    sent: AtomicU64,
    progress: Arc<Progress>,
    was_there: bool,
}

impl Store {
    /// Opens the file, builds `world` up from it or begins the file with it, and follows it from there.
    pub(crate) fn open(path: &Path, engine: &mut Engine) -> Result<Self, Broken> {
        let file = File::open(path)?;
        let known = file.load(engine)?;
        if known {
            engine.persist();
        } else {
            engine.persist_from_start();
            file.write(&[engine.changes()])?;
        }
        let (sender, changes) = mpsc::channel();
        let progress = Arc::new(Progress::default());
        let told = Arc::clone(&progress);
        let thread = thread::Builder::new()
            .name("state-file".to_owned())
            .spawn(move || write(&file, &changes, &told))
            .map_err(redb::StorageError::Io)?;
        Ok(Self {
            writer: Mutex::new(Some((sender, thread))),
            sent: AtomicU64::new(0),
            progress,
            was_there: known,
        })
    }

    /// Whether the world came out of the file.
    pub(crate) const fn was_there(&self) -> bool {
        self.was_there
    }

    /// Hands changes over. Has to be called in their order: while the world is locked.
    pub(crate) fn write(&self, changes: Changes) -> Mark {
        if changes.is_empty() {
            // What was looked at may have been changed by somebody whose changes are still being written.
            return Mark(self.sent.load(Ordering::Acquire));
        }
        let number = self.sent.fetch_add(1, Ordering::AcqRel) + 1;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = writer
            .as_ref()
            .is_some_and(|(sender, _)| sender.send(changes).is_ok());
        if !sent {
            self.progress.end("the state file is closed");
        }
        Mark(number)
    }

    pub(crate) async fn written(&self, mark: Mark) -> Result<(), Stuck> {
        self.progress.wait(mark.0).await
    }

    pub(crate) fn block_until_written(&self, mark: Mark) -> Result<(), Stuck> {
        self.progress.block(mark.0)
    }

    /// Writes what is still to be written and lets go of the file.
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

fn write(file: &File, changes: &Receiver<Changes>, progress: &Progress) {
    let mut written = 0;
    while let Ok(first) = changes.recv() {
        let mut together = vec![first];
        together.extend(changes.try_iter().take(TOGETHER - 1));
        if let Err(broken) = file.write(&together) {
            // What is in memory is ahead of the file now, so nothing may be answered from it any more.
            progress.end(&broken.to_string());
            return;
        }
        written += together.len() as u64;
        progress.reach(written);
    }
    progress.end("the state file is closed");
}
