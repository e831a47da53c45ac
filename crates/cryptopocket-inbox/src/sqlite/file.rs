//! The file of the store, and whether it is still there.

use std::io;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};

use super::schema;
use crate::error::{Error, ErrorKind, of_sqlx};

/// A connection and the file that it writes.
pub(super) struct Open {
    pub(super) connection: SqliteConnection,
    pub(super) identity: Identity,
}

/// Opens the file and brings its tables up to date.
pub(super) async fn open(options: &SqliteConnectOptions, path: &Path, create: bool) -> Result<Open, Error> {
    if !create {
        Identity::of(path)?;
    }
    let options = options
        .clone()
        .create_if_missing(create)
        .disable_statement_logging();
    let failed = |error| of_sqlx("the file of the inbox could not be opened", error);
    let mut connection = options.connect().await.map_err(failed)?;
    schema::migrate(&mut connection).await?;
    Ok(Open {
        connection,
        identity: Identity::of(path)?,
    })
}

/// What tells a file from another one at the same path.
///
/// A file that was deleted or replaced can still be written through a connection that had opened it, and what is written
/// so is lost. An acknowledgement must not rest on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let found = std::fs::metadata(path).map_err(|error| gone(path, error))?;
        Ok(Self(inode(&found)))
    }

    /// Checks that the same file is at `path`.
    pub(super) fn check(self, path: &Path) -> Result<(), Error> {
        if Self::of(path)? == self {
            return Ok(());
        }
        let replaced = io::Error::other("another file is in its place");
        Err(gone(path, replaced))
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have none")]
fn inode(found: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}

fn gone(path: &Path, error: io::Error) -> Error {
    Error::new(
        ErrorKind::Gone,
        format!("the file {} of the inbox is gone", path.display()),
    )
    .with_source(error)
}
