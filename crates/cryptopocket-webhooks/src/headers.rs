//! Headers of a delivery.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use cryptopocket_types::debug_fields;

use crate::error::{VerifyError, VerifyErrorKind};

/// Header that carries the API key of the integration.
pub const API_KEY_HEADER: &str = "X-API-Key";
/// Header that carries the time of signing, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "X-Timestamp";
/// Header that carries the signature, in hex or base64.
pub const SIGNATURE_HEADER: &str = "X-Signature";

/// A collection of headers that can be searched by name.
///
/// Implemented for slices, arrays and vectors of name-value pairs, `HashMap`, `BTreeMap`, [`SignatureHeaders`] and, with
/// feature `http`, `http::HeaderMap`. Names are compared without regard to case.
pub trait HeaderSource {
    /// Passes every value of the header `name` to `found`, in order of arrival.
    fn each_value(&self, name: &str, found: &mut dyn FnMut(&[u8]));
}

impl<T: HeaderSource + ?Sized> HeaderSource for &T {
    fn each_value(&self, name: &str, found: &mut dyn FnMut(&[u8])) {
        (**self).each_value(name, found);
    }
}

macro_rules! pairs {
    ($([$($generics:tt)*] $type:ty;)+) => {$(
        impl<K: AsRef<str>, V: AsRef<[u8]>, $($generics)*> HeaderSource for $type {
            fn each_value(&self, name: &str, found: &mut dyn FnMut(&[u8])) {
                for (key, value) in self.iter() {
                    if key.as_ref().eq_ignore_ascii_case(name) {
                        found(value.as_ref());
                    }
                }
            }
        }
    )+};
}

pairs! {
    [] [(K, V)];
    [const N: usize] [(K, V); N];
    [] Vec<(K, V)>;
    [S] HashMap<K, V, S>;
    [] BTreeMap<K, V>;
}

#[cfg(feature = "http")]
impl HeaderSource for http::HeaderMap {
    fn each_value(&self, name: &str, found: &mut dyn FnMut(&[u8])) {
        for value in self.get_all(name) {
            found(value.as_bytes());
        }
    }
}

/// The three header values of a delivery.
///
/// A [`Signer`](crate::Signer) returns them, and a [`Verifier`](crate::Verifier) accepts them in place of a header map.
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

    /// The value of `X-API-Key`, if present.
    pub fn api_key(&self) -> Option<&str> {
        self.api_key.as_deref()
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
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.api_key
            .as_deref()
            .map(|key| (API_KEY_HEADER, key))
            .into_iter()
            .chain([
                (TIMESTAMP_HEADER, self.timestamp()),
                (SIGNATURE_HEADER, self.signature()),
            ])
    }
}

impl HeaderSource for SignatureHeaders<'_> {
    fn each_value(&self, name: &str, found: &mut dyn FnMut(&[u8])) {
        self.iter().collect::<Vec<_>>().each_value(name, found);
    }
}

debug_fields! {
    // A signature makes a body pass as the provider's, and the key is half of the credentials: neither may be logged.
    SignatureHeaders<'_> => |headers|
        api_key: headers.api_key.as_ref().map(|_| format_args!("[secret]")),
        timestamp: headers.timestamp,
        signature: format_args!("[{} characters]", headers.signature.len()),
}

/// The value of a required header. Equal repetitions count as one; different values are refused.
pub(crate) fn required(
    headers: &(impl HeaderSource + ?Sized),
    name: &'static str,
) -> Result<Vec<u8>, VerifyError> {
    let mut value: Option<Vec<u8>> = None;
    let mut conflict = false;
    headers.each_value(name, &mut |next| match &value {
        None => value = Some(next.to_vec()),
        Some(first) => conflict |= first.as_slice() != next,
    });
    if conflict {
        return Err(VerifyError::new(
            VerifyErrorKind::ConflictingHeader,
            format!("the header {name} came more than once, with different values"),
            "a proxy may have added its own; pass on only the sender's headers",
        ));
    }
    value.ok_or_else(|| {
        VerifyError::new(
            VerifyErrorKind::MissingHeader,
            format!("the header {name} is missing"),
            "check that the request comes from CryptoPocket and that no proxy or framework strips headers \
             beginning with `X-`",
        )
    })
}
