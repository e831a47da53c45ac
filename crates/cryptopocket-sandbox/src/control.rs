//! The control plane in Rust: methods of [`Sandbox`](crate::Sandbox), and a client of an emulator in another process.

mod client;
mod commands;
mod queries;

pub use client::{ControlClient, ControlError};
