//! Tests without a server: a transport that answers from a script, and a runtime whose time is virtual.

mod runtime;
mod scripted;

use std::future::Future;
use std::sync::Arc;

pub use self::runtime::TestRuntime;
pub use self::scripted::{Answer, ScriptedTransport};
use crate::credentials::Credentials;
use crate::session::Session;

/// A session whose answers come from a script, in virtual time, with both to look at afterwards.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::testing::ScriptedSession;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// let test = ScriptedSession::new().next("get_payment", &[r#"{"status":"ok","data":{"id":"p1"}}"#]);
/// // Give a clone of `test.session` to the client under test, then ask what was sent:
/// test.session.login().await?;
/// assert_eq!(test.provider.calls("authenticate"), 1);
/// assert_eq!(test.provider.calls("get_payment"), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScriptedSession {
    /// What answers, and what was asked.
    pub provider: Arc<ScriptedTransport>,
    /// Time and randomness.
    pub runtime: TestRuntime,
    /// What the calls go through.
    pub session: Session,
}

impl ScriptedSession {
    /// A session with credentials and an empty script, apart from the login.
    ///
    /// # Panics
    ///
    /// Never: what is needed is there.
    pub fn new() -> Self {
        let (provider, runtime) = (Arc::new(ScriptedTransport::new()), TestRuntime::new(7));
        let session = Session::builder()
            .credentials(Credentials::new("key", "secret"))
            .transport(provider.clone())
            .runtime(Arc::new(runtime.clone()))
            .build()
            .expect("a script needs no network");
        Self {
            provider,
            runtime,
            session,
        }
    }

    /// Answers the next calls of `operation` with these JSON bodies in turn.
    #[must_use]
    pub fn next(self, operation: &str, replies: &[&str]) -> Self {
        self.then(operation, replies.iter().map(|reply| Answer::json(*reply)))
    }

    /// Answers the next calls of `operation` so, in turn.
    #[must_use]
    pub fn then(self, operation: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        for answer in answers {
            self.provider.next(operation, answer);
        }
        self
    }

    /// Answers every call of `operation` with this JSON body, when no other answer is left.
    #[must_use]
    pub fn always(self, operation: &str, reply: &str) -> Self {
        self.provider.always(operation, Answer::json(reply));
        self
    }

    /// Runs an example of a documentation, with the session, to its end.
    ///
    /// # Panics
    ///
    /// If the example fails, or on a thread of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_core::Method;
    /// use cryptopocket_core::testing::ScriptedSession;
    ///
    /// ScriptedSession::new().always("raw", r#"{"status":"ok"}"#).run(async |session| {
    ///     let reply = session.raw(Method::GET, "/loyalty").send().await?;
    ///     assert!(reply.says_success());
    ///     Ok(())
    /// });
    /// ```
    pub fn run(self, example: impl AsyncFnOnce(Session) -> Result<(), Box<dyn std::error::Error>>) {
        block_on(example(self.session)).expect("the example holds");
    }
}

impl Default for ScriptedSession {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a future to its end, for tests that are no async functions, such as those of a table of cases.
///
/// # Panics
///
/// On a thread of a tokio runtime, or if a runtime cannot be started.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::testing::{ScriptedSession, block_on};
///
/// let test = ScriptedSession::new();
/// for logins in 1..=2 {
///     block_on(test.session.login())?;
///     assert_eq!(test.provider.calls("authenticate"), logins);
/// }
/// # Ok::<(), cryptopocket_core::Error>(())
/// ```
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime of this thread").block_on(future)
}
