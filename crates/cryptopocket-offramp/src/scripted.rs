use std::sync::Arc;

use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
use cryptopocket_core::{Credentials, Session};

/// What a test holds of the provider's side and of time.
pub(crate) struct Scripted {
    pub(crate) provider: Arc<ScriptedTransport>,
    pub(crate) runtime: TestRuntime,
    pub(crate) session: Session,
}

impl Scripted {
    pub(crate) fn new() -> Self {
        let (provider, runtime) = (Arc::new(ScriptedTransport::new()), TestRuntime::new(7));
        let session = Session::builder()
            .credentials(Credentials::new("key", "secret"))
            .transport(provider.clone())
            .runtime(Arc::new(runtime.clone()))
            .build()
            .expect("the script needs no network");
        Self {
            provider,
            runtime,
            session,
        }
    }

    /// Answers the next calls of `operation` in turn.
    pub(crate) fn next(self, operation: &str, replies: &[&str]) -> Self {
        for reply in replies {
            self.provider.next(operation, Answer::json(*reply));
        }
        self
    }
}
