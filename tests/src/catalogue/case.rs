//! The form of a case.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use cryptopocket_core::{Error, Session};

/// A running call; its result is formatted by `Debug`.
pub type Calling = Pin<Box<dyn Future<Output = Result<String, Error>> + Send>>;

/// One operation.
#[derive(Clone, Copy)]
pub struct Case {
    /// The operation's id.
    pub id: &'static str,
    /// A success reply, with a canary in each field that is secret or personal.
    pub reply: &'static str,
    /// The call, with a canary in each argument that is secret or personal.
    pub call: fn(Session) -> Calling,
}

/// Boxes a call and formats its result.
pub(super) fn shown<T: Debug>(call: impl Future<Output = Result<T, Error>> + Send + 'static) -> Calling {
    Box::pin(async move { call.await.map(|value| format!("{value:#?}")) })
}
