//! Webhooks on their way out: what is to be sent, what was answered, when it is tried again.

mod send;
mod worker;

pub(crate) use worker::run;
