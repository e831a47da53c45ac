//! Tests across the calls, and what the tests of each need.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod stored;

use std::sync::Arc;

pub(crate) use cryptopocket_core::testing::block_on;
use cryptopocket_core::testing::{Answer, ScriptedSession, ScriptedTransport};

use crate::Users;

/// `Users` over a transport that returns these answers to `operation`, in order.
pub(crate) fn scripted(operation: &str, answers: &[Answer]) -> (Users, Arc<ScriptedTransport>) {
    let test = ScriptedSession::new().then(operation, answers.iter().cloned());
    (Users::new(test.session), test.provider)
}
