//! HMAC-SHA256.

use cryptopocket_types::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::encoding::TAG_LEN;
use crate::error::{VerifyError, VerifyErrorKind};

/// An expanded HMAC-SHA256 key, so that a verification does not hash the secret again. Zeroed on drop.
#[derive(Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl Key {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
    }

    /// The key of a secret that is not blank.
    pub(crate) fn of_secret(secret: &Secret) -> Result<Self, VerifyError> {
        let text = secret.expose();
        let key = (!text.trim().is_empty()).then(|| Self::new(text.as_bytes()));
        key.ok_or_else(|| {
            VerifyError::new(
                VerifyErrorKind::EmptySecret,
                "the secret is empty",
                "set it to the API secret that came with the API key (`CRYPTOPOCKET_API_SECRET`)",
            )
        })
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac
    }

    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_LEN] {
        self.over(parts).finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub(crate) fn matches(&self, parts: &[&[u8]], tag: &[u8; TAG_LEN]) -> bool {
        self.over(parts).verify_slice(tag).is_ok()
    }
}
