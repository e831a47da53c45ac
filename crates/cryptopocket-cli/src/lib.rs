#![doc = include_str!("../README.md")]
#![allow(
    clippy::result_large_err,
    reason = "a run of the program has one failure at most"
)]
#![cfg_attr(
    not(feature = "store"),
    allow(
        dead_code,
        unreachable_code,
        unused_imports,
        unused_variables,
        reason = "no inbox can be opened"
    )
)]

mod commands;
mod connection;
mod coverage;
mod duration;
mod end;
mod failure;
mod file;
mod global;
mod output;
mod prelude;
mod profile;
mod run;
mod store;
mod suggest;
mod view;

pub use run::main;
