//! The one place that reads and writes shape files.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::ShapeRecord;

/// A folder of shape files that several processes may write to.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Tells the drafts of this process from those of others.
    process: u64,
    drafts: AtomicU64,
}

impl Folder {
    pub(super) fn new(path: PathBuf, random: u64) -> Self {
        Self {
            path,
            process: random,
            drafts: AtomicU64::new(0),
        }
    }

    /// Merges `record` into its file, and gives the merged record.
    ///
    /// Without a lock, which a process that was killed would leave behind: the file is taken away by a rename, which one
    /// process alone can do, and put back by a link, which fails if another process has put one there meanwhile; that one is
    /// then taken too. So nothing that another process wrote is overwritten.
    pub(super) fn merge(&self, record: &ShapeRecord) -> io::Result<ShapeRecord> {
        const ROUNDS: usize = 32;
        fs::create_dir_all(&self.path)?;
        let target = self.path.join(record.file_name());
        let mut merged = record.clone();
        let mut taken = Vec::new();
        for _ in 0..ROUNDS {
            if let Some(file) = self.take(&target)? {
                if let Some(stored) = read(&file) {
                    merged.merge(&stored);
                }
                taken.push(file);
            }
            if self.put(&target, &merged)? {
                for file in &taken {
                    let _ = fs::remove_file(file);
                }
                return Ok(merged);
            }
        }
        // Those that were taken stay beside the file, so nothing is lost.
        Err(io::Error::from(ErrorKind::WouldBlock))
    }

    fn take(&self, target: &Path) -> io::Result<Option<PathBuf>> {
        let file = self.beside(target, "taken");
        match fs::rename(target, &file) {
            Ok(()) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn put(&self, target: &Path, record: &ShapeRecord) -> io::Result<bool> {
        let draft = self.beside(target, "draft");
        let put = fs::write(&draft, record.to_text()).and_then(|()| fs::hard_link(&draft, target));
        match put {
            Ok(()) => fs::remove_file(&draft).map(|()| true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(&draft).map(|()| false),
            // A file system without links, where the last writer wins.
            Err(error) if error.kind() == ErrorKind::Unsupported => fs::rename(&draft, target).map(|()| true),
            Err(error) => {
                let _ = fs::remove_file(&draft);
                Err(error)
            }
        }
    }

    fn beside(&self, target: &Path, what: &str) -> PathBuf {
        let number = self.drafts.fetch_add(1, Ordering::Relaxed);
        let process = self.process;
        target.with_extension(format!("{process:x}-{number}.{what}"))
    }
}

/// The record of a file, unless it is none or too long to be one of ours.
fn read(file: &Path) -> Option<ShapeRecord> {
    const LONGEST: u64 = 1 << 20;
    let is_short = fs::metadata(file).is_ok_and(|file| file.len() <= LONGEST);
    is_short
        .then(|| fs::read_to_string(file).ok())
        .flatten()
        .and_then(|text| ShapeRecord::parse(&text))
}
