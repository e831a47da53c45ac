#![doc = include_str!("../README.md")]

mod client;
#[cfg(feature = "market")]
pub mod market;
#[cfg(all(feature = "inbox", any(feature = "onramp", feature = "offramp")))]
pub mod once;
#[cfg(test)]
mod tests;
#[cfg(feature = "inbox")]
#[cfg_attr(
    not(feature = "onramp"),
    allow(unused, reason = "off-ramps show no day, and without them nothing is listed")
)]
pub mod tracking;

#[cfg(feature = "banking")]
#[doc(inline)]
pub use cryptopocket_banking as banking;
#[cfg(feature = "inbox")]
#[doc(inline)]
pub use cryptopocket_inbox as inbox;
#[cfg(feature = "offramp")]
#[doc(inline)]
pub use cryptopocket_offramp as offramp;
#[cfg(feature = "onramp")]
#[doc(inline)]
pub use cryptopocket_onramp as onramp;
#[cfg(feature = "users")]
#[doc(inline)]
pub use cryptopocket_users as users;
#[cfg(feature = "webhooks")]
#[doc(inline)]
pub use cryptopocket_webhooks as webhooks;

#[cfg(feature = "testing")]
#[doc(inline)]
pub use cryptopocket_core::testing;
// All of both, so that a program can name every type of the SDK with this crate as its only dependency.
#[doc(no_inline)]
pub use cryptopocket_core::*;
#[doc(no_inline)]
pub use cryptopocket_types::*;

pub use client::{Client, ClientBuilder};
