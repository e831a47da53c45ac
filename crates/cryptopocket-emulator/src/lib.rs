//! The emulated `CryptoPocket` provider as a state machine: state, rules, wire forms, faults, virtual clock and call log.
//!
//! No I/O: a request value goes in, an answer value comes out. `cryptopocket-sandbox` is the server around it.

// The modules below are being closed behind `Engine`.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    clippy::should_implement_trait,
    clippy::len_without_is_empty,
    clippy::iter_without_into_iter
)]

pub mod api;
pub mod catalogue;
pub mod clock;
pub mod control;
pub mod delivery;
pub mod entropy;
pub mod faults;
pub mod fields;
pub mod journal;
pub mod moment;
pub mod near;
pub mod prices;
pub mod request;
pub mod routes;
pub mod scenario;
pub mod shapes;
pub mod trail;
pub mod wire;
pub mod world;
