#![doc = include_str!("../README.md")]

mod create;
mod fiat;
mod input;
mod list;
mod offramp;
mod payout;
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
pub use offramp::Offramp;
pub use payout::NewOfframp;
pub use quote::{Quote, QuoteRequest};

/// Crypto to fiat: quotes, payouts, waiting for them.
///
/// Cheap to clone; clones share the session and its login.
#[derive(Debug, Clone)]
pub struct OffRamp {
    session: Session,
}

impl OffRamp {
    /// The off-ramp calls, sent through `session`.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session that the calls go through.
    pub const fn session(&self) -> &Session {
        &self.session
    }
}
