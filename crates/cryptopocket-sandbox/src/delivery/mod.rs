//! Webhooks on their way out: what is to be sent, what was answered, when it is tried again.

mod client;
mod post;
mod worker;

pub(crate) use client::{WebhookClient, certificates};
pub(crate) use post::{Delivery, PostOffice, Result as AttemptResult};
pub(crate) use worker::run;
