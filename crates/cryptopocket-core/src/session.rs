//! The session: credentials, token, and how calls are made.

mod builder;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::debug_fields;

pub use self::builder::SessionBuilder;
use crate::base_url::BaseUrl;
use crate::choice::Choices;
use crate::credentials::Credentials;
use crate::error::{Effect, Error};
use crate::getters::getters;
use crate::login::Login;
use crate::retry::RetryPolicy;
use crate::runtime::Runtime;
use crate::shape::Recorder;
use crate::transport::Transport;

/// The base URL of the provider's sandbox, and the default. The production base URL comes with the credentials.
pub const SANDBOX_BASE_URL: &str = "https://sandbox.cryptopocket.io/api";

/// The least time that a lost request is allowed, unless a grace period is set.
const SHORTEST_GRACE: Duration = Duration::from_secs(60);

/// A connection to one account of the provider.
///
/// It logs in by itself when the first call needs a token, renews the token before it runs out or when the
/// provider refuses it, and makes one login however many tasks meet the refusal at once. Clones share all of that
/// and are cheap.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::testing::ScriptedSession;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// let test = ScriptedSession::new();
/// test.session.login().await?;
/// assert_eq!(test.provider.calls("authenticate"), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    pub(crate) shared: Arc<Shared>,
    timeout: Duration,
    pub(crate) retry: RetryPolicy,
    grace: Option<Duration>,
    /// Whether a call may leave now.
    pub(crate) condition: Option<Condition>,
    pub(crate) answers: Option<AnswerListener>,
}

type Condition = Arc<dyn Fn() -> Result<(), Error> + Send + Sync>;
type AnswerListener = Arc<dyn Fn(&'static str, &Bytes) + Send + Sync>;

pub(crate) struct Shared {
    pub(crate) base_url: BaseUrl,
    pub(crate) credentials: Credentials,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) login: Login,
    pub(crate) recorder: Option<Recorder>,
    pub(crate) choices: Choices,
}

impl Session {
    /// A session with settings of your own.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// A session from the environment.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `CRYPTOPOCKET_BASE_URL` | base URL; the provider's sandbox when not set |
    /// | `CRYPTOPOCKET_API_KEY` | API key, required |
    /// | `CRYPTOPOCKET_API_SECRET` | API secret, required |
    /// | `CRYPTOPOCKET_ALLOW_HTTP` | `1` allows `http://` to other machines, for test networks |
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the variable that is missing or wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_core::{ErrorKind, Session};
    ///
    /// match Session::from_env() {
    ///     Ok(session) => println!("calls go to {}", session.base_url()),
    ///     Err(error) => {
    ///         assert_eq!(error.kind(), ErrorKind::Configuration);
    ///         eprintln!("{error:#}"); // names the variable, and what to do
    ///     }
    /// }
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        SessionBuilder::from_env()?.build()
    }

    /// The same session with another time limit for each attempt.
    #[must_use]
    pub fn with_timeout(&self, limit: Duration) -> Self {
        self.with(|session| session.timeout = limit)
    }

    /// The same session with another retry policy, such as [`RetryPolicy::none`].
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with(|session| session.retry = policy)
    }

    /// The same session, whose calls are sent only while `condition` holds.
    ///
    /// It is checked right before each attempt leaves: after the login and after each pause. When it fails, nothing more
    /// is sent, and its error is that of the call. The login itself needs no condition. Another condition replaces this
    /// one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let test = ScriptedSession::new();
    /// # let session = test.session;
    /// use cryptopocket_core::{Effect, Error, Method};
    ///
    /// let closed = session.with_condition(|| Err(Error::conflict("the desk is closed", "Try again tomorrow.")));
    /// let error = closed.raw(Method::POST, "/vouchers").send().await.unwrap_err();
    /// assert_eq!((error.effect(), error.to_string()), (Effect::NotSent, "raw: the desk is closed".to_owned()));
    /// # assert_eq!(test.provider.calls("raw"), 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_condition(&self, condition: impl Fn() -> Result<(), Error> + Send + Sync + 'static) -> Self {
        self.with(|session| session.condition = Some(Arc::new(condition)))
    }

    /// The same session, which shows `listener` each answer as it came: the operation's id and the bytes of the body.
    ///
    /// It hears of every attempt that was answered, refused or not, before the answer is read. The login is not shown. The
    /// bytes may hold secrets and personal data: keep them sealed, and do not log them. Another listener replaces this one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # ScriptedSession::new().always("raw", r#"{"status":"ok","data":{"id":7}}"#).run(async |session| {
    /// use std::sync::mpsc;
    /// use cryptopocket_core::Method;
    ///
    /// let (keep, kept) = mpsc::channel();
    /// let session = session.with_answers(move |operation, body| {
    ///     let _ = keep.send((operation, body.to_vec()));
    /// });
    /// session.raw(Method::POST, "/vouchers").send().await?;
    /// assert_eq!(kept.try_recv()?, ("raw", br#"{"status":"ok","data":{"id":7}}"#.to_vec()));
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn with_answers(&self, listener: impl Fn(&'static str, &Bytes) + Send + Sync + 'static) -> Self {
        self.with(|session| session.answers = Some(Arc::new(listener)))
    }

    /// The same session with another [grace period](Self::grace_period).
    #[must_use]
    pub fn with_grace_period(&self, period: Duration) -> Self {
        self.with(|session| session.grace = Some(period))
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut session = self.clone();
        change(&mut session);
        session
    }

    /// How long a request whose answer was lost may still be at work at the provider.
    ///
    /// Until then, that a lookup finds nothing proves nothing. Unless set, it is four times the timeout, and at least one
    /// minute: how long the provider works does not depend on how soon the caller gives up.
    pub fn grace_period(&self) -> Duration {
        self.grace
            .unwrap_or_else(|| self.timeout.saturating_mul(4).max(SHORTEST_GRACE))
    }

    /// How long to wait after `error` before a lookup that finds nothing can prove that the call had no effect.
    ///
    /// It is the rest of the [grace period](Self::grace_period), counted from the moment when the answer was lost. Zero
    /// if the outcome of the call is known.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::{Answer, ScriptedSession};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let test = ScriptedSession::new().then("raw", [Answer::lost()]);
    /// # let session = test.session;
    /// use std::time::Duration;
    /// use cryptopocket_core::Method;
    ///
    /// let lost = session.raw(Method::POST, "/vouchers").send().await.unwrap_err();
    /// assert_eq!(session.grace_left(&lost), Duration::from_secs(120));
    /// session.runtime().sleep(session.grace_left(&lost)).await;
    /// // Now a list without the voucher proves that there is none.
    /// assert_eq!(session.grace_left(&lost), Duration::ZERO);
    /// # Ok(())
    /// # }
    /// ```
    pub fn grace_left(&self, error: &Error) -> Duration {
        if error.effect() != Effect::Unknown {
            return Duration::ZERO;
        }
        let grace = self.grace_period();
        // Without a note of the moment, the whole period counts: too long a wait costs time, too short a one money.
        error.lost_at().map_or(grace, |lost_at| {
            grace.saturating_sub(self.runtime().monotonic().saturating_sub(lost_at))
        })
    }

    getters! { |session|
        /// The clock, timer and randomness that this session uses.
        pub runtime: &Arc<dyn Runtime> = &session.shared.runtime;
        /// The base URL, without a slash at its end.
        pub base_url: &str = session.shared.base_url.as_str();
        /// Whether the base URL is the provider's sandbox or an address of this machine, where invented objects do no harm.
        ///
        /// # Examples
        ///
        /// ```
        /// use cryptopocket_core::{Credentials, SANDBOX_BASE_URL, Session};
        ///
        /// let is_for_tests = |url: &str| {
        ///     let session = Session::builder().base_url(url).credentials(Credentials::new("key", "secret")).build();
        ///     session.map(|session| session.is_for_tests())
        /// };
        /// assert!(is_for_tests(SANDBOX_BASE_URL)?);
        /// assert!(is_for_tests("http://127.0.0.1:8080/api")?);
        /// assert!(!is_for_tests("https://api.cryptopocket.example/api")?);
        /// assert!(!is_for_tests("https://localhost.example.com/api")?);
        /// # Ok::<(), cryptopocket_core::Error>(())
        /// ```
        pub is_for_tests: bool = session.base_url() == SANDBOX_BASE_URL || session.shared.base_url.is_loopback();
        /// The credentials, whose secret also verifies webhooks.
        pub credentials: &Credentials = &session.shared.credentials;
        /// The time limit for each attempt.
        pub timeout: Duration = session.timeout;
        /// How operations are called and read where that was chosen; see [`SessionBuilder::choices`].
        pub choices: &Choices = &session.shared.choices;
    }
}

debug_fields! {
    Session => |session|
        base_url: session.base_url(), timeout: session.timeout, retry: session.retry
}

#[cfg(test)]
mod tests;
