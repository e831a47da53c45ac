use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Secret;
use cryptopocket_types::time::{Clock, SystemClock};

use crate::diagnose::{Attempt, Suspect};
use crate::encoding;
use crate::error::{VerifyError, VerifyErrorKind};
use crate::event::Event;
use crate::headers::{self, API_KEY_HEADER, HeaderSource, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use crate::json::Document;
use crate::mac::Key;

/// How far the clocks of sender and receiver may differ, both ways: five minutes, as the provider says.
pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(300);

/// Checks that a delivery comes from CryptoPocket, unchanged and recent.
///
/// The signature is HMAC-SHA256, keyed with the API secret, over the body's bytes followed at once by the digits of the
/// timestamp. So the body must reach [`verify`](Self::verify) as the bytes that came: a framework that parses and
/// prints it again changes it.
///
/// Evidence: documented on a page of a sister API of the provider ("all webhooks"); hex or base64 is not stated there,
/// so both are read.
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
/// let event = verifier.verify(&headers, body)?.event()?;
/// assert_eq!(event.kind(), EventKind::PayIn);
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
///
/// While the secret is being changed, both are valid:
/// ```
/// # use cryptopocket_webhooks::{Signer, Verifier};
/// let verifier = Verifier::new("new-secret")?.and_secret("old-secret")?;
/// let verified_with_old = Signer::new("old-secret")?.sign(b"{}");
/// assert_eq!(verifier.verify(&verified_with_old, b"{}")?.secret_index(), 1);
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    suspects: Vec<Suspect>,
    api_key: Option<Secret>,
    tolerance: Duration,
    clock: Arc<dyn Clock>,
    diagnose: bool,
}

impl Verifier {
    /// Checks against one secret: the API secret of the integration.
    ///
    /// # Errors
    /// [`EmptySecret`](VerifyErrorKind::EmptySecret) for a secret that is empty or only white space, with which
    /// everybody could sign.
    pub fn new(secret: impl Into<Secret>) -> Result<Self, VerifyError> {
        Self {
            keys: Vec::new(),
            suspects: Vec::new(),
            api_key: None,
            tolerance: DEFAULT_TOLERANCE,
            clock: Arc::new(SystemClock),
            diagnose: true,
        }
        .and_secret(secret)
    }

    /// Accepts one more secret, for the time in which the sender changes from one to the other.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn and_secret(mut self, secret: impl Into<Secret>) -> Result<Self, VerifyError> {
        let secret = secret.into();
        let text = usable(&secret)?;
        self.keys.push(Key::new(text.as_bytes()));
        self.suspects.extend(Suspect::of_secret(text));
        Ok(self)
    }

    /// Demands that `X-API-Key` names this API key. Without it the header is not looked at.
    ///
    /// The key alone opens nothing, but it is half of the credentials: Debug hides it, as the client does.
    #[must_use]
    pub fn require_api_key(mut self, key: impl Into<Secret>) -> Self {
        let key = key.into();
        self.suspects.push(Suspect::api_key(key.expose()));
        self.api_key = Some(key);
        self
    }

    /// Sets how far the timestamp may lie from this machine's clock, both ways; a difference of exactly this much is
    /// still accepted. Counted in whole seconds, as the timestamp is. Default [`DEFAULT_TOLERANCE`].
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Takes the time from `clock` instead of the system, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Whether a refusal is looked into for its [hint](VerifyError::hint), by trying the usual mistakes. On by default.
    ///
    /// Everybody who knows the address can cause this work, so it is bounded. For each secret, a refused body of up to
    /// 8 KiB costs at most 27 further hashes, none over more than four times the body and 1 KiB, and no memory that
    /// grows with that; larger bodies and accepted ones cost none. In bodies nested deeper than 16 levels, another
    /// style of printing is not looked for.
    #[must_use]
    pub fn diagnose(mut self, yes: bool) -> Self {
        self.diagnose = yes;
        self
    }

    /// Checks headers and body, in this order: headers present and single, API key (if demanded), timestamp's form and
    /// age, signature's form, signature, body's form. The body is parsed only once it is known to be authentic.
    ///
    /// # Errors
    /// [`VerifyError`], whose kind says which of these failed.
    pub fn verify<'b>(
        &self,
        headers: &(impl HeaderSource + ?Sized),
        body: &'b [u8],
    ) -> Result<Verified<'b>, VerifyError> {
        self.check_api_key(headers)?;
        let timestamp = headers::required(headers, TIMESTAMP_HEADER)?;
        let signature = headers::required(headers, SIGNATURE_HEADER)?;
        let sent_at = unix_seconds(&timestamp)?;
        let attempt = Attempt {
            body,
            timestamp: &timestamp,
            signature: &signature,
            verifier: self,
        };

        let now = self.clock.now().unix_seconds();
        let age = i128::from(now) - i128::from(sent_at);
        if age.unsigned_abs() > u128::from(self.tolerance.as_secs()) {
            return Err(attempt.out_of_time(sent_at, now));
        }
        let tag = encoding::decode(&signature)?;
        let Some(secret_index) = self.matching(&[body, &timestamp], &tag) else {
            return Err(attempt.mismatch(&tag));
        };
        let document = Document::read(body)?;
        let age_seconds = i64::try_from(age).unwrap_or(i64::MAX);
        Ok(Verified {
            body,
            document,
            sent_at,
            age_seconds,
            secret_index,
        })
    }

    /// [`verify`](Self::verify) and [`Verified::event`] in one.
    ///
    /// # Errors
    /// As those two.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::{Signer, Verifier};
    ///
    /// let body = br#"{"event":"COINS_SENT","data":{"id":"p1","txid":"0xabc"}}"#;
    /// let headers = Signer::new("api-secret")?.sign(body);
    /// let event = Verifier::new("api-secret")?.event(&headers, body)?;
    /// assert_eq!(event.name(), "COINS_SENT");
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn event(&self, headers: &(impl HeaderSource + ?Sized), body: &[u8]) -> Result<Event, VerifyError> {
        self.verify(headers, body)?.event()
    }

    /// Which of the secrets made `tag`. All are tried, so that the time taken does not tell which it was.
    pub(crate) fn matching(&self, parts: &[&[u8]], tag: &[u8; encoding::TAG_LEN]) -> Option<usize> {
        let mut matched = None;
        for (index, key) in self.keys.iter().enumerate() {
            if key.matches(parts, tag) && matched.is_none() {
                matched = Some(index);
            }
        }
        matched
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    pub(crate) fn suspects(&self) -> &[Suspect] {
        &self.suspects
    }

    pub(crate) fn diagnoses(&self) -> bool {
        self.diagnose
    }

    pub(crate) fn tolerated(&self) -> Duration {
        self.tolerance
    }

    fn check_api_key(&self, headers: &(impl HeaderSource + ?Sized)) -> Result<(), VerifyError> {
        let Some(expected) = &self.api_key else {
            return Ok(());
        };
        let came = headers::required(headers, API_KEY_HEADER)?;
        let same = String::from_utf8(came).is_ok_and(|came| Secret::from(came) == *expected);
        if same {
            return Ok(());
        }
        Err(VerifyError::new(
            VerifyErrorKind::ApiKeyMismatch,
            "the delivery names another API key than the one demanded",
            "it may be meant for another integration or environment (sandbox or production)",
        ))
    }
}

/// The text of a secret with which something can be signed.
pub(crate) fn usable(secret: &Secret) -> Result<&str, VerifyError> {
    let text = secret.expose();
    if text.trim().is_empty() {
        return Err(VerifyError::new(
            VerifyErrorKind::EmptySecret,
            "the secret is empty",
            "set it to the API secret that came with the API key (`CRYPTOPOCKET_API_SECRET`)",
        ));
    }
    Ok(text)
}

fn unix_seconds(text: &[u8]) -> Result<u64, VerifyError> {
    let refused = |hint: &'static str| {
        VerifyError::new(
            VerifyErrorKind::BadTimestamp,
            "the timestamp is not a number of seconds in plain ASCII digits",
            hint,
        )
    };
    if text.is_empty() {
        return Err(refused("the header is there but empty"));
    }
    if !text.iter().all(u8::is_ascii_digit) {
        let trimmed = text.trim_ascii();
        return Err(refused(
            if trimmed.len() != text.len() && trimmed.iter().all(u8::is_ascii_digit) {
                "there is white space around the digits; pass the header's value trimmed"
            } else {
                "only the digits 0 to 9 are accepted: body and timestamp are signed without a separator, so any other \
             character could have been part of the body"
            },
        ));
    }
    text.iter()
        .try_fold(0u64, |value, digit| {
            value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })
        .ok_or_else(|| refused("the number is too large to be a time"))
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &self.keys.len())
            .field("api_key", &self.api_key)
            .field("tolerance", &self.tolerance)
            .field("diagnose", &self.diagnose)
            .finish_non_exhaustive()
    }
}

/// A delivery that passed: authentic, recent, and exactly one JSON value.
#[derive(Clone)]
pub struct Verified<'b> {
    body: &'b [u8],
    document: Document<'b>,
    sent_at: u64,
    age_seconds: i64,
    secret_index: usize,
}

impl<'b> Verified<'b> {
    /// The bytes that were verified.
    pub fn body(&self) -> &'b [u8] {
        self.body
    }

    /// When the delivery was signed, in Unix seconds.
    pub fn sent_at(&self) -> u64 {
        self.sent_at
    }

    /// How old the delivery is by this machine's clock, in seconds; negative when the sender's clock is ahead.
    pub fn age_seconds(&self) -> i64 {
        self.age_seconds
    }

    /// Which secret matched: 0 for the one given to [`Verifier::new`], then those of [`Verifier::and_secret`] in order.
    /// Once only 0 is seen, the old secret can go.
    pub fn secret_index(&self) -> usize {
        self.secret_index
    }

    /// Reads the body as an event.
    ///
    /// # Errors
    /// [`MalformedBody`](VerifyErrorKind::MalformedBody) if the body is no JSON object, or names two different events.
    pub fn event(&self) -> Result<Event, VerifyError> {
        Event::from_document(&self.document)
    }
}

impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .field("sent_at", &self.sent_at)
            .field("age_seconds", &self.age_seconds)
            .field("secret_index", &self.secret_index)
            .finish_non_exhaustive()
    }
}
