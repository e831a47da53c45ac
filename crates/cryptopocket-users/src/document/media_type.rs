//! Media types, and their detection by the first bytes.

use cryptopocket_core::Error;

/// Detects PNG, JPEG, WebP, HEIC or PDF by the first bytes.
pub(super) fn detect(start: &[u8]) -> Option<&'static str> {
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
pub(super) fn checked(name: &str) -> Result<&str, Error> {
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
    use super::*;

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
