//! Making things happen: the typed methods of [`Sandbox`](crate::Sandbox) and the same over HTTP.

mod client;
mod error;
mod exchange;
mod http;
mod shown;
mod typed;
mod types;

pub use client::{ControlClient, ControlState};
pub use error::ControlError;
pub use types::{BankCredit, DeliveryRecord, Misattribution};

pub(crate) use http::{Controls, allows, answer};
