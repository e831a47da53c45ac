//! Media types, and their detection by the first bytes.

use std::borrow::Cow;
use std::fmt;

use cryptopocket_core::Error;
use serde::{Deserialize, Serialize};

/// The media type of a document, as its data URI has it.
///
/// # Examples
/// ```
/// use cryptopocket_users::MediaType;
///
/// assert_eq!(MediaType::detect(b"%PDF-1.7 ..."), Some(MediaType::PDF));
/// assert_eq!(MediaType::detect(b"plain text"), None);
/// assert!(MediaType::JPEG.is_image());
/// assert_eq!(MediaType::new("text/csv")?.as_str(), "text/csv");
/// # Ok::<(), cryptopocket_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// `image/png`.
    pub const PNG: Self = Self(Cow::Borrowed("image/png"));
    /// `image/jpeg`.
    pub const JPEG: Self = Self(Cow::Borrowed("image/jpeg"));
    /// `image/webp`.
    pub const WEBP: Self = Self(Cow::Borrowed("image/webp"));
    /// `image/heic`, the default of Apple phones.
    pub const HEIC: Self = Self(Cow::Borrowed("image/heic"));
    /// `application/pdf`.
    pub const PDF: Self = Self(Cow::Borrowed("application/pdf"));

    /// Number of leading bytes that [`detect`](Self::detect) reads.
    pub(crate) const LOOKED_AT: usize = 12;

    /// A media type by name, for formats that [`detect`](Self::detect) does not know.
    ///
    /// # Errors
    /// `InvalidInput` when the text is not `type/subtype`, or has a character that a media type cannot have.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        let token = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        match name.split_once('/') {
            Some((kind, subtype)) if token(kind) && token(subtype) => Ok(Self(Cow::Owned(name))),
            _ => Err(Error::invalid_input(
                "media_type",
                "must read type/subtype",
                "Write it like image/png, without parameters.",
            )),
        }
    }

    /// Detects PNG, JPEG, WebP, HEIC or PDF by the first bytes.
    pub fn detect(start: &[u8]) -> Option<Self> {
        if start.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::PNG)
        } else if start.starts_with(b"\xff\xd8\xff") {
            Some(Self::JPEG)
        } else if start.starts_with(b"%PDF-") {
            Some(Self::PDF)
        } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
            Some(Self::WEBP)
        } else if start.get(4..8) == Some(b"ftyp") {
            // ISO 23008-12: the brands of still HEVC images. Other brands are videos or other codecs.
            let heic = [b"heic", b"heix", b"heim", b"heis", b"mif1"];
            heic.iter()
                .any(|brand| start.get(8..12) == Some(brand.as_slice()))
                .then_some(Self::HEIC)
        } else {
            None
        }
    }

    /// The type as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a picture of any format.
    pub fn is_image(&self) -> bool {
        self.0.starts_with("image/")
    }
}

impl TryFrom<String> for MediaType {
    type Error = Error;

    fn try_from(name: String) -> Result<Self, Error> {
        Self::new(name)
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.0.into_owned()
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_formats_are_detected() {
        let cases: [(&[u8], MediaType); 6] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", MediaType::PNG),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", MediaType::JPEG),
            (b"RIFF\x24\0\0\0WEBPVP8 ", MediaType::WEBP),
            (b"\0\0\0\x18ftypheic\0\0\0\0", MediaType::HEIC),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", MediaType::HEIC),
            (b"%PDF-1.4\n", MediaType::PDF),
        ];
        for (start, expected) in cases {
            assert_eq!(MediaType::detect(start), Some(expected));
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
            assert_eq!(MediaType::detect(start), None, "{start:?}");
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
            assert!(MediaType::new(name).is_err(), "{name:?}");
        }
    }
}
