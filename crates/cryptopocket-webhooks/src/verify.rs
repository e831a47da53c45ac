//! Verification of deliveries.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::time::{Clock, SystemClock};
use cryptopocket_types::{Secret, debug_fields, setters};

use crate::diagnose::{Attempt, Suspect, api_key_as_secret, miscopied};
use crate::encoding;
use crate::error::{VerifyError, VerifyErrorKind};
use crate::event::Event;
use crate::headers::{API_KEY_HEADER, Header, SIGNATURE_HEADER, TIMESTAMP_HEADER, required};
use crate::json::Document;
use crate::key::EventIdentity;
use crate::mac::Key;

/// Default limit for the difference between timestamp and clock, in both directions: five minutes (documented).
pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(300);

/// Verifies that a delivery comes from CryptoPocket, unchanged and recent.
///
/// The signature is HMAC-SHA256, keyed with the API secret, over the body followed directly by the digits of the
/// timestamp. Pass the received bytes to [`verify`](Self::verify): a framework that parses and prints the body again
/// changes it.
///
/// Evidence: documented on a page of a sister API of the provider ("all webhooks"), which does not state hex or base64;
/// both are accepted.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{EventKind, Signer, Verifier};
///
/// let verifier = Verifier::new("api-secret")?;
///
/// let body = br#"{"type":"PAY_IN","data":{"id":"8k2xq0w9v7b6n5m4a3s2d1f0g","status":"payment_received"}}"#;
/// let headers = Signer::new("api-secret")?.sign(body);
///
/// let event = verifier.event(&headers, body)?;
/// assert_eq!(event.kind(), EventKind::PayIn);
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Clone)]
pub struct Verifier {
    pub(crate) keys: Vec<Key>,
    pub(crate) suspects: Vec<Suspect>,
    api_keys: Vec<Secret>,
    pub(crate) tolerance: Duration,
    clock: Arc<dyn Clock>,
    pub(crate) diagnose: bool,
}

impl Verifier {
    /// Makes a verifier for one secret: the API secret of the integration.
    ///
    /// # Errors
    /// [`EmptySecret`](VerifyErrorKind::EmptySecret) for an empty or blank secret, since anyone could sign with it.
    pub fn new(secret: impl Into<Secret>) -> Result<Self, VerifyError> {
        Self {
            keys: Vec::new(),
            suspects: Vec::new(),
            api_keys: Vec::new(),
            tolerance: DEFAULT_TOLERANCE,
            clock: Arc::new(SystemClock),
            diagnose: true,
        }
        .and_secret(secret)
    }

    /// Accepts another secret, for the period of a secret rotation.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::{Signer, Verifier};
    ///
    /// let verifier = Verifier::new("new-secret")?.and_secret("old-secret")?;
    /// let headers = Signer::new("old-secret")?.sign(b"{}");
    /// assert_eq!(verifier.verify(&headers, b"{}")?.secret_index, 1);
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn and_secret(mut self, secret: impl Into<Secret>) -> Result<Self, VerifyError> {
        let secret = secret.into();
        self.keys.push(Key::of_secret(&secret)?);
        self.suspects.extend(miscopied(secret.expose()));
        Ok(self)
    }

    /// Requires that `X-API-Key` equals this API key, or another that was given so. By default the header is ignored.
    ///
    /// During a change of the credentials give both keys, as both secrets by [`and_secret`](Self::and_secret). Debug hides the
    /// keys, since they are half of the credentials.
    #[must_use]
    pub fn require_api_key(mut self, key: impl Into<Secret>) -> Self {
        let key = key.into();
        self.suspects.push(api_key_as_secret(key.expose()));
        self.api_keys.push(key);
        self
    }

    setters! {
        /// Sets the limit for the difference between timestamp and clock, in both directions.
        ///
        /// A difference of exactly this much is accepted. Whole seconds count. Default: [`DEFAULT_TOLERANCE`].
        tolerance = |tolerance: Duration| tolerance;
        /// Replaces the system clock, for tests.
        clock = |clock: Arc<dyn Clock>| clock;
        /// Sets whether a refusal searches for its [hint](VerifyError::hint) by trying the usual mistakes. Default: yes.
        ///
        /// Anyone who knows the address can cause this work, so it is bounded. A refused body of up to 8 KiB costs at most 27
        /// more hashes per secret, each over at most four times the body plus 1 KiB. Larger bodies and accepted ones cost
        /// none. Bodies nested deeper than 16 levels are not tried in other styles of printing.
        diagnose = |yes: bool| yes;
    }

    /// Verifies headers and body.
    ///
    /// The headers are pairs of name and value in any order: a reference to [`SignatureHeaders`](crate::SignatureHeaders), to
    /// a `HeaderMap` of the crate `http` or to another map, or a list. Names are compared without regard to case.
    ///
    /// Checks in this order: headers present and single, API key (if required), form and age of the timestamp, form of
    /// the signature, signature, form of the body. Only an authentic body is parsed.
    ///
    /// # Errors
    /// [`VerifyError`], whose kind names the failed check.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::{Signer, Verifier};
    ///
    /// let body = br#"{"type":"PAY_IN","data":{"id":"p1"}}"#;
    /// let signed = Signer::new("api-secret")?.sign(body);
    ///
    /// // Any pairs of name and value, such as those of your framework.
    /// let headers = [("x-timestamp", signed.timestamp()), ("x-signature", signed.signature())];
    /// let verified = Verifier::new("api-secret")?.verify(headers, body)?;
    /// assert_eq!(verified.body(), body);
    /// assert!(verified.age_seconds < 300);
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn verify<'b>(
        &self,
        headers: impl IntoIterator<Item = impl Header>,
        body: &'b [u8],
    ) -> Result<Verified<'b>, VerifyError> {
        let headers: Vec<_> = headers.into_iter().collect();
        if !self.api_keys.is_empty() {
            self.check_api_key(required(&headers, API_KEY_HEADER)?)?;
        }
        let timestamp = required(&headers, TIMESTAMP_HEADER)?;
        let signature = required(&headers, SIGNATURE_HEADER)?;
        self.check(timestamp, signature, body)
    }

    fn check<'b>(
        &self,
        timestamp: &[u8],
        signature: &[u8],
        body: &'b [u8],
    ) -> Result<Verified<'b>, VerifyError> {
        let sent_at = unix_seconds(timestamp)?;
        let attempt = Attempt {
            body,
            timestamp,
            signature,
            verifier: self,
        };
        let now = self.clock.now().unix_seconds();
        let age = i128::from(now) - i128::from(sent_at);
        if age.unsigned_abs() > u128::from(self.tolerance.as_secs()) {
            return Err(attempt.out_of_time(sent_at, now));
        }
        let tag = encoding::decode(signature)?;
        let Some(secret_index) = self.matching(&[body, timestamp], &tag) else {
            return Err(attempt.mismatch(&tag));
        };
        Ok(Verified {
            document: Document::read(body)?,
            sent_at,
            age_seconds: i64::try_from(age).unwrap_or(i64::MAX),
            secret_index,
        })
    }

    /// Verifies a delivery and reads its event: [`verify`](Self::verify), then [`Verified::event`].
    ///
    /// # Errors
    /// As both methods.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::{Signer, Verifier, VerifyErrorKind};
    ///
    /// let verifier = Verifier::new("api-secret")?;
    /// let body = br#"{"event":"COINS_SENT","data":{"id":"p1","txid":"0xabc"}}"#;
    /// let headers = Signer::new("api-secret")?.sign(body);
    ///
    /// let event = verifier.event(&headers, body)?; // answer 200
    /// assert_eq!(event.object_id().as_deref(), Some("p1"));
    ///
    /// let changed = br#"{"event":"COINS_SENT","data":{"id":"p2","txid":"0xabc"}}"#;
    /// let error = verifier.event(&headers, changed).unwrap_err(); // answer 400
    /// assert_eq!(error.kind(), VerifyErrorKind::SignatureMismatch);
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn event(
        &self,
        headers: impl IntoIterator<Item = impl Header>,
        body: &[u8],
    ) -> Result<Event, VerifyError> {
        self.verify(headers, body)?.event()
    }

    /// The index of the secret that made `tag`. All are tried, so that the duration does not reveal the index.
    pub(crate) fn matching(&self, parts: &[&[u8]], tag: &[u8; encoding::TAG_LEN]) -> Option<usize> {
        let keys = self.keys.iter().enumerate();
        let matching = keys.filter(|(_, key)| key.matches(parts, tag));
        matching.map(|(index, _)| index).min()
    }

    fn check_api_key(&self, came: &[u8]) -> Result<(), VerifyError> {
        let came = std::str::from_utf8(came).map(Secret::from).ok();
        // All are compared, so that the duration does not reveal which one it is.
        let matching = self.api_keys.iter().filter(|key| came.as_ref() == Some(key));
        if matching.count() > 0 {
            return Ok(());
        }
        Err(VerifyError::new(
            VerifyErrorKind::ApiKeyMismatch,
            "the API key of the delivery differs from the required one",
            "it may be meant for another integration or environment (sandbox or production)",
        ))
    }
}

fn unix_seconds(text: &[u8]) -> Result<u64, VerifyError> {
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(text).ok().filter(|_| is_number(text));
    if let Some(seconds) = digits.and_then(|digits| digits.parse().ok()) {
        return Ok(seconds);
    }
    let hint = if text.is_empty() {
        "the header is present but empty"
    } else if is_number(text) {
        "the number is too large to be a time"
    } else if is_number(text.trim_ascii()) {
        "there is white space around the digits; trim the header's value"
    } else {
        "only the digits 0 to 9 are accepted: body and timestamp are signed without a separator, so any other character \
         could have been part of the body"
    };
    Err(VerifyError::new(
        VerifyErrorKind::BadTimestamp,
        "the timestamp is not a number of seconds in plain ASCII digits",
        hint,
    ))
}

debug_fields! {
    Verifier => |verifier|
        secrets: verifier.keys.len(),
        api_keys: verifier.api_keys.len(),
        tolerance: verifier.tolerance,
        diagnose: verifier.diagnose,
}

/// A verified delivery: authentic, recent, and exactly one JSON value.
#[derive(Clone)]
pub struct Verified<'b> {
    document: Document<'b>,
    /// Time of signing, in Unix seconds.
    pub sent_at: u64,
    /// Age of the delivery by this machine's clock, in seconds; negative when the sender's clock is ahead.
    pub age_seconds: i64,
    /// Index of the matching secret: 0 for [`Verifier::new`], then those of [`Verifier::and_secret`] in order.
    ///
    /// When only 0 occurs, the old secret can be removed.
    pub secret_index: usize,
}

impl<'b> Verified<'b> {
    /// The verified bytes.
    pub fn body(&self) -> &'b [u8] {
        self.document.text.as_bytes()
    }

    /// Reads the body as an event.
    ///
    /// # Errors
    /// [`MalformedBody`](VerifyErrorKind::MalformedBody) if the body is not a JSON object, or names two different events.
    pub fn event(&self) -> Result<Event, VerifyError> {
        Event::from_document(&self.document)
    }

    /// Reads only what the event in the body is known by, which takes less time than [`event`](Self::event).
    ///
    /// # Errors
    /// As [`event`](Self::event).
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::{Signer, Verifier};
    ///
    /// let body = br#"{"event":"COINS_SENT","data":{"id":"p1"}}"#;
    /// let headers = Signer::new("api-secret")?.sign(body);
    /// let verifier = Verifier::new("api-secret")?;
    /// let identity = verifier.verify(&headers, body)?.identity()?;
    /// assert_eq!(identity.key.as_str(), "COINS_SENT|id:p1");
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn identity(&self) -> Result<EventIdentity, VerifyError> {
        EventIdentity::of(&self.document)
    }
}

debug_fields! {
    Verified<'_> => |verified|
        body: format_args!("[{} bytes]", verified.body().len()),
        sent_at: verified.sent_at,
        age_seconds: verified.age_seconds,
        secret_index: verified.secret_index,
}
