//! The commands, one module each.

pub(crate) mod api;
pub(crate) mod bank;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod help_tree;
#[cfg_attr(
    not(feature = "store"),
    expect(dead_code, unused_variables, reason = "no inbox can be opened")
)]
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
#[cfg_attr(
    not(feature = "store"),
    expect(
        dead_code,
        unreachable_code,
        unused_imports,
        unused_variables,
        reason = "no inbox can be opened"
    )
)]
pub(crate) mod webhooks;
