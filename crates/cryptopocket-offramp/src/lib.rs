#![doc = include_str!("../README.md")]

mod create;
mod fiat;
mod list;
mod new_offramp;
mod offramp;
mod quote;
#[cfg(test)]
mod tests;
mod wait;

#[doc(no_inline)]
pub use cryptopocket_core::{Credentials, Error, Result, Session};
#[doc(no_inline)]
pub use cryptopocket_types as types;

pub use create::CreatedOfframp;
pub use fiat::FiatAmount;
pub use list::OfframpFilter;
pub use new_offramp::{Destination, NewOfframp};
pub use offramp::Offramp;

pub use quote::{Quote, QuoteRequest};

cryptopocket_core::client! {
    /// The off-ramp (crypto to fiat): quotes, off-ramps and waiting for them.
    pub struct OffRamp;
}
