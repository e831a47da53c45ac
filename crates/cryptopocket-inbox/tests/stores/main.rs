//! The behaviour that every store has, on each of them.
#![allow(clippy::unwrap_used, reason = "a failure shows where it is")]

#[macro_use]
mod each_store;

mod axum;
mod behaviour;
mod cluster;
mod dashboard;
mod failures;
mod journal;
mod metrics;
mod model;
mod opening;
mod outages;
mod own;
mod postgres;
mod proxy;
mod sqlite;
mod stage;
mod tracker;
mod upgrade;
mod worker;
