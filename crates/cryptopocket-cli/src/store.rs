//! The inboxes that `--store` names.
//!
//! Without the feature `store` there is none: [`AnyInbox`] has no value then.

#[cfg(feature = "store")]
use std::path::Path;

use clap::Args;
use cryptopocket::Secret;
#[cfg(feature = "store")]
use cryptopocket_inbox::{
    ErrorKind, Inbox, Store,
    postgres::PostgresStore,
    sqlite::{SqliteOptions, SqliteStore},
};

use crate::failure::{Exit, Failure, Result};
#[cfg(feature = "store")]
use crate::output;

#[derive(Debug, Clone, Args)]
pub(crate) struct StoreArgument {
    /// Inbox: sqlite:PATH, or the URL of a PostgreSQL database
    #[arg(long = "store", value_name = "URL", env = "CRYPTOPOCKET_STORE")]
    url: Option<Secret>,
}

impl StoreArgument {
    /// Opens an inbox that exists.
    pub(crate) async fn open(&self, access: Access) -> Result<AnyInbox> {
        let url = self.url.as_ref().ok_or_else(|| {
            let cure = "Give --store sqlite:PATH, or --store with the URL of a PostgreSQL database, or set CRYPTOPOCKET_STORE.";
            Failure::usage("no inbox was given", cure)
        })?;
        AnyInbox::open(url, access).await
    }
}

/// What an inbox is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// To read it: older tables are not updated, which a service of the version before would be refused after.
    Look,
    /// To change it, if it exists: a database of another program gets no tables.
    Change,
    /// To change it; a missing file and missing tables are made.
    Create,
}

/// An inbox in one of the stores.
#[derive(Clone)]
pub(crate) enum AnyInbox {
    #[cfg(feature = "store")]
    File(Inbox<SqliteStore>),
    #[cfg(feature = "store")]
    Database(Inbox<PostgresStore>),
}

/// Evaluates an expression with the inbox, whatever its store is.
macro_rules! with_inbox {
    ($any:expr, $inbox:ident => $call:expr) => {
        match $any {
            #[cfg(feature = "store")]
            crate::store::AnyInbox::File($inbox) => $call,
            #[cfg(feature = "store")]
            crate::store::AnyInbox::Database($inbox) => $call,
        }
    };
}

pub(crate) use with_inbox;

#[cfg(not(feature = "store"))]
impl AnyInbox {
    #[expect(clippy::unused_async, reason = "with the feature it waits for the store")]
    pub(crate) async fn open(_: &Secret, _: Access) -> Result<Self> {
        Err(Failure::configuration(
            "--store: this program is built without stores",
            "Install it with its feature `store`, which is on by default: `cargo install cryptopocket-cli`.",
        ))
    }
}

#[cfg(feature = "store")]
const CURE: &str =
    "--store: give sqlite:PATH for a file, or the URL of a PostgreSQL database, postgres://USER@HOST/NAME.";

#[cfg(feature = "store")]
impl AnyInbox {
    pub(crate) async fn open(url: &Secret, access: Access) -> Result<Self> {
        let url = url.expose();
        if let Some(path) = url.strip_prefix("sqlite:") {
            if path.is_empty() || path.contains('?') {
                return Err(Failure::input("the store is no path of a file", CURE));
            }
            let options = SqliteOptions::new(path)
                .create(access == Access::Create)
                .read_only(access == Access::Look);
            let store = options.open().await.map_err(|error| match error.kind() {
                ErrorKind::Gone if access != Access::Create && !Path::new(path).exists() => Failure::new(
                    Exit::Configuration,
                    ErrorKind::Gone.as_str(),
                    format!("--store: the file {path} does not exist"),
                    "Check the path, or mount its disk. Only if there never was an inbox, `webhooks listen --store` makes one: a new \
                     one knows no event that came before.",
                ),
                _ => error.into(),
            })?;
            return Ok(Self::File(with_warnings(store)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let store = match access {
                Access::Look => PostgresStore::connect_read_only(url).await?,
                Access::Change => PostgresStore::connect_existing(url).await?,
                Access::Create => PostgresStore::connect(url).await?,
            };
            return Ok(Self::Database(with_warnings(store)));
        }
        // The text could hold a password, so it is not repeated.
        Err(Failure::input(
            "the store begins with neither sqlite: nor postgres://",
            CURE,
        ))
    }
}

/// An inbox whose alarms are warnings.
#[cfg(feature = "store")]
fn with_warnings<S: Store>(store: S) -> Inbox<S> {
    let builder = Inbox::builder(store);
    builder.alarm(|alarm| output::warn(&alarm.to_string())).build()
}

impl From<cryptopocket_inbox::Error> for Failure {
    fn from(error: cryptopocket_inbox::Error) -> Self {
        let (kind, message) = (error.kind().as_str(), format!("--store: {error}"));
        Self::new(Exit::Configuration, kind, message, error.hint())
    }
}
