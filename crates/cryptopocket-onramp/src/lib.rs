#![doc = include_str!("../README.md")]

mod created;
mod guard;
mod guided;
mod method;
mod new_payment;
mod payment;
mod quote;
mod recover;
mod slippage;
#[cfg(test)]
mod tests;
mod unsettled;

#[doc(no_inline)]
pub use cryptopocket_core::{Credentials, Error, Result, Session};
#[doc(no_inline)]
pub use cryptopocket_types as types;

pub use created::{BankTransfer, CreatedPayment, NextStep};
pub use guard::QuoteGuard;
pub use guided::NewGuidedPayment;
pub use method::PaymentMethod;
pub use new_payment::NewPayment;
pub use payment::{Payment, PaymentFilter};
pub use quote::{Quote, QuoteRequest};
pub use recover::{Recovery, Search};
pub use slippage::Slippage;
pub use unsettled::UnsettledPayment;

cryptopocket_core::client! {
    /// The on-ramp (fiat to crypto): quotes, payments, waiting for them and recovering lost ones.
    pub struct OnRamp;
}
