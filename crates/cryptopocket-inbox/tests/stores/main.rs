//! The behaviour that every store has, on each of them.

mod axum;
mod behaviour;
mod failures;
mod model;
mod sqlite;
mod stage;
mod worker;
