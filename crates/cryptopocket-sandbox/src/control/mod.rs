//! Making things happen: the typed methods of [`Sandbox`](crate::Sandbox) and the same over HTTP.

mod access;
mod arming;
mod changing;
mod client;
mod error;
mod exchange;
mod http;
mod looking;
mod shown;
mod steps;
mod typed;
mod types;

pub use client::{ControlClient, ControlState};
pub use error::ControlError;
pub use types::{BankCredit, DeliveryRecord, Misattribution};

pub(crate) use access::{Controls, allows};
pub(crate) use http::answer;
