#![doc = include_str!("../README.md")]

mod alarm;
mod body;
mod delivery;
mod error;
mod handler;
mod identity;
mod inbox;
mod intake;
mod measure;
mod redact;
mod retry;
mod runtime;
mod store;
mod transaction;
mod words;

#[cfg(feature = "axum")]
pub mod axum;
pub mod journal;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "testing", test))]
pub mod testing;
pub mod tracker;

/// The `sqlx` of the stores, for handlers that write through its connections. A program needs none of its own.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
#[doc(no_inline)]
pub use sqlx;

pub use alarm::Alarm;
#[cfg(feature = "encryption")]
pub use body::{BodyKey, Keyring};
pub use delivery::{Claim, Delivery};
pub use error::{Error, ErrorKind, Result};
pub use handler::{BoxFuture, Failure, Handler, handler_fn};
pub use identity::released_key;
pub use inbox::{Builder, Inbox, Outcome, Receipt};
pub use intake::{Answer, DEFAULT_BODY_LIMIT, Intake};
pub use redact::{PERSONAL_FIELDS, Redaction};
pub use retry::RetryPolicy;
pub use runtime::{Runtime, TokioRuntime};
pub use store::{
    Counts, Done, EventState, Events, Filter, Lease, NewEvent, Quarantined, Resolution, Settlement,
    StoredBody, StoredEvent,
};
pub use transaction::{Handling, Store, Work};
