//! Exact money, ids, open enums and guarded secrets of the CryptoPocket API.
//!
//! Every crate of the SDK speaks in these types. They know no HTTP and no async.
//!
//! # Amounts
//!
//! [`Money`] is an amount of a state currency, [`CoinAmount`] one of a coin; both rest on [`Decimal`], which is exact.
//! The API writes the same amount in several forms; the types of [`wire`] say which form a field has.
//!
//! ```
//! use cryptopocket_types::{Currency, Money, wire::{Cents, CurrencyUnits}};
//!
//! let asked: CurrencyUnits = serde_json::from_str("150.50")?;
//! let stored: Cents = serde_json::from_str("15050")?;
//! assert_eq!(asked.money(Currency::EUR), stored.money(Currency::EUR));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # What is not known stays
//!
//! Named values are open enums: a status nobody knew keeps its text. Fields nobody knew are kept in [`Extra`], with
//! their exact text.
//!
//! # What is private stays private
//!
//! [`Secret`], [`Personal`] and [`Iban`] print a placeholder and are zeroed on drop; a [`ParseError`] never holds the
//! value it is about.

pub mod coin;
mod convert;
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
