//! Calls that are made once for each key, against the emulated provider.

#![allow(clippy::unwrap_used, reason = "a failure shows where it is")]

mod answers;
mod callers;
mod crashes;
mod kinds;
mod over_http;
mod steps;
mod world;
