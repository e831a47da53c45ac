//! The control plane: the typed methods of [`Sandbox`](crate::Sandbox), and a client of an emulator elsewhere.

mod client;
mod error;
mod methods;
mod typed;

pub use client::ControlClient;
pub use cryptopocket_emulator::{
    ArmedFault, BankCredit, Misattribution, State as ControlState, Timer, Transfer,
};
pub use error::ControlError;
pub use typed::DeliveryRecord;
