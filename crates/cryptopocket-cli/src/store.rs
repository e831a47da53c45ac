//! The inboxes that `--store` names.
//!
//! Without the feature `store` there is none: [`Kept`] has no value then, and no call can be made.

#![cfg_attr(
    not(feature = "store"),
    allow(unused_variables, clippy::unused_async, reason = "no call can be made")
)]

use clap::Args;
use cryptopocket::Secret;
use cryptopocket::webhooks::Verified;
use cryptopocket_inbox::{Claim, Counts, Delivery, Error, Filter, Quarantined, Receipt, Resolution, Summary};
#[cfg(feature = "store")]
use cryptopocket_inbox::{
    Failure as NotHandled, Handler, Inbox, Store,
    postgres::PostgresStore,
    sqlite::{SqliteOptions, SqliteStore},
};

use crate::exit::Exit;
use crate::failure::{Failure, Result};
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
    pub(crate) async fn open(&self) -> Result<Kept> {
        Kept::open(self.url()?, Access::Change).await
    }

    /// Opens an inbox that exists, to look at it.
    pub(crate) async fn look(&self) -> Result<Kept> {
        Kept::open(self.url()?, Access::Look).await
    }

    fn url(&self) -> Result<&Secret> {
        self.url.as_ref().ok_or_else(|| {
            Failure::usage(
                "no inbox was given",
                "Give --store sqlite:PATH, or --store with the URL of a PostgreSQL database, or set CRYPTOPOCKET_STORE.",
            )
        })
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
pub(crate) enum Kept {
    #[cfg(feature = "store")]
    File(Inbox<SqliteStore>),
    #[cfg(feature = "store")]
    Database(Inbox<PostgresStore>),
}

#[cfg(feature = "store")]
macro_rules! each {
    ($kept:expr, $inbox:ident => $call:expr) => {
        match $kept {
            Kept::File($inbox) => $call,
            Kept::Database($inbox) => $call,
        }
    };
}

#[cfg(not(feature = "store"))]
macro_rules! each {
    ($kept:expr, $inbox:ident => $call:expr) => {
        match *$kept {}
    };
}

#[cfg(not(feature = "store"))]
impl Kept {
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
impl Kept {
    pub(crate) async fn open(url: &Secret, access: Access) -> Result<Self> {
        let url = url.expose();
        if let Some(path) = url.strip_prefix("sqlite:") {
            if path.is_empty() || path.contains('?') {
                return Err(Failure::input("the store is no path of a file", CURE));
            }
            let options = SqliteOptions::new(path)
                .create(access == Access::Create)
                .read_only(access == Access::Look);
            let store = options.open().await;
            return Ok(Self::File(with_warnings(
                store.map_err(|error| of_store(&error))?,
            )));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let store = match access {
                Access::Look => PostgresStore::connect_read_only(url).await,
                Access::Change => PostgresStore::connect_existing(url).await,
                Access::Create => PostgresStore::connect(url).await,
            };
            return Ok(Self::Database(with_warnings(
                store.map_err(|error| of_store(&error))?,
            )));
        }
        // The text could hold a password, so it is not repeated.
        Err(Failure::input("the store is neither a file nor a database", CURE))
    }
}

impl Kept {
    pub(crate) async fn receive(&self, verified: &Verified<'_>) -> Result<Receipt, Error> {
        each!(self, inbox => inbox.receive(verified).await)
    }

    /// Claims the event that has been due longest.
    pub(crate) async fn claim(&self) -> Result<Option<Claim>, Error> {
        each!(self, inbox => Ok(inbox.claim(1).await?.pop()))
    }

    pub(crate) async fn done(&self, claim: Claim) -> Result<(), Error> {
        each!(self, inbox => inbox.complete(claim, std::sync::Arc::new(Nothing)).await.map(drop))
    }

    /// Has it claimed again after the back-off of the inbox, or given up.
    pub(crate) async fn failed(&self, claim: Claim, reason: &str) -> Result<(), Error> {
        each!(self, inbox => inbox.fail(claim, &NotHandled::retry(reason)).await)
    }

    /// Gives a claimed event back.
    pub(crate) async fn release(&self, claim: Claim) -> Result<(), Error> {
        each!(self, inbox => inbox.release(claim).await)
    }

    /// Completes when an event may be due.
    pub(crate) async fn woken(&self) {
        each!(self, inbox => inbox.store().woken().await);
    }

    pub(crate) async fn counts(&self) -> Result<Counts> {
        each!(self, inbox => inbox.counts().await.map_err(|error| of_store(&error)))
    }

    pub(crate) async fn list(&self, filter: Filter, most: u32) -> Result<Vec<Summary>> {
        each!(self, inbox => inbox.list(filter, most).await.map_err(|error| of_store(&error)))
    }

    pub(crate) async fn quarantined(&self, most: u32) -> Result<Vec<Quarantined>> {
        each!(self, inbox => inbox.quarantined(most).await.map_err(|error| of_store(&error)))
    }

    /// Reads events with their bodies, each beside its number, and changes nothing.
    pub(crate) async fn read(&self, filter: Filter, most: u32) -> Result<Vec<(i64, Option<Delivery>)>> {
        each!(self, inbox => inbox.read(filter, most).await.map_err(|error| of_store(&error)))
    }

    pub(crate) async fn replay(&self, filter: Filter) -> Result<u64> {
        each!(self, inbox => inbox.replay(filter).await.map_err(|error| of_store(&error)))
    }

    pub(crate) async fn resolve(&self, id: i64, resolution: Resolution) -> Result<bool> {
        each!(self, inbox => inbox.resolve(id, resolution).await.map_err(|error| of_store(&error)))
    }

    pub(crate) async fn close(&self) {
        each!(self, inbox => inbox.close().await);
    }
}

/// An inbox whose alarms are warnings.
#[cfg(feature = "store")]
fn with_warnings<S: Store>(store: S) -> Inbox<S> {
    let builder = Inbox::builder(store);
    builder.alarm(|alarm| output::warn(&alarm.to_string())).build()
}

/// The handler of events that are handled elsewhere.
#[cfg(feature = "store")]
struct Nothing;

#[cfg(feature = "store")]
impl<T: Send> Handler<T> for Nothing {
    async fn handle(&self, _: &Delivery, _: &mut T) -> Result<(), NotHandled> {
        Ok(())
    }
}

pub(crate) fn of_store(error: &Error) -> Failure {
    Failure::new(
        Exit::Configuration,
        error.kind().as_str(),
        format!("--store: {error}"),
        error.hint(),
    )
}
