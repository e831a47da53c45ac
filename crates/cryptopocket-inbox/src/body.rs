//! Bodies as they are stored: plain, or sealed with a key.

use crate::error::{Error, ErrorKind, Result};
use crate::store::StoredBody;

#[cfg(feature = "encryption")]
pub use keyring::{BodyKey, Keyring};

/// There is none without the feature `encryption`.
#[cfg(not(feature = "encryption"))]
#[derive(Debug, Clone)]
pub(crate) enum Keyring {}

#[cfg(not(feature = "encryption"))]
impl Keyring {
    fn seal(&self, _: &str, _: &[u8]) -> Result<StoredBody> {
        match *self {}
    }

    fn open(&self, _: &str, _: u32, _: &[u8]) -> Result<Vec<u8>> {
        match *self {}
    }
}

/// Writes and reads the stored form of bodies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bodies {
    pub(crate) keyring: Option<Keyring>,
}

impl Bodies {
    /// `place` binds a sealed body to its event, so that it cannot be moved to another row.
    pub(crate) fn store(&self, place: &str, bytes: Vec<u8>) -> Result<StoredBody> {
        match &self.keyring {
            Some(keyring) => keyring.seal(place, &bytes),
            None => Ok(StoredBody {
                bytes,
                sealed_with: None,
            }),
        }
    }

    pub(crate) fn read(&self, place: &str, stored: StoredBody) -> Result<Vec<u8>> {
        match (stored.sealed_with, &self.keyring) {
            (None, _) => Ok(stored.bytes),
            (Some(number), Some(keyring)) => keyring.open(place, number, &stored.bytes),
            (Some(number), None) => Err(Error::new(
                ErrorKind::Sealed,
                format!("the body is sealed with key {number}, and the inbox has no keyring"),
            )),
        }
    }
}

#[cfg(feature = "encryption")]
mod keyring {
    use std::collections::BTreeMap;

    use chacha20poly1305::aead::{Aead as _, Generate as _, KeyInit as _, Payload};
    use chacha20poly1305::{XChaCha20Poly1305, XNonce};
    use cryptopocket_types::debug_fields;

    use crate::error::{Error, ErrorKind, Result};
    use crate::store::StoredBody;

    const NONCE: usize = 24;

    /// A key that bodies are sealed with: 32 secret, random bytes, and a number to know it by.
    #[derive(Clone)]
    pub struct BodyKey {
        number: u32,
        cipher: XChaCha20Poly1305,
    }

    impl BodyKey {
        /// A key. The number is stored with each body, so it must never be used for other bytes.
        pub fn new(number: u32, bytes: &[u8; 32]) -> Self {
            Self {
                number,
                cipher: XChaCha20Poly1305::new(bytes.into()),
            }
        }
    }

    debug_fields! { BodyKey => |key| number: key.number }

    /// Keys for bodies at rest: one to seal with, and older ones to open with.
    ///
    /// Bodies are sealed with XChaCha20-Poly1305, bound to the key of their event. Keys of events, ids, times, hashes of
    /// content and reasons of failures are not sealed.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_inbox::{BodyKey, Keyring};
    ///
    /// # let (new, old) = ([1; 32], [2; 32]); // From your secret store.
    /// let keyring = Keyring::new(BodyKey::new(2, &new)).and_old(BodyKey::new(1, &old));
    /// # let _ = keyring;
    /// ```
    #[derive(Debug, Clone)]
    pub struct Keyring {
        current: BodyKey,
        old: BTreeMap<u32, BodyKey>,
    }

    impl Keyring {
        /// Seals and opens with this key.
        pub fn new(current: BodyKey) -> Self {
            Self {
                current,
                old: BTreeMap::new(),
            }
        }

        /// Also opens with this key.
        #[must_use]
        pub fn and_old(mut self, key: BodyKey) -> Self {
            self.old.insert(key.number, key);
            self
        }

        pub(super) fn seal(&self, place: &str, body: &[u8]) -> Result<StoredBody> {
            let failed = |what| Error::new(ErrorKind::Sealed, what);
            let nonce =
                XNonce::try_generate().map_err(|_| failed("the system gave no random bytes to seal with"))?;
            let payload = Payload {
                msg: body,
                aad: place.as_bytes(),
            };
            let sealed = self.current.cipher.encrypt(&nonce, payload);
            let sealed = sealed.map_err(|_| failed("the body is too long to seal"))?;
            Ok(StoredBody {
                bytes: [nonce.as_slice(), &sealed].concat(),
                sealed_with: Some(self.current.number),
            })
        }

        pub(super) fn open(&self, place: &str, number: u32, sealed: &[u8]) -> Result<Vec<u8>> {
            let failed = |what: String| Error::new(ErrorKind::Sealed, what);
            let key = if number == self.current.number {
                Some(&self.current)
            } else {
                self.old.get(&number)
            };
            let key = key.ok_or_else(|| failed(format!("the keyring has no key {number}")))?;
            let altered = || {
                failed(format!(
                    "the body was altered, or key {number} is another one now"
                ))
            };
            let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(altered)?;
            let payload = Payload {
                msg: sealed,
                aad: place.as_bytes(),
            };
            key.cipher
                .decrypt(&XNonce::from(*nonce), payload)
                .map_err(|_| altered())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn ring(number: u32, byte: u8) -> Keyring {
            Keyring::new(BodyKey::new(number, &[byte; 32]))
        }

        #[test]
        fn sealed_body_opens_only_at_its_place() {
            let ring = ring(1, 7);
            let stored = ring.seal("PAY_IN|id:p1", b"{}").unwrap();
            assert_eq!(ring.open("PAY_IN|id:p1", 1, &stored.bytes).unwrap(), b"{}");
            assert_eq!(
                ring.open("PAY_IN|id:p2", 1, &stored.bytes).unwrap_err().kind(),
                ErrorKind::Sealed
            );
        }

        #[test]
        fn altered_or_short_body_is_refused() {
            let ring = ring(1, 7);
            let mut bytes = ring.seal("k", b"{}").unwrap().bytes;
            assert!(ring.open("k", 1, &bytes[..10]).is_err());
            bytes[30] ^= 1;
            assert!(ring.open("k", 1, &bytes).is_err());
        }

        #[test]
        fn old_key_opens_after_a_rotation() {
            let stored = ring(1, 7).seal("k", b"{}").unwrap();
            let rotated = ring(2, 8).and_old(BodyKey::new(1, &[7; 32]));
            assert_eq!(rotated.open("k", 1, &stored.bytes).unwrap(), b"{}");
            assert_eq!(rotated.seal("k", b"{}").unwrap().sealed_with, Some(2));
            let message = ring(2, 8).open("k", 1, &stored.bytes).unwrap_err().to_string();
            assert_eq!(message, "the keyring has no key 1");
        }

        #[test]
        fn two_seals_of_one_body_differ() {
            let ring = ring(1, 7);
            assert_ne!(
                ring.seal("k", b"{}").unwrap().bytes,
                ring.seal("k", b"{}").unwrap().bytes
            );
        }
    }
}
