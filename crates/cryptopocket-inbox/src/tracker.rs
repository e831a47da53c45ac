//! The states of payments and off-ramps, kept up to date from webhooks, polls and the bank.
//!
#![doc = include_str!("../docs/tracker.md")]

mod encoding;
mod events;
mod feed;
mod gaps;
mod handler;
mod object;
mod observation;
mod rate;
mod record;
mod restore;
mod schedule;
mod settings;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) mod sql;
mod store;
mod sweep;
mod tracked;

pub use feed::Feed;
pub use gaps::{GapReport, ObjectGaps};
pub use handler::ChangeHandler;
pub use object::{Changed, Entry, NewObject, Object, ObjectKind};
pub use observation::{Change, Gap, Observation, Source};
pub use rate::{Bucket, RateLimit};
pub use schedule::{Pace, Schedule};
pub use settings::Tracker;
pub use store::{Claimed, Counts, Objects, Row, Selection};
pub use sweep::{Poll, Polled};
pub use tracked::Tracked;
