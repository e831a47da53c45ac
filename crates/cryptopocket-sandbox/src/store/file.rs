//! The database in the state file: one table of records by name.

use std::fmt;
use std::io;
use std::path::Path;

use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::{Changes, FORMAT, GROUPS, Unreadable};
use redb::{Database, DatabaseError, Durability, ReadableDatabase as _, TableDefinition, TableError};

const RECORDS: TableDefinition<'_, &str, &str> = TableDefinition::new("records");
/// The format of the records.
const ABOUT: TableDefinition<'_, &str, u32> = TableDefinition::new("cryptopocket-sandbox");
/// In bytes. Records are read once and then only written, so a large cache would be of no use.
const CACHE: usize = 4 << 20;

/// Why a state file cannot be used.
#[derive(Debug)]
pub(crate) enum Broken {
    /// Another process has it open.
    InUse,
    /// A version with another form of records wrote it.
    OtherFormat(u32),
    /// A record in it is not valid.
    Record(String),
    /// It is no database, or the disk failed.
    Database(Box<redb::Error>),
}

impl Broken {
    /// What is wrong, and what to do.
    pub(crate) fn rule_and_cure(&self) -> (String, &'static str) {
        const ANOTHER: &str = "name another file; one that does not exist is made";
        let error = match self {
            Self::InUse => {
                return (
                    "another emulator has it open".to_owned(),
                    "give each a file of its own",
                );
            }
            Self::OtherFormat(format) => {
                let rule =
                    format!("it was written in format {format}, and this version reads format {FORMAT}");
                return (rule, "use the version that wrote it, or another file");
            }
            Self::Record(reason) => {
                return (format!("it is damaged or was changed by hand: {reason}"), ANOTHER);
            }
            Self::Database(error) => error,
        };
        let redb::Error::Io(disk) = error.as_ref() else {
            return (format!("it is damaged: {error}"), ANOTHER);
        };
        let (rule, cure) = match disk.kind() {
            io::ErrorKind::NotFound => (
                "its folder does not exist",
                "make the folder first, or name a file in another",
            ),
            io::ErrorKind::IsADirectory => (
                "it is a folder",
                "name a file in it; it is made where there is none",
            ),
            io::ErrorKind::PermissionDenied => (
                "this user may not read and write it",
                "let this user do so, or name another file",
            ),
            io::ErrorKind::InvalidData => ("it is no state file of an emulator", ANOTHER),
            _ => return (format!("the disk says: {error}"), "name a file on another disk"),
        };
        (rule.to_owned(), cure)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rule_and_cure().0)
    }
}

impl std::error::Error for Broken {}

impl<E: Into<redb::Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

#[derive(Debug)]
pub(super) struct File(Database);

impl File {
    /// Opens the file, or creates it.
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        let database =
            Database::builder()
                .set_cache_size(CACHE)
                .create(path)
                .map_err(|error| match error {
                    DatabaseError::DatabaseAlreadyOpen => Broken::InUse,
                    other => other.into(),
                })?;
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
                    return Err(Broken::OtherFormat(format));
                }
            }
        }
        let records = read.open_table(RECORDS)?;
        engine.clear();
        let damaged = |unreadable: Unreadable| Broken::Record(unreadable.to_string());
        for group in GROUPS {
            // A name is its group, or its group, a slash and a key. `0` is the character after the slash.
            for record in records.range(*group..format!("{group}0").as_str())? {
                let (name, value) = record?;
                engine.restore(name.value(), value.value()).map_err(damaged)?;
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
