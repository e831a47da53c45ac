//! Taking webhooks from any web framework.

use std::sync::Arc;

use cryptopocket_webhooks::{Header, Sighting, Verifier, VerifyErrorKind};

use crate::inbox::Inbox;
use crate::measure;
use crate::transaction::Store;

/// Default limit of a body: 256 KiB.
pub const DEFAULT_BODY_LIMIT: usize = 256 * 1024;

/// What the endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer {
    /// Stored, durably, now or before: 200.
    Stored(Sighting),
    /// Not authentic, too old, or not JSON: 401 or 400. Nothing was stored.
    Refused(VerifyErrorKind),
    /// The body is over the limit: 413. Nothing was stored.
    TooLarge,
    /// The store failed: 503. The provider has to send it again.
    Failed,
}

impl Answer {
    /// The HTTP status.
    ///
    /// Evidence: what the provider does with each status is not documented; that 2xx means received is assumed.
    pub const fn status(self) -> u16 {
        match self {
            Self::Stored(_) => 200,
            Self::Refused(
                VerifyErrorKind::SignatureMismatch
                | VerifyErrorKind::ApiKeyMismatch
                | VerifyErrorKind::TooOld
                | VerifyErrorKind::TooNew,
            ) => 401,
            Self::Refused(_) => 400,
            Self::TooLarge => 413,
            Self::Failed => 503,
        }
    }

    /// The body: one stable word, which tells a stranger nothing.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_inbox::Answer;
    /// assert_eq!(Answer::TooLarge.as_str(), "too_large");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stored(_) => "stored",
            Self::Refused(kind) => kind.as_str(),
            Self::TooLarge => "too_large",
            Self::Failed => "unavailable",
        }
    }
}

/// Verifies and stores deliveries, for an endpoint in any web framework. Clones share one inbox.
///
/// # Examples
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket_inbox::testing::MemoryStore;
/// use cryptopocket_inbox::{Inbox, Intake};
/// use cryptopocket_webhooks::{Signer, Verifier};
///
/// let intake = Intake::new(Inbox::new(MemoryStore::new()), Verifier::new("api-secret")?);
///
/// // In the endpoint, with the headers and the body as received:
/// let body = br#"{"type":"PAY_IN","data":{"id":"p1"}}"#;
/// let headers = Signer::new("api-secret")?.sign(body);
/// let answer = intake.accept(&headers, body).await;
/// assert_eq!((answer.status(), answer.as_str()), (200, "stored"));
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug)]
pub struct Intake<S> {
    inbox: Inbox<S>,
    verifier: Arc<Verifier>,
    limit: usize,
}

impl<S> Clone for Intake<S> {
    fn clone(&self) -> Self {
        Self {
            inbox: self.inbox.clone(),
            verifier: Arc::clone(&self.verifier),
            limit: self.limit,
        }
    }
}

impl<S: Store> Intake<S> {
    /// An intake with [`DEFAULT_BODY_LIMIT`].
    pub fn new(inbox: Inbox<S>, verifier: Verifier) -> Self {
        Self {
            inbox,
            verifier: Arc::new(verifier),
            limit: DEFAULT_BODY_LIMIT,
        }
    }

    /// Sets the longest accepted body, in bytes.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The longest accepted body, in bytes. A framework should stop reading there.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The inbox.
    pub fn inbox(&self) -> &Inbox<S> {
        &self.inbox
    }

    /// Verifies a delivery and stores it before it returns. Answer with [`Answer::status`] and [`Answer::as_str`].
    ///
    /// A delivery whose connection is closed meanwhile may be stored all the same; its repetition is a duplicate.
    pub async fn accept(&self, headers: impl IntoIterator<Item = impl Header>, body: &[u8]) -> Answer {
        let answer = self.answer(headers, body).await;
        if !matches!(answer, Answer::Stored(_)) {
            measure::refused(answer.as_str());
        }
        answer
    }

    async fn answer(&self, headers: impl IntoIterator<Item = impl Header>, body: &[u8]) -> Answer {
        if body.len() > self.limit {
            return Answer::TooLarge;
        }
        let verified = match self.verifier.verify(headers, body) {
            Ok(verified) => verified,
            Err(refused) => {
                tracing::info!(
                    kind = refused.kind().as_str(),
                    hint = refused.hint(),
                    "webhook refused"
                );
                return Answer::Refused(refused.kind());
            }
        };
        match self.inbox.receive(&verified).await {
            Ok(receipt) => {
                tracing::debug!(
                    key = receipt.key,
                    sighting = receipt.sighting.as_str(),
                    "webhook stored"
                );
                Answer::Stored(receipt.sighting)
            }
            Err(error) => {
                tracing::error!(
                    kind = error.kind().as_str(),
                    hint = error.hint(),
                    "webhook not stored"
                );
                Answer::Failed
            }
        }
    }
}
