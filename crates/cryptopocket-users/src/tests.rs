//! Tests across the calls, and what the tests of each need.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod stored;

use std::sync::Arc;

use cryptopocket_core::testing::{Answer, ScriptedSession, ScriptedTransport};

use crate::Users;

/// `Users` over a transport that returns these answers to `operation`, in order.
pub(crate) fn scripted(operation: &str, answers: &[Answer]) -> (Users, Arc<ScriptedTransport>) {
    let test = ScriptedSession::new().then(operation, answers.iter().cloned());
    (Users::new(test.session), test.provider)
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// The body of the last request of `operation`, as text.
pub(crate) fn body(transport: &ScriptedTransport, operation: &str) -> String {
    transport.bodies(operation).pop().unwrap()
}

/// The query of the last request of `operation`.
pub(crate) fn query(transport: &ScriptedTransport, operation: &str) -> String {
    transport.queries(operation).pop().unwrap()
}
