#![doc = include_str!("../README.md")]

mod catalogue;
#[cfg(feature = "client")]
mod client;
mod dedup;
mod diagnose;
mod encoding;
mod error;
mod event;
mod generated;
mod headers;
mod json;
mod key;
mod mac;
mod parts;
mod payload;
mod restyle;
mod sign;
mod stored;
mod tokens;
mod verify;

pub use catalogue::{Domain, EVENTS, EventInfo, EventKind};
#[cfg(feature = "client")]
pub use client::{Subscription, Webhooks};
pub use dedup::{Deduplicator, Sighting};
pub use encoding::SignatureEncoding;
pub use error::{VerifyError, VerifyErrorKind};
pub use event::Event;
pub use headers::{API_KEY_HEADER, Header, SIGNATURE_HEADER, SignatureHeaders, TIMESTAMP_HEADER};
pub use key::{EventIdentity, EventKey};
pub use payload::{ObjectState, OfframpPayload, Payload, PaymentPayload};
pub use sign::Signer;
pub use verify::{DEFAULT_TOLERANCE, Verified, Verifier};
