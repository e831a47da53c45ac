//! The emulated `CryptoPocket` provider as a state machine: state, rules, wire forms, faults, virtual clock and call log.
//!
//! No I/O: a request value goes in, an answer value comes out. `cryptopocket-sandbox` is the server around it.
//!
//! [`Engine`] is the provider, [`Command`] an action on it, [`ROUTES`] the operations it answers.

mod api;
mod call_log;
mod catalogue;
mod clock;
mod command;
mod control;
mod engine;
mod entropy;
mod error;
mod faults;
mod fields;
mod input;
mod integration;
mod magic;
mod moment;
mod prices;
mod provider;
mod queries;
mod records;
mod request;
mod routes;
mod scenario;
mod settings;
mod shapes;
mod store;
mod timers;
mod webhooks;
mod wire;

pub use catalogue::Outage;
pub use clock::Speed;
pub use command::{Command, Outcome};
pub use engine::Engine;
pub use error::{CommandError, Misfit, UnknownWord};
pub use faults::{ArmedFault, Fault, NamedFault, Times, TransferFault, WebhookFault};
pub use integration::Integration;
pub use moment::Moment;
pub use queries::{Counts, State, Timer, Transfer};
pub use records::{BankAccount, BankCredit, BankTransaction, Customer, Offramp, Payment, Reinforcement};
pub use request::Request;
pub use routes::{ROUTES, Route};
pub use scenario::Scenario;
pub use settings::{Limits, Settings};
pub use store::{Change, OrderedMap, Record, Table, Tracked};
pub use webhooks::{Answer, Attempt, Delivery, DeliveryState, Webhook};
pub use wire::{Reply, Response};

/// For the server around the engine: pages, scenario files and the state file. Not a stable API.
#[doc(hidden)]
pub mod server {
    pub use crate::call_log::{CallLog, Entry};
    pub use crate::catalogue::{EVENT_TYPES, GUIDED_TYPES, Method, PAYMENT_TYPES, find_method};
    pub use crate::engine::{Changes, FORMAT, GROUPS};
    pub use crate::error::{shortened, use_one_of};
    pub use crate::fields::Fields;
    pub use crate::prices::{buy, price};
    pub use crate::provider::Link;
    pub use crate::shapes::is_wallet;
    pub use crate::wire::{Failure, not_found, wrong_method};
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
