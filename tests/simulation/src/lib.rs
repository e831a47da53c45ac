#![doc = include_str!("../README.md")]

mod bank;
mod chance;
mod delivery;
mod durable;
mod effects;
mod finding;
mod gate;
mod invariants;
mod leases;
mod life;
mod network;
mod node;
mod node_runtime;
mod orders;
mod payer;
mod payout;
mod provider;
mod rates;
mod restoration;
mod run;
mod scenario;
mod sim_store;
mod sqlite_file;
mod tally;
mod trace;
mod variant;
mod virtual_time;
mod world;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use run::{Figures, ORDERS, Settings, Violation, simulate, simulate_many};
pub use variant::Variant;
