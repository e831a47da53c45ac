//! Every operation of the API, each with one call that fills all it can and one reply that says all it can.

mod banking;
mod market;
mod offramp;
mod onramp;
mod users;
mod webhooks;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use cryptopocket_core::{Error, Session};

/// What a call came to: its result as `Debug` shows it.
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

/// All of them, in the order of the document's tags.
pub fn all() -> Vec<Case> {
    [
        market::CASES,
        users::CASES,
        onramp::CASES,
        offramp::CASES,
        banking::CASES,
        webhooks::CASES,
    ]
    .concat()
}

/// The case of one operation.
///
/// # Panics
///
/// When there is none.
pub fn case(id: &str) -> Case {
    all()
        .into_iter()
        .find(|case| case.id == id)
        .unwrap_or_else(|| panic!("no case for {id}"))
}

/// Runs a call to its end and shows what it gave.
fn shown<T: Debug>(call: impl Future<Output = Result<T, Error>> + Send + 'static) -> Calling {
    Box::pin(async move { call.await.map(|value| format!("{value:#?}")) })
}
