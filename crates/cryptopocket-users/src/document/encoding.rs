//! Reading of a document, its media type, and its encoding as a base64 data URI, in buffers that are zeroed and never grow:
//! one that grows leaves copies behind.

use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cryptopocket_core::{Advice, Error};
use cryptopocket_types::Personal;
use zeroize::Zeroizing;

use super::Document;

/// How many of the first bytes tell the media type.
const START: usize = 12;

/// Reads a source of `expected` bytes: the first ones, and the rest only if [`encode`] can take it.
pub(super) fn read(
    source: &mut dyn Read,
    expected: u64,
    max_bytes: u64,
    media_type: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    check_size(expected, max_bytes)?;
    let length = usize::try_from(expected).map_err(|_| too_large(expected, max_bytes))?;
    let mut fill = |part: &mut [u8]| {
        source.read_exact(part).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => changed(),
            _ => unreadable(error),
        })
    };
    let mut start = Zeroizing::new([0; START]);
    let start = &mut start[..length.min(START)];
    fill(start)?;
    media_type_of(start, media_type)?;
    let mut bytes = Zeroizing::new(vec![0; length]);
    bytes[..start.len()].copy_from_slice(start);
    fill(&mut bytes[start.len()..])?;
    // Unlike `read`, this goes on after a signal.
    match source.read_exact(&mut [0]) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(bytes),
        Err(error) => Err(unreadable(error)),
        Ok(()) => Err(changed()),
    }
}

/// Encodes the content of a document.
pub(super) fn encode(bytes: &[u8], max_bytes: u64, media_type: Option<&str>) -> Result<Document, Error> {
    let size = bytes.len() as u64;
    check_size(size, max_bytes)?;
    let media_type = media_type_of(bytes, media_type)?;
    let prefix = format!("data:{media_type};base64,");
    let length = base64::encoded_len(bytes.len(), true)
        .and_then(|encoded| encoded.checked_add(prefix.len()))
        .ok_or_else(|| too_large(size, max_bytes))?;
    let mut uri = Zeroizing::new(vec![0; length]);
    uri[..prefix.len()].copy_from_slice(prefix.as_bytes());
    STANDARD
        .encode_slice(bytes, &mut uri[prefix.len()..])
        .map_err(|_| too_large(size, max_bytes))?;
    let uri = String::from_utf8(std::mem::take(&mut *uri)).expect("base64 is ASCII");
    Ok(Document {
        content: Some((media_type.to_owned(), size)),
        uri: Personal::from(uri),
    })
}

/// The media type that the caller names, or that the first bytes tell.
fn media_type_of<'a>(start: &[u8], given: Option<&'a str>) -> Result<&'a str, Error> {
    match given {
        Some(given) => checked(given),
        None => detect(start).ok_or_else(unknown_kind),
    }
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
#[allow(clippy::needless_pass_by_value, reason = "passed to `map_err`")]
pub(super) fn unreadable(error: io::Error) -> Error {
    Error::invalid_input(
        "file",
        &format!("must be readable ({})", error.kind()),
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

/// Detects PNG, JPEG, WebP, HEIC or PDF by the first bytes.
fn detect(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if start.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if start.starts_with(b"%PDF-") {
        Some("application/pdf")
    } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else if start.get(4..8) == Some(b"ftyp") {
        // ISO 23008-12: the brands of still HEVC images. Other brands are videos or other codecs.
        let heic = [b"heic", b"heix", b"heim", b"heis", b"mif1"];
        heic.iter()
            .any(|brand| start.get(8..12) == Some(brand.as_slice()))
            .then_some("image/heic")
    } else {
        None
    }
}

/// Checks a media type that the caller names: `type/subtype`, without characters that would break a data URI.
fn checked(name: &str) -> Result<&str, Error> {
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    match name.split_once('/') {
        Some((kind, subtype)) if token(kind) && token(subtype) => Ok(name),
        _ => Err(Error::invalid_input(
            "media_type",
            "must read type/subtype",
            "Write it like image/png, without parameters.",
        )),
    }
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
        fn sizes_of_file_and_reads_do_not_matter(
            tail in proptest::collection::vec(any::<u8>(), 0..100_000),
            step in 1_usize..70_000,
        ) {
            let whole = [PNG_START, &tail].concat();
            let bytes = read(&mut Trickle(&whole, step), whole.len() as u64, u64::MAX, None).unwrap();
            let encoded = encode(&bytes, u64::MAX, None).unwrap();
            prop_assert_eq!(encoded.size(), Some(whole.len() as u64));
            let expected = format!("data:image/png;base64,{}", STANDARD.encode(&whole));
            prop_assert!(encoded.uri.reveal() == expected);
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
            let result = read(&mut whole.as_slice(), claimed, u64::MAX, None);
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
        assert!(read(&mut Untouchable, 0, 10, None).is_err());
        assert!(read(&mut Untouchable, 11, 10, None).is_err());
    }

    #[test]
    fn unknown_type_is_refused_by_its_start() {
        let text = [b'a'; 5000];
        for (given, kind) in [(None, "must be PNG"), (Some("text"), "must read type/subtype")] {
            let mut source = text.as_slice();
            let error = read(&mut source, 5000, u64::MAX, given).unwrap_err();
            assert!(error.to_string().contains(kind), "{error}");
            assert_eq!(source.len(), 5000 - START, "the rest is not read");
        }
    }

    #[test]
    fn signals_do_not_stop_reading() {
        struct Interrupted<'a>(&'a [u8], bool);
        impl Read for Interrupted<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.1 = !self.1;
                if self.1 {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                self.0.read(buffer)
            }
        }
        let whole = [PNG_START, &[7; 100]].concat();
        let mut source = Interrupted(&whole, false);
        let bytes = read(&mut source, whole.len() as u64, u64::MAX, None).unwrap();
        assert_eq!(*bytes, whole);
    }

    #[test]
    fn given_media_type_replaces_detection() {
        let encoded = encode(b"a,b", 10, Some("text/csv")).unwrap();
        assert_eq!(encoded.uri.reveal(), "data:text/csv;base64,YSxi");
        assert!(encode(b"a,b", 10, None).is_err());
        assert!(encode(b"a,b", 10, Some("text/csv;x")).is_err());
    }

    #[test]
    fn known_formats_are_detected() {
        let cases: [(&[u8], &str); 6] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", "image/heic"),
            (b"%PDF-1.4\n", "application/pdf"),
        ];
        for (start, expected) in cases {
            assert_eq!(detect(start), Some(expected));
        }
    }

    #[test]
    fn similar_formats_are_not_detected() {
        let cases: [&[u8]; 5] = [
            b"RIFF\x24\0\0\0WAVEfmt ",
            b"\0\0\0\x18ftypisom\0\0\0\0",
            b"\x89PNG\n\x1a\n",
            b"",
            b"RIFF",
        ];
        for start in cases {
            assert_eq!(detect(start), None, "{start:?}");
        }
    }

    #[test]
    fn name_that_breaks_data_uri_is_refused() {
        for name in [
            "",
            "image",
            "image/",
            "/png",
            "image/png;x",
            "image/png,",
            "a/b/c",
            "image/p ng",
        ] {
            assert!(checked(name).is_err(), "{name:?}");
        }
    }
}
