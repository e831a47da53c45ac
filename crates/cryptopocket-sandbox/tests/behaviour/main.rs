//! The emulator over HTTP.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part has failed the test it is in"
)]

mod browser;
mod checkout;
mod connections;
mod control;
mod dashboard;
mod faults;
mod guide;
mod habits;
mod https;
mod listed;
mod money;
mod opening;
mod pages;
mod refusals;
mod scenario;
mod state;
mod support;
mod time;
mod webhooks;
