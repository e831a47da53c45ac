#![doc = include_str!("../README.md")]

mod bank;
mod chance;
mod delivery;
mod durable;
mod effects;
mod finding;
mod invariants;
mod life;
mod network;
mod node;
mod node_runtime;
mod orders;
mod payer;
mod provider;
mod rates;
mod restoration;
mod run;
mod scenario;
mod sim_store;
mod trace;
mod variant;
mod virtual_time;
mod world;

pub use run::{Figures, ORDERS, Settings, Violation, simulate, simulate_many};
pub use variant::Variant;
