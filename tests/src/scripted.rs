//! A session with scripted replies, in virtual time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
use cryptopocket_core::{Credentials, RetryPolicy, Session, SessionBuilder};

use crate::canary;

/// A scripted session.
pub struct Scripted {
    /// Gives the replies and records the requests.
    pub transport: Arc<ScriptedTransport>,
    /// Makes the calls.
    pub session: Session,
}

/// A session with the planted credentials, three attempts and a planted token.
///
/// # Panics
///
/// When the session cannot be built.
pub fn session() -> Scripted {
    scripted(|builder| builder)
}

/// The same session, which records shapes in `folder`.
///
/// # Panics
///
/// When the session cannot be built.
pub fn recording(folder: &Path) -> Scripted {
    scripted(|builder| builder.record_shapes(folder))
}

fn scripted(settings: impl FnOnce(SessionBuilder) -> SessionBuilder) -> Scripted {
    let transport = Arc::new(ScriptedTransport::new());
    transport.always("authenticate", login());
    let builder = Session::builder()
        .credentials(Credentials::new(canary::API_KEY, canary::API_SECRET))
        .transport(transport.clone())
        .runtime(Arc::new(TestRuntime::new(1)))
        .retry(RetryPolicy::default().attempts(3))
        .timeout(Duration::from_secs(10));
    let session = settings(builder).build().expect("the session is complete");
    Scripted { transport, session }
}

/// The reply to a login.
pub fn login() -> Answer {
    Answer::json(format!(
        r#"{{"status":"ok","data":{{"token":"{}","expires_in":3600}}}}"#,
        canary::TOKEN
    ))
}
