//! A stateful emulator of the `CryptoPocket` API for tests and development: the server around `cryptopocket-emulator`.
//!
//! It is this project's, not the provider's. It was written from the public documentation of the API; the guide in
//! `docs/` lists its assumptions. It shares no wire code with the client that it tests, so that a mistake in one is
//! found by the other.
//!
//! [`Sandbox`] is an emulator in process, [`ControlClient`] controls one in another process, [`ROUTES`] are the calls
//! that it answers, and [`Fault`] and [`WebhookFault`] are its faults.

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
mod server;
mod shared;
mod start_error;
mod store;
mod web;

pub use builder::{Builder, read_scenario};
pub use control::{ControlClient, ControlError};
pub use cryptopocket_emulator::{
    ArmedFault, Attempt, BankCredit, Command, Delivery, DeliveryState, Fault, Limits,
    Misfit as ScenarioError, Outage, Outcome, ROUTES, Route, Scenario, Speed, State as ControlState, Timer,
    Times, Transfer, TransferFault, UnknownWord, WebhookFault,
};
pub use sandbox::{Beginning, Sandbox};
pub use start_error::StartError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/matching.md")]
struct Examples;
