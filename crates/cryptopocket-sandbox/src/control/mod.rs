//! Making things happen: the typed methods of [`Sandbox`](crate::Sandbox) and the same over HTTP.

mod client;
mod exchange;
mod typed;

pub use client::ControlClient;
pub use cryptopocket_emulator::control::{
    ArmedFault, BankCredit, ControlError, ControlState, DeliveryRecord,
};
pub use cryptopocket_emulator::control::{Misattribution, Timer, Transfer};

pub(crate) use cryptopocket_emulator::control::{Controls, allows, answer};
pub(crate) use cryptopocket_emulator::control::{judging, steps, upcoming};
