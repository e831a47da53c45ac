//! Headers of a delivery.

use std::array;
use std::borrow::Cow;
use std::iter::Flatten;

use cryptopocket_types::debug_fields;

use crate::error::{VerifyError, VerifyErrorKind};

/// Header that carries the API key of the integration.
pub const API_KEY_HEADER: &str = "X-API-Key";
/// Header that carries the time of signing, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "X-Timestamp";
/// Header that carries the signature, in hex or base64.
pub const SIGNATURE_HEADER: &str = "X-Signature";

/// A header: its name and its value, or a reference to such a pair.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pair of a header's name and value",
    note = "pass a reference to the headers: `&headers`"
)]
pub trait Header {
    /// The name, in any case, and the value.
    fn pair(&self) -> (&str, &[u8]);
}

#[diagnostic::do_not_recommend]
impl<N: AsRef<str>, V: AsRef<[u8]>> Header for (N, V) {
    fn pair(&self) -> (&str, &[u8]) {
        (self.0.as_ref(), self.1.as_ref())
    }
}

impl<H: Header> Header for &H {
    fn pair(&self) -> (&str, &[u8]) {
        (**self).pair()
    }
}

/// The three header values of a delivery.
///
/// A [`Signer`](crate::Signer) returns them, and a [`Verifier`](crate::Verifier) accepts them in place of a header map.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{SignatureHeaders, Signer, Verifier};
///
/// // To a request: pairs of name and value, in a test that posts to your own server.
/// let signed = Signer::new("api-secret")?.sign(b"{}");
/// let names: Vec<_> = signed.iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["X-Timestamp", "X-Signature"]);
///
/// // From a framework that gives the values one by one.
/// let came = SignatureHeaders::new(signed.timestamp(), signed.signature());
/// assert!(Verifier::new("api-secret")?.verify(&came, b"{}").is_ok());
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureHeaders<'a> {
    api_key: Option<Cow<'a, str>>,
    timestamp: Cow<'a, str>,
    signature: Cow<'a, str>,
}

impl<'a> SignatureHeaders<'a> {
    /// Makes headers from the values of `X-Timestamp` and `X-Signature`.
    pub fn new(timestamp: impl Into<Cow<'a, str>>, signature: impl Into<Cow<'a, str>>) -> Self {
        Self {
            api_key: None,
            timestamp: timestamp.into(),
            signature: signature.into(),
        }
    }

    /// Adds the value of `X-API-Key`.
    #[must_use]
    pub fn with_api_key(mut self, key: impl Into<Cow<'a, str>>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The value of `X-Timestamp`.
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// The value of `X-Signature`.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// Name and value of each header, ready for a request.
    pub fn iter(&self) -> Pairs<'_> {
        let api_key = self.api_key.as_deref().map(|key| (API_KEY_HEADER, key));
        let timestamp = Some((TIMESTAMP_HEADER, self.timestamp()));
        [api_key, timestamp, Some((SIGNATURE_HEADER, self.signature()))]
            .into_iter()
            .flatten()
    }
}

type Pairs<'h> = Flatten<array::IntoIter<Option<(&'static str, &'h str)>, 3>>;

impl<'h> IntoIterator for &'h SignatureHeaders<'_> {
    type Item = (&'static str, &'h str);
    type IntoIter = Pairs<'h>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

debug_fields! {
    // A signature makes a body pass as the provider's, and the key is half of the credentials: neither may be logged.
    SignatureHeaders<'_> => |headers|
        api_key: headers.api_key.as_ref().map(|_| format_args!("[secret]")),
        timestamp: headers.timestamp,
        signature: format_args!("[{} characters]", headers.signature.len()),
}

/// The value of a required header. Names are compared without regard to case. Equal repetitions count as one; different
/// values are refused.
pub(crate) fn required<'h>(headers: &'h [impl Header], name: &'static str) -> Result<&'h [u8], VerifyError> {
    let pairs = headers.iter().map(Header::pair);
    let mut values = pairs
        .filter(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value);
    let value = values.next().ok_or_else(|| {
        VerifyError::new(
            VerifyErrorKind::MissingHeader,
            format!("the header {name} is missing"),
            "check that the request comes from CryptoPocket and that no proxy or framework strips headers \
             beginning with `X-`",
        )
    })?;
    if values.any(|other| other != value) {
        return Err(VerifyError::new(
            VerifyErrorKind::ConflictingHeader,
            format!("the header {name} came more than once, with different values"),
            "a proxy may have added its own; pass on only the sender's headers",
        ));
    }
    Ok(value)
}
