//! Encoding of a document as a base64 data URI, in chunks, into one buffer that is zeroed.

use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cryptopocket_core::{Advice, Error};
use cryptopocket_types::Personal;
use zeroize::{Zeroize as _, Zeroizing};

use super::Document;
use super::media_type::{LOOKED_AT, checked, detect};

/// Bytes read at once. Divisible by three, so that only the last chunk is padded.
const CHUNK: usize = 48 * 1024;

/// Encodes the content of `source`.
///
/// `expected` is its length. With it the one buffer is allocated in full, so it never grows and leaves no copy behind.
pub(super) fn encode(
    source: &mut dyn Read,
    expected: u64,
    max_bytes: u64,
    media_type: Option<&str>,
) -> Result<Document, Error> {
    check_size(expected, max_bytes)?;
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    let mut read = fill(source, &mut chunk)?;
    let media_type = match media_type {
        Some(given) => checked(given)?,
        None => detect(&chunk[..read.min(LOOKED_AT)]).ok_or_else(unknown_kind)?,
    };
    let prefix = format!("data:{media_type};base64,");
    let capacity = usize::try_from(expected)
        .ok()
        .and_then(|bytes| base64::encoded_len(bytes, true))
        .and_then(|encoded| encoded.checked_add(prefix.len()))
        .ok_or_else(|| too_large(expected, max_bytes))?;
    let mut uri = Zeroizing::new(vec![0; capacity]);
    uri[..prefix.len()].copy_from_slice(prefix.as_bytes());

    let mut filled = prefix.len();
    let mut bytes = 0;
    while read > 0 {
        filled += STANDARD
            .encode_slice(&chunk[..read], &mut uri[filled..])
            .map_err(|_| changed())?;
        bytes += read as u64;
        read = fill(source, &mut chunk)?;
    }
    if bytes != expected {
        return Err(changed());
    }
    let text = String::from_utf8(std::mem::take(&mut *uri)).map_err(|wrong| {
        wrong.into_bytes().zeroize();
        changed()
    })?;
    Ok(Document {
        content: Some((media_type.to_owned(), bytes)),
        uri: Personal::from(text),
    })
}

/// Reads until the chunk is full or the source ends.
fn fill(source: &mut dyn Read, chunk: &mut [u8]) -> Result<usize, Error> {
    let mut filled = 0;
    while filled < chunk.len() {
        match source.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error.kind())),
        }
    }
    Ok(filled)
}

fn check_size(bytes: u64, max_bytes: u64) -> Result<(), Error> {
    match bytes {
        0 => Err(Error::invalid_input(
            "file",
            "must not be empty",
            "Give a document with content.",
        )),
        bytes if bytes > max_bytes => Err(too_large(bytes, max_bytes)),
        _ => Ok(()),
    }
}

/// Without the path: file names of identity documents contain names of people.
pub(super) fn unreadable(kind: io::ErrorKind) -> Error {
    Error::invalid_input(
        "file",
        &format!("must be readable ({kind})"),
        "Check the path and its permissions.",
    )
}

fn too_large(bytes: u64, max_bytes: u64) -> Error {
    Error::invalid_input(
        "file",
        &format!("must have at most {max_bytes} bytes; it has {bytes}"),
        Advice::new("Make it smaller; the limit is this SDK's own.")
            .in_code_use("DocumentReader::max_bytes raises it."),
    )
}

fn unknown_kind() -> Error {
    Error::invalid_input(
        "file",
        "must be PNG, JPEG, WebP, HEIC or PDF, told by its first bytes",
        Advice::new("Convert it to one of these.").in_code_use("DocumentReader::media_type names another."),
    )
}

fn changed() -> Error {
    Error::invalid_input(
        "file",
        "must not change while it is read",
        "Try again once it is fully written.",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG_START: &[u8] = b"\x89PNG\r\n\x1a\n";

    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn chunk_and_read_sizes_do_not_matter(
            tail in proptest::collection::vec(any::<u8>(), 0..(2 * CHUNK + 7)),
            step in 1_usize..70_000,
        ) {
            let whole = [PNG_START, &tail].concat();
            let encoded =
                encode(&mut Trickle(&whole, step), whole.len() as u64, u64::MAX, None).unwrap();
            prop_assert_eq!(encoded.size(), Some(whole.len() as u64));
            let expected = format!("data:image/png;base64,{}", STANDARD.encode(&whole));
            prop_assert!(encoded.into_wire().reveal() == expected);
        }
    }

    #[test]
    fn changed_source_is_refused() {
        let whole = [PNG_START, &[7; 100]].concat();
        for claimed in [
            whole.len() as u64 - 1,
            whole.len() as u64 + 1,
            whole.len() as u64 + 100,
        ] {
            let result = encode(&mut whole.as_slice(), claimed, u64::MAX, None);
            assert!(result.is_err(), "claimed {claimed}");
        }
    }

    #[test]
    fn size_is_checked_before_reading() {
        struct Untouchable;
        impl Read for Untouchable {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                unreachable!("the size is checked first")
            }
        }
        assert!(encode(&mut Untouchable, 0, 10, None).is_err());
        assert!(encode(&mut Untouchable, 11, 10, None).is_err());
    }

    #[test]
    fn given_media_type_replaces_detection() {
        let encoded = encode(&mut b"a,b".as_slice(), 3, 10, Some("text/csv")).unwrap();
        assert_eq!(encoded.into_wire().reveal(), "data:text/csv;base64,YSxi");
        assert!(encode(&mut b"a,b".as_slice(), 3, 10, None).is_err());
        assert!(encode(&mut b"a,b".as_slice(), 3, 10, Some("text/csv;x")).is_err());
    }
}
