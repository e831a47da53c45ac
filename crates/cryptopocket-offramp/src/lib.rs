#![doc = include_str!("../README.md")]

mod create;
mod fiat;
mod offramp;
mod quote;
#[cfg(test)]
mod tests;

#[doc(no_inline)]
pub use cryptopocket_core::{Credentials, Error, Result, Session};
#[doc(no_inline)]
pub use cryptopocket_types as types;

pub use create::{CreatedOfframp, Destination, NewOfframp};
pub use fiat::FiatAmount;
pub use offramp::{Offramp, OfframpFilter};
pub use quote::{Quote, QuoteRequest};

cryptopocket_core::client! {
    /// The off-ramp (crypto to fiat): quotes, off-ramps and waiting for them.
    pub struct OffRamp;
}
