//! Signing of deliveries.

use std::sync::Arc;

use cryptopocket_types::time::{Clock, SystemClock};
use cryptopocket_types::{Secret, debug_fields, setters};

use crate::encoding::SignatureEncoding;
use crate::error::VerifyError;
use crate::headers::SignatureHeaders;
use crate::mac::Key;

/// Signs bodies as the provider does, for tests and emulators.
///
/// Any bytes can be signed, so that tests can also cover refusals of malformed bodies.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{EventInfo, EventKind, Signer, Verifier};
///
/// // A test sends your handler what the provider would send.
/// let body = EventInfo::find("COINS_SENT").unwrap().sample.as_bytes();
/// let headers = Signer::new("api-secret")?.api_key("pk_1").sign(body);
///
/// let verifier = Verifier::new("api-secret")?.require_api_key("pk_1");
/// assert_eq!(verifier.event(&headers, body)?.kind(), EventKind::CoinsSent);
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    key: Key,
    api_key: Option<Secret>,
    encoding: SignatureEncoding,
    clock: Arc<dyn Clock>,
}

impl Signer {
    /// Makes a signer for `secret`: the API secret of the integration.
    ///
    /// # Errors
    /// [`EmptySecret`](crate::VerifyErrorKind::EmptySecret), as for [`Verifier::new`](crate::Verifier::new).
    pub fn new(secret: impl Into<Secret>) -> Result<Self, VerifyError> {
        Ok(Self {
            key: Key::of_secret(&secret.into())?,
            api_key: None,
            encoding: SignatureEncoding::Hex,
            clock: Arc::new(SystemClock),
        })
    }

    setters! {
        /// Adds this API key as `X-API-Key`.
        api_key = |key: impl Into<Secret>| Some(key.into());
        /// Writes signatures in `encoding` instead of lower-case hex.
        encoding = |encoding: SignatureEncoding| encoding;
        /// Replaces the system clock, for tests.
        clock = |clock: Arc<dyn Clock>| clock;
    }

    /// Signs `body` with the current time. A clock before 1970 counts as 1970.
    pub fn sign(&self, body: &[u8]) -> SignatureHeaders<'static> {
        self.sign_at(body, u64::try_from(self.clock.now().unix_seconds()).unwrap_or(0))
    }

    /// Signs `body` with the time `unix_seconds`.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::{Signer, Verifier, VerifyErrorKind};
    ///
    /// let headers = Signer::new("api-secret")?.sign_at(b"{}", 1_764_000_000);
    /// assert_eq!(headers.timestamp(), "1764000000");
    /// assert_eq!(headers.signature(), "93686344021e3429a0597779ee3cde9dcd0f9b97161dd6502708c9520548495b");
    ///
    /// // A delivery that is recorded and sent again later is refused.
    /// let replayed = Verifier::new("api-secret")?.verify(&headers, b"{}").unwrap_err();
    /// assert_eq!(replayed.kind(), VerifyErrorKind::TooOld);
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn sign_at(&self, body: &[u8], unix_seconds: u64) -> SignatureHeaders<'static> {
        let timestamp = unix_seconds.to_string();
        let tag = self.key.tag(&[body, timestamp.as_bytes()]);
        let headers = SignatureHeaders::new(timestamp, self.encoding.encode(&tag));
        match &self.api_key {
            Some(key) => headers.with_api_key(key.expose().to_owned()),
            None => headers,
        }
    }
}

debug_fields! { Signer => |signer| api_key: signer.api_key, encoding: signer.encoding }
