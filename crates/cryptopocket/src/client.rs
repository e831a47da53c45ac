//! The client over all domains.

use crate::{Result, Session, SessionBuilder};

macro_rules! domains {
    ($($(#[$doc:meta])* $feature:literal $name:ident: $client:ty;)+) => {
        /// A client of the whole API, by domain.
        ///
        /// It only bundles the clients of the domains; each also works alone on a [`Session`]. It is cheap to clone, and clones
        /// share the session and its login. The first call logs in.
        ///
        /// # Examples
        /// ```
        /// use cryptopocket::{Client, Credentials};
        ///
        /// let client = Client::builder().credentials(Credentials::new("key", "secret")).build()?;
        /// assert_eq!(client.session().base_url(), "https://sandbox.cryptopocket.io/api");
        /// # Ok::<(), cryptopocket::Error>(())
        /// ```
        #[derive(Clone, Debug)]
        pub struct Client {
            session: Session,
            $(#[cfg(feature = $feature)] $name: $client,)+
        }

        impl Client {
            $(
                $(#[$doc])*
                #[cfg(feature = $feature)]
                pub const fn $name(&self) -> &$client {
                    &self.$name
                }
            )+
        }

        impl From<Session> for Client {
            fn from(session: Session) -> Self {
                Self {
                    $(#[cfg(feature = $feature)] $name: <$client>::new(session.clone()),)+
                    session,
                }
            }
        }
    };
}

domains! {
    /// Customers, their identity checks and documents.
    "users" users: crate::users::Users;
    /// Fiat to crypto: quotes, payments, waiting, recovery.
    "onramp" onramp: crate::onramp::OnRamp;
    /// Crypto to fiat: quotes, off-ramps, waiting.
    "offramp" offramp: crate::offramp::OffRamp;
    /// Bank accounts, their transactions, reconciliation.
    "banking" banking: crate::banking::Banking;
    /// Webhook subscriptions.
    ///
    /// To verify and read events, see the module [`webhooks`](crate::webhooks).
    "webhooks" webhooks: crate::webhooks::Webhooks;
}

/// A builder of a [`Client`], with the settings of its session. Only the credentials are required.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use cryptopocket::{Client, Credentials, RetryPolicy};
///
/// let client = Client::builder()
///     .base_url("https://api.example.com/api")
///     .credentials(Credentials::new("key", "secret"))
///     .timeout(Duration::from_secs(20))
///     .retry(RetryPolicy::default().attempts(5))
///     .build()?;
/// assert_eq!(client.session().base_url(), "https://api.example.com/api");
/// assert!(Client::builder().build().is_err(), "the credentials are required");
/// # Ok::<(), cryptopocket::Error>(())
/// ```
pub type ClientBuilder = SessionBuilder<Client>;

impl Client {
    /// A builder of a client. Only the credentials are required.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment: `CRYPTOPOCKET_API_KEY`, `CRYPTOPOCKET_API_SECRET`, and optionally
    /// `CRYPTOPOCKET_BASE_URL`; see [`Session::from_env`].
    ///
    /// # Errors
    /// `Configuration`, naming the variable that is missing or wrong.
    pub fn from_env() -> Result<Self> {
        Session::from_env().map(Self::from)
    }

    /// The session that sends all calls.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Logs in now, even if there is a valid token.
    ///
    /// No other call needs it; use it to check the credentials at start-up.
    ///
    /// - **Idempotency.** Safe: another login does no harm, and is retried after transient failures.
    /// - **Known from.** The provider's guide, page "Authentication" (`guide`); the form of the reply is ours
    ///   (`assumed`).
    /// - Operation: `authenticate`
    ///
    /// # Errors
    /// `Authorization` when the provider refuses the credentials, or this machine is not on the whitelist; otherwise as
    /// every call.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket::Client;
    /// # cryptopocket_core::testing::ScriptedSession::new().run(async |session| {
    /// let client = Client::from(session);
    /// client.login().await?;
    /// # Ok(()) });
    /// ```
    pub async fn login(&self) -> Result<()> {
        self.session.login().await
    }
}
