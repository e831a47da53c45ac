#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(feature = "store"),
    allow(
        dead_code,
        unreachable_code,
        unused_imports,
        unused_variables,
        clippy::unused_async,
        reason = "no inbox can be opened"
    )
)]

mod arguments;
mod commands;
mod connection;
mod coverage;
mod duration;
mod end;
mod exit;
mod failure;
mod file;
mod global;
mod logging;
mod output;
mod profile;
mod run;
mod store;
mod suggest;
mod view;

pub use run::main;
