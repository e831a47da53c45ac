//! The control plane: what can be made to happen, over HTTP.

mod access;
mod arming;
mod changing;
mod error;
mod http;
pub mod judging;
mod looking;
mod shown;
mod state;
pub mod steps;
mod types;
pub mod upcoming;

pub use access::{Controls, allows};
pub use error::ControlError;
pub use http::answer;
pub use judging::{Misattribution, Transfer};
pub use state::ControlState;
pub use types::{BankCredit, DeliveryRecord};
pub use upcoming::{ArmedFault, Timer};
