//! The builder of a client.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::{Choices, Client, Credentials, Result, RetryPolicy, Runtime, Session, SessionBuilder, Transport};

/// A builder of a [`Client`], with the settings of its session.
///
/// Only the credentials are required.
///
/// # Examples
///
/// ```
/// use cryptopocket::{Client, Credentials, RetryPolicy};
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .base_url("https://api.example.com/api")
///     .credentials(Credentials::new("key", "secret"))
///     .timeout(Duration::from_secs(20))
///     .retry(RetryPolicy::default().attempts(5))
///     .build()?;
/// assert_eq!(client.session().timeout(), Duration::from_secs(20));
/// # Ok::<(), cryptopocket::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    session: SessionBuilder,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            session: Session::builder(),
        }
    }
}

impl ClientBuilder {
    /// Sets the base URL of the API.
    ///
    /// Default: the provider's sandbox; you get the production base URL with the credentials.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        Self {
            session: self.session.base_url(url),
        }
    }

    /// Allows `http://` to machines other than this one. Credentials then travel unencrypted.
    pub fn allow_http(self, allowed: bool) -> Self {
        Self {
            session: self.session.allow_http(allowed),
        }
    }

    /// Sets the API key and secret. Required.
    pub fn credentials(self, credentials: Credentials) -> Self {
        Self {
            session: self.session.credentials(credentials),
        }
    }

    /// Sets the time limit of one attempt, from connecting to the end of the answer.
    ///
    /// Default: 30 s.
    pub fn timeout(self, limit: Duration) -> Self {
        Self {
            session: self.session.timeout(limit),
        }
    }

    /// Sets how failed calls are retried. Default: [`RetryPolicy::default`].
    pub fn retry(self, policy: RetryPolicy) -> Self {
        Self {
            session: self.session.retry(policy),
        }
    }

    /// Sets how long a request whose answer was lost may still be at work; see
    /// [`Session::grace_period`](crate::Session::grace_period).
    ///
    /// Default: four times the timeout, at least one minute.
    pub fn grace_period(self, period: Duration) -> Self {
        Self {
            session: self.session.grace_period(period),
        }
    }

    /// Sends through another transport, for instance a mock in tests.
    pub fn transport(self, transport: Arc<dyn Transport>) -> Self {
        Self {
            session: self.session.transport(transport),
        }
    }

    /// Sets another source of time, sleep and randomness.
    pub fn runtime(self, runtime: Arc<dyn Runtime>) -> Self {
        Self {
            session: self.session.runtime(runtime),
        }
    }

    /// Puts the name and version of your application before the SDK's in the `user-agent` header.
    pub fn application(self, name: impl Into<String>) -> Self {
        Self {
            session: self.session.application(name),
        }
    }

    /// Trusts certificate authorities besides those of the operating system: one or more certificates in PEM.
    ///
    /// For networks whose proxy decrypts TLS. It has no effect on a transport of your own.
    pub fn trust_pem(self, pem: impl Into<Vec<u8>>) -> Self {
        Self {
            session: self.session.trust_pem(pem),
        }
    }

    /// Records the shape of each request and reply in a folder, never a value; see
    /// [`SessionBuilder::record_shapes`].
    pub fn record_shapes(self, folder: impl Into<PathBuf>) -> Self {
        Self {
            session: self.session.record_shapes(folder),
        }
    }

    /// Calls and reads operations in another way than this SDK knows, as a file of `cryptopocket probe` says; see
    /// [`Choices`].
    pub fn choices(self, choices: Choices) -> Self {
        Self {
            session: self.session.choices(choices),
        }
    }

    /// Checks the settings and builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `Configuration`: credentials are missing or empty, the base URL is not valid, or TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        self.session.build().map(Client::from)
    }
}

impl From<SessionBuilder> for ClientBuilder {
    fn from(session: SessionBuilder) -> Self {
        Self { session }
    }
}
