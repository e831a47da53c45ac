//! The commands, one module each.

pub(crate) mod api;
pub(crate) mod bank;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod help_tree;
pub(crate) mod inbox;
pub(crate) mod login;
pub(crate) mod market;
pub(crate) mod offramp;
mod pages;
mod payment_type;
pub(crate) mod payments;
pub(crate) mod probe;
pub(crate) mod quote;
pub(crate) mod sandbox;
pub(crate) mod users;
mod waiting;
pub(crate) mod webhooks;
