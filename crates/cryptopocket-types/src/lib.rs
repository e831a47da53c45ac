//! Exact money, ids, open enums and guarded secrets of the CryptoPocket API.
//!
//! All crates of the SDK use these types. They contain no HTTP and no async code.
//!
//! # Amounts
//!
//! [`Money`] is an amount of a fiat currency, [`CoinAmount`] an amount of a coin. Both hold a [`Decimal`], which is exact.
//! The API writes the same amount in several forms; the type of a field in [`wire`] says which.
//!
//! # Unknown values and fields
//!
//! Named values are open enums: an unknown status keeps its text. Unknown fields are kept in [`Extra`] with their exact
//! text.
//!
//! ```
//! use cryptopocket_types::{EventType, KycStatus};
//!
//! assert_eq!(EventType::from("PAY_IN"), EventType::PayIn);
//! // Both spellings of the end of an off-ramp are known, each as itself.
//! assert_ne!(EventType::from("RAMPOFF_FINISHED"), EventType::TransferRampoffFinished);
//!
//! let status = KycStatus::from("in_review");
//! assert!(!status.is_known());
//! assert_eq!(status.as_str(), "in_review");
//! ```
//!
//! # Secrets and personal data
//!
//! [`Secret`], [`Personal`] and [`Iban`] print a placeholder and are zeroed on drop. A [`ParseError`] never contains the
//! refused value.
//!
//! # Conversions
//!
//! The features `bigdecimal`, `chrono`, `iso_currency`, `jiff`, `rust_decimal`, `time`, `url` and `uuid` add conversions to
//! and from the types of these crates; `sqlx` makes ids, amounts, statuses and times columns of any of its databases.

pub mod coin;
mod convert;
pub mod decimal;
mod error;
pub mod evidence;
mod generated;
pub mod iban;
pub mod id;
pub mod json;
mod macros;
pub mod money;
mod open_enum;
pub mod reading;
mod reply;
#[cfg(feature = "schemars")]
mod schema;
pub mod sensitive;
#[doc(hidden)]
pub mod shown;
mod status;
mod text_like;
pub mod time;
mod traits;
pub mod wire;

pub use coin::{Asset, CoinAmount};
pub use decimal::{Decimal, Rounding};
pub use error::ParseError;
pub use evidence::Evidence;
pub use generated::enums::*;
pub use iban::Iban;
pub use id::{Chain, Concept, ExternalId, OfframpId, PaymentId, Symbol, TransactionId, TxId, UserId};
pub use json::{Extra, RawJson};
pub use money::{Currency, Money};
pub use open_enum::UnknownValue;
pub use reading::Field;
pub use sensitive::{Personal, Secret};
pub use status::KycDecision;
pub use time::{Clock, Date, ManualClock, SystemClock, Timestamp};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
