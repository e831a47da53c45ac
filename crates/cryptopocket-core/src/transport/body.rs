use bytes::Bytes;
use zeroize::Zeroizing;

/// Bytes that are zeroed when their last handle is dropped.
pub(crate) fn wiped(content: impl Into<Vec<u8>>) -> Bytes {
    Bytes::from_owner(Wiped(Zeroizing::new(content.into())))
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
