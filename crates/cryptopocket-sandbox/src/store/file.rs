//! The database in the file: one table of records by name.

use std::fmt;
use std::io;
use std::path::Path;

use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::{Changes, FORMAT, GROUPS};
use redb::{Database, DatabaseError, Durability, ReadableDatabase as _, TableDefinition, TableError};

const RECORDS: TableDefinition<'_, &str, &str> = TableDefinition::new("records");
/// What the file says of itself.
const ABOUT: TableDefinition<'_, &str, u32> = TableDefinition::new("cryptopocket-sandbox");
/// Records are read once and then only written, so pages are hardly worth keeping.
const CACHE: usize = 4 << 20;

/// Why a state file cannot be used.
#[derive(Debug)]
pub(crate) enum Broken {
    /// Another process has it open.
    InUse,
    /// It was written by a version whose records this one does not know.
    OtherFormat(u32),
    /// A record in it makes no sense.
    Record(String),
    /// It is no database, or the disk would not do what was asked of it.
    Database(Box<redb::Error>),
}

impl Broken {
    /// What the system said of the file itself.
    fn io(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Database(error) => match error.as_ref() {
                redb::Error::Io(error) => Some(error.kind()),
                _ => None,
            },
            _ => None,
        }
    }

    /// What to do about it.
    pub(crate) fn cure(&self) -> &'static str {
        match (self, self.io()) {
            (Self::InUse, _) => "give each a file of its own",
            (Self::OtherFormat(_), _) => "use the version that wrote it, or another file",
            (_, Some(io::ErrorKind::NotFound)) => "make the folder first, or name a file in another",
            (_, Some(io::ErrorKind::IsADirectory)) => "name a file in it; it is made where there is none",
            (_, Some(io::ErrorKind::PermissionDenied)) => "let this user do so, or name another file",
            (Self::Record(_), _) | (_, Some(io::ErrorKind::InvalidData) | None) => {
                "name another file; one that does not exist is made"
            }
            (_, Some(_)) => "name a file on another disk",
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.io()) {
            (Self::InUse, _) => f.write_str("another emulator has it open"),
            (Self::OtherFormat(format), _) => {
                write!(
                    f,
                    "it was written in format {format}, and this version reads format {FORMAT}"
                )
            }
            (Self::Record(why), _) => write!(f, "it is damaged or was changed by hand: {why}"),
            (_, Some(io::ErrorKind::NotFound)) => f.write_str("its folder does not exist"),
            (_, Some(io::ErrorKind::IsADirectory)) => f.write_str("it is a folder"),
            (_, Some(io::ErrorKind::PermissionDenied)) => f.write_str("this user may not read and write it"),
            (_, Some(io::ErrorKind::InvalidData)) => f.write_str("it is no state file of an emulator"),
            (Self::Database(error), Some(_)) => write!(f, "the disk says: {error}"),
            (Self::Database(error), None) => write!(f, "it is damaged: {error}"),
        }
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
    /// Opens or makes it.
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

    /// Builds `world` up from the records; `false` where there are none yet.
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
        for group in GROUPS {
            // A name is its group, or begins with its group and a slash, and `0` follows the slash.
            for record in records.range(*group..format!("{group}0").as_str())? {
                let (name, value) = record?;
                engine
                    .restore(name.value(), value.value())
                    .map_err(|unreadable| Broken::Record(unreadable.to_string()))?;
            }
        }
        engine
            .restored()
            .map_err(|unreadable| Broken::Record(unreadable.to_string()))?;
        Ok(true)
    }

    /// Writes several changes, one after the other; when this returns they are on the disk, all or none of them.
    pub(super) fn write(&self, changes: &[Changes]) -> Result<(), Broken> {
        let mut write = self.0.begin_write()?;
        write.set_durability(Durability::Immediate)?;
        // So that a file that was not closed opens as quickly as one that was.
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
