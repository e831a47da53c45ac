//! The session: credentials, token, and how calls are made.

mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use self::builder::SessionBuilder;
use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::login::Login;
use crate::retry::RetryPolicy;
use crate::runtime::Runtime;
use crate::transport::Transport;

/// The base URL of the provider's sandbox, and the default. The production base URL comes with the credentials.
pub const SANDBOX_BASE_URL: &str = "https://sandbox.cryptopocket.io/api";

/// A connection to one account of the provider.
///
/// It logs in by itself when the first call needs a token, renews the token before it runs out or when the
/// provider refuses it, and makes one login however many tasks meet the refusal at once. Clones share all of that
/// and are cheap.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::testing::{Answer, ScriptedTransport, TestRuntime};
/// use cryptopocket_core::{Credentials, Session};
/// use std::sync::Arc;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// let transport = Arc::new(ScriptedTransport::new());
/// let session = Session::builder()
///     .credentials(Credentials::new("key", "secret"))
///     .transport(transport.clone())
///     .runtime(Arc::new(TestRuntime::new(1)))
///     .build()?;
/// session.login().await?;
/// assert_eq!(transport.calls("authenticate"), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    timeout: Duration,
    retry: RetryPolicy,
}

pub(crate) struct Shared {
    pub(crate) base_url: BaseUrl,
    pub(crate) credentials: Credentials,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) login: Login,
}

impl Session {
    /// A session with settings of your own.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::new()
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
    pub fn from_env() -> Result<Self, Error> {
        SessionBuilder::from_env()?.build()
    }

    /// Logs in now, even when there is a token. It shows that the credentials are good before work begins.
    ///
    /// # Errors
    ///
    /// [`Authorization`](crate::ErrorKind::Authorization) when they are not; otherwise as any call.
    pub async fn login(&self) -> Result<(), Error> {
        self.renew(self.shared.login.generation()).await.map(drop)
    }

    /// The same session with another time limit for each attempt.
    #[must_use]
    pub fn with_timeout(&self, limit: Duration) -> Self {
        Self {
            timeout: limit,
            ..self.clone()
        }
    }

    /// The same session with another retry policy, such as [`RetryPolicy::none`].
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        Self {
            retry: policy,
            ..self.clone()
        }
    }

    /// The clock, timer and randomness that this session uses.
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.shared.runtime
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.shared.base_url.as_str()
    }

    /// The credentials, whose secret also verifies webhooks.
    pub fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    /// The time limit for each attempt.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        &self.retry
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("base_url", &self.base_url())
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
