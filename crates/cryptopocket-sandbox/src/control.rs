//! The control plane in Rust: methods of [`Sandbox`](crate::Sandbox), and a client of an emulator in another process.

mod client;
mod commands;
mod delivery_record;
mod error;
mod queries;

pub use client::ControlClient;
pub use cryptopocket_emulator::{
    ArmedFault, BankCredit, Misattribution, State as ControlState, Timer, Transfer,
};
pub use delivery_record::DeliveryRecord;
pub use error::ControlError;
