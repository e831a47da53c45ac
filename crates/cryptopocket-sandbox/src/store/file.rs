//! The database in the state file: one table of records by name.

use std::io;
use std::path::Path;

use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::{Changes, FORMAT, GROUPS};
use redb::{Database, Durability, ReadableDatabase as _, TableDefinition, TableError};

const RECORDS: TableDefinition<'_, &str, &str> = TableDefinition::new("records");
/// The format of the records.
const ABOUT: TableDefinition<'_, &str, u32> = TableDefinition::new("cryptopocket-sandbox");
/// In bytes. Records are read once and then only written, so a large cache would be of no use.
const CACHE: usize = 4 << 20;

const ANOTHER: &str = "name another file; one that does not exist is made";

/// Why a state file cannot be used: what is wrong with it, and what to do.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) rule: String,
    pub(crate) cure: &'static str,
    pub(crate) source: Option<Box<redb::Error>>,
}

impl Broken {
    const fn of(rule: String, cure: &'static str) -> Self {
        let source = None;
        Self { rule, cure, source }
    }
}

impl<E: Into<redb::Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        let error = error.into();
        let kind = match &error {
            redb::Error::Io(disk) => Some(disk.kind()),
            _ => None,
        };
        let (rule, cure) = match kind {
            None if matches!(error, redb::Error::DatabaseAlreadyOpen) => {
                ("another emulator has it open", "give each a file of its own")
            }
            None => ("it is damaged: ", ANOTHER),
            Some(io::ErrorKind::NotFound) => (
                "its folder does not exist",
                "make the folder first, or name a file in another",
            ),
            Some(io::ErrorKind::IsADirectory) => (
                "it is a folder",
                "name a file in it; it is made where there is none",
            ),
            Some(io::ErrorKind::PermissionDenied) => (
                "this user may not read and write it",
                "let this user do so, or name another file",
            ),
            Some(io::ErrorKind::InvalidData) => ("it is no state file of an emulator", ANOTHER),
            Some(_) => ("the disk says: ", "name a file on another disk"),
        };
        let detail = rule.ends_with(": ").then(|| error.to_string());
        Self {
            rule: format!("{rule}{}", detail.unwrap_or_default()),
            cure,
            source: Some(Box::new(error)),
        }
    }
}

#[derive(Debug)]
pub(super) struct File(Database);

impl File {
    /// Opens the file, or creates it.
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        let database = Database::builder().set_cache_size(CACHE).create(path)?;
        Ok(Self(database))
    }

    /// Restores the engine from the records; `false` if there are none yet.
    pub(super) fn load(&self, engine: &mut Engine) -> Result<bool, Broken> {
        let read = self.0.begin_read()?;
        match read.open_table(ABOUT) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(false),
            about => {
                let format = about?.get("format")?.map_or(0, |format| format.value());
                if format != FORMAT {
                    let rule =
                        format!("it was written in format {format}, and this version reads format {FORMAT}");
                    return Err(Broken::of(rule, "use the version that wrote it, or another file"));
                }
            }
        }
        let damaged = |why| Broken::of(format!("it is damaged or was changed by hand: {why}"), ANOTHER);
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
    pub(super) fn write(&self, changes: &[Changes]) -> Result<(), Broken> {
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
