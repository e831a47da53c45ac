//! Exact money, ids, open enums and guarded secrets of the CryptoPocket API.
//!
//! Every crate of the SDK speaks in these types. They know no HTTP and no async.

pub mod coin;
pub mod decimal;
mod error;
pub mod evidence;
mod generated;
pub mod iban;
pub mod id;
pub mod json;
pub mod money;
mod open_enum;
#[cfg(feature = "schemars")]
mod schema;
pub mod sensitive;
mod status;
pub mod time;
pub mod wire;

pub use coin::{Asset, Chain, CoinAmount, Symbol};
pub use decimal::{Decimal, Rounding};
pub use error::ParseError;
pub use evidence::Evidence;
pub use generated::enums::*;
pub use iban::Iban;
pub use id::{Concept, ExternalId, OfframpId, PaymentId, TransactionId, TxId, UserId};
pub use json::{Extra, RawJson};
pub use money::{Currency, Money};
pub use open_enum::UnknownValue;
pub use sensitive::{Personal, Secret};
pub use status::KycDecision;
pub use time::{Clock, Date, ManualClock, SystemClock, Timestamp};
