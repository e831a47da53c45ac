#![doc = include_str!("../README.md")]

mod commands;
mod connection;
mod coverage;
mod duration;
mod end;
mod failure;
mod file;
mod global;
mod output;
mod profile;
mod run;
mod store;
mod suggest;
mod view;

pub use run::main;
