//! Making things happen: the typed methods of [`Sandbox`](crate::Sandbox) and the same over HTTP.

mod access;
mod arming;
mod changing;
mod client;
mod error;
mod exchange;
mod http;
mod judging;
mod looking;
mod shown;
mod state;
mod steps;
mod typed;
mod types;
mod upcoming;

pub use client::ControlClient;
pub use error::ControlError;
pub use judging::{Misattribution, Transfer};
pub use state::ControlState;
pub use types::{BankCredit, DeliveryRecord};
pub use upcoming::{ArmedFault, Timer};

pub(crate) use access::{Controls, allows};
pub(crate) use http::answer;
