//! The database in the state file: one table of records by name.

use std::path::Path;

use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::{Changes, FORMAT, GROUPS};
use redb::{Database, Durability, ReadableDatabase as _, TableDefinition, TableError};

use crate::start_error::StartError;

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
