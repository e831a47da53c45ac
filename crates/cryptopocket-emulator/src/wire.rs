//! Replies as bytes: JSON objects, envelopes of success and failure, and the records in the API's spelling.

mod failure;
mod object;
mod records;
mod reply;

pub use failure::Failure;
pub(crate) use failure::{or_refuse, refuse_if, summary};
pub(crate) use object::{Object, number};
pub(crate) use records::{account, asset, customer, method, offramp, payment, transaction};
pub use reply::{Reply, Response, not_found, wrong_method};
