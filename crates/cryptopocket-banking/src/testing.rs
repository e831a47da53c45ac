//! What the unit tests of this crate share.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::sync::Arc;

use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
use cryptopocket_core::{Credentials, Session};

use crate::Banking;

/// `Banking` over a transport that gives these answers to `operation`, in order.
pub(crate) fn scripted(operation: &str, answers: &[Answer]) -> (Banking, Arc<ScriptedTransport>) {
    let transport = Arc::new(ScriptedTransport::new());
    for answer in answers {
        transport.next(operation, answer.clone());
    }
    let session = Session::builder()
        .credentials(Credentials::new("key", "secret"))
        .transport(transport.clone())
        .runtime(Arc::new(TestRuntime::new(1)))
        .build()
        .unwrap();
    (Banking::new(session), transport)
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// The body of the last request of `operation`, as text.
pub(crate) fn body(transport: &ScriptedTransport, operation: &str) -> String {
    let request = transport.requests(operation).pop().unwrap();
    String::from_utf8(request.body.to_vec()).unwrap()
}

/// The URL of each request of `operation`.
pub(crate) fn urls(transport: &ScriptedTransport, operation: &str) -> Vec<String> {
    transport
        .requests(operation)
        .into_iter()
        .map(|request| request.url)
        .collect()
}
