//! One client over all domains.

use crate::{ClientBuilder, Result, Session};

/// Everything that one account of the provider can do, by domain.
///
/// It adds nothing to the crates of the domains but one place to find them; each works alone on a [`Session`] too.
/// Cheap to clone; clones share the session and its login. It logs in by itself when the first call needs it.
///
/// # Examples
///
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
    #[cfg(feature = "users")]
    users: crate::users::Users,
    #[cfg(feature = "onramp")]
    onramp: crate::onramp::OnRamp,
    #[cfg(feature = "offramp")]
    offramp: crate::offramp::OffRamp,
    #[cfg(feature = "banking")]
    banking: crate::banking::Banking,
    #[cfg(feature = "webhooks")]
    webhooks: crate::webhooks::Webhooks,
}

impl Client {
    /// A client with settings of your own; only the credentials are required.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment: `CRYPTOPOCKET_API_KEY`, `CRYPTOPOCKET_API_SECRET`, and optionally
    /// `CRYPTOPOCKET_BASE_URL`; see [`Session::from_env`].
    ///
    /// # Errors
    ///
    /// `Configuration`, naming the variable that is missing or wrong.
    pub fn from_env() -> Result<Self> {
        Session::from_env().map(Self::from)
    }

    /// The session that all calls go through.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Logs in now, even when there is a token. It shows that the credentials are good before work begins; no other
    /// call needs it.
    ///
    /// **Idempotency.** Safe: a further login does no harm, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's guide, page "Authentication" (`guide`); the answer's shape is ours
    /// (`assumed`).
    ///
    /// Operation: `authenticate`
    ///
    /// # Errors
    ///
    /// `Authorization` when the credentials are not accepted, or this machine is not on the whitelist; otherwise as
    /// every call.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket::Client;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket::Result<()> {
    /// # let session = ScriptedSession::new().session;
    /// let client = Client::from(session);
    /// client.login().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn login(&self) -> Result<()> {
        self.session.login().await
    }

    /// Customers, their identity checks and documents.
    #[cfg(feature = "users")]
    pub const fn users(&self) -> &crate::users::Users {
        &self.users
    }

    /// Fiat to crypto: quotes, payments, waiting, recovery.
    #[cfg(feature = "onramp")]
    pub const fn onramp(&self) -> &crate::onramp::OnRamp {
        &self.onramp
    }

    /// Crypto to fiat: quotes, payouts, waiting.
    #[cfg(feature = "offramp")]
    pub const fn offramp(&self) -> &crate::offramp::OffRamp {
        &self.offramp
    }

    /// Bank accounts, their movements, reconciliation.
    #[cfg(feature = "banking")]
    pub const fn banking(&self) -> &crate::banking::Banking {
        &self.banking
    }

    /// Webhook subscriptions. To verify and read events, see the module [`webhooks`](crate::webhooks).
    #[cfg(feature = "webhooks")]
    pub const fn webhooks(&self) -> &crate::webhooks::Webhooks {
        &self.webhooks
    }
}

impl From<Session> for Client {
    fn from(session: Session) -> Self {
        Self {
            #[cfg(feature = "users")]
            users: crate::users::Users::new(session.clone()),
            #[cfg(feature = "onramp")]
            onramp: crate::onramp::OnRamp::new(session.clone()),
            #[cfg(feature = "offramp")]
            offramp: crate::offramp::OffRamp::new(session.clone()),
            #[cfg(feature = "banking")]
            banking: crate::banking::Banking::new(session.clone()),
            #[cfg(feature = "webhooks")]
            webhooks: crate::webhooks::Webhooks::new(session.clone()),
            session,
        }
    }
}
