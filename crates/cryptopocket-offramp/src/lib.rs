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

/// The off-ramp (crypto to fiat): quotes, off-ramps and waiting for them.
///
/// Cheap to clone; clones share the session and its login.
#[derive(Debug, Clone)]
pub struct OffRamp {
    session: Session,
}

impl OffRamp {
    /// A client of the off-ramp that sends its calls through `session`.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session that sends the calls.
    pub const fn session(&self) -> &Session {
        &self.session
    }
}
