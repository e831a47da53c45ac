//! The file of the store, and whether it is still there.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::schema;
use crate::error::{Error, ErrorKind, Result, of_sqlx};
use crate::sql::schema::check_used as check_tables;

/// A connection and the file that it writes.
pub(super) struct Open {
    pub(super) connection: SqliteConnection,
    pub(super) identity: Identity,
}

/// Opens the file and brings its tables up to date.
pub(super) async fn open(options: &SqliteConnectOptions, path: &Path, create: bool) -> Result<Open> {
    find(path, create)?;
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

/// Refuses a file without the tables of an inbox. It is only read: the mode of the journal is a property of the file.
pub(super) async fn check_used(options: &SqliteConnectOptions, path: &Path) -> Result<()> {
    find(path, false)?;
    let failed = |error| of_sqlx("the file of the inbox could not be opened", error);
    let options = options.clone().read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(failed)?;
    check_tables(&mut connection).await?;
    connection.close().await.map_err(failed)
}

/// Checks that `path` is one, and that its folder is there; unless it may be made, also the file.
pub(super) fn find(path: &Path, create: bool) -> Result<()> {
    // What is left of `sqlite://inbox.db` without its scheme would be a file in the root of the disk.
    let text = path.to_string_lossy();
    if text.starts_with("sqlite:") || (text.starts_with("//") && !text.starts_with("///")) {
        let message = format!("{text} is no path of a file, but a URL or the rest of one");
        return Err(Error::new(ErrorKind::BadPath, message));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        let message = format!(
            "the folder {} for the file of the inbox does not exist",
            folder.display()
        );
        return Err(Error::new(ErrorKind::Gone, message).with_hint(
            "make the folder (`mkdir -p`), or mount the disk that holds it, and open the store again",
        ));
    }
    if path.is_dir() {
        let message = format!("{} is a folder, and the inbox is kept in a file", path.display());
        return Err(Error::new(ErrorKind::BadPath, message)
            .with_hint("name a file in the folder, such as inbox.db at the end of the path"));
    }
    if create {
        Ok(())
    } else {
        Identity::of(path).map(drop)
    }
}

/// Connections that read. One whose file was moved away or replaced is closed before it is used again: it would read the
/// old file for ever.
pub(super) fn readers(options: SqliteConnectOptions, path: &Path) -> SqlitePool {
    let opened: Arc<Mutex<HashMap<usize, Identity>>> = Arc::default();
    let (known, path) = (Arc::clone(&opened), Arc::<Path>::from(path));
    let path_again = Arc::clone(&path);
    SqlitePoolOptions::new()
        .max_connections(2)
        .min_connections(0)
        .idle_timeout(Duration::from_mins(1))
        .after_connect(move |connection, _| {
            let (opened, path) = (Arc::clone(&opened), Arc::clone(&path));
            Box::pin(async move {
                let handle = handle(connection).await?;
                let identity =
                    Identity::of(&path).map_err(|error| sqlx::Error::Io(io::Error::other(error)))?;
                let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
                opened.insert(handle, identity);
                Ok(())
            })
        })
        .before_acquire(move |connection, _| {
            let (known, path) = (Arc::clone(&known), Arc::clone(&path_again));
            Box::pin(async move {
                let handle = handle(connection).await?;
                let known = known.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(known.get(&handle).copied() == Identity::of(&path).ok())
            })
        })
        .connect_lazy_with(options.read_only(true))
}

/// What tells an open connection from every other one.
async fn handle(connection: &mut SqliteConnection) -> Result<usize, sqlx::Error> {
    Ok(connection.lock_handle().await?.as_raw_handle().addr().get())
}

/// What tells a file from another one at the same path.
///
/// A file that was deleted or replaced can still be written through a connection that had opened it, and what is written
/// so is lost. An acknowledgement must not rest on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    pub(super) fn of(path: &Path) -> Result<Self> {
        let found = std::fs::metadata(path).map_err(|error| gone(path, error))?;
        Ok(Self(inode(&found)))
    }

    /// Checks that the same file is at `path`.
    pub(super) fn check(self, path: &Path) -> Result<()> {
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
