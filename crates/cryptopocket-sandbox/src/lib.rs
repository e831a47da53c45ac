//! A stateful emulator of the `CryptoPocket` API for tests and development.
//!
//! It is ours, not the provider's. It was written from what is publicly documented of the API, and says in its README
//! where it had to guess. It shares no code with the client it is there to test: its wire structs and spellings are its
//! own, so that one mistake cannot hide another.
//!
//! [`Sandbox`] is the emulator in process; [`ROUTES`] is what it answers; [`Fault`] and [`WebhookFault`] are what can go
//! wrong on purpose.

mod access;
mod builder;
mod clock;
mod control;
mod dashboard;
mod delivery;
mod docs;
mod front;
mod http_client;
mod pages;
mod sandbox;
mod scenario;
mod server;
mod shared;
mod start_error;
mod store;
mod web;

pub use builder::Builder;
pub use control::{ControlClient, ControlError};
pub use cryptopocket_emulator::{
    ArmedFault, Attempt, BankCredit, Command, Delivery, DeliveryState, Fault, Limits, Misattribution, Outage,
    Outcome, ROUTES, Route, Speed, State as ControlState, Timer, Times, Transfer, TransferFault,
    UnknownOutage, UnknownSpeed, WebhookFault,
};
pub use sandbox::{Beginning, Sandbox};
pub use scenario::{Scenario, ScenarioError};
pub use start_error::StartError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/matching.md")]
struct Examples;
