//! Documents and pictures to upload.

mod encoding;
mod media_type;
mod reader;

use std::path::Path;

use cryptopocket_core::{Error, input};
use cryptopocket_types::{Personal, debug_fields};

pub use reader::DocumentReader;

/// A document or picture: its content as a base64 data URI, or a link from which the provider fetches it.
///
/// The content is in one buffer that is zeroed when dropped, and `Debug` hides it. It is neither `Clone` nor
/// `Serialize`: each would leave a copy of an identity document in memory or in a file. The media type is detected from
/// the first bytes, since phones and messengers misname files and the file name is not sent anyway.
///
/// The provider states neither a size limit nor the media types that it takes. [`DocumentReader`] has a limit of its
/// own, 10 MiB, and a way to raise it.
///
/// # Examples
/// ```
/// use cryptopocket_users::Document;
///
/// let payslip = Document::from_bytes(b"%PDF-1.7 payslip".to_vec())?;
/// assert_eq!(payslip.media_type(), Some("application/pdf"));
/// assert_eq!(payslip.size(), Some(16));
///
/// let link = Document::from_url("https://files.example.com/payslip.pdf")?;
/// assert_eq!(link.size(), None);
/// # Ok::<(), cryptopocket_core::Error>(())
/// ```
pub struct Document {
    /// Type and size of the content; `None` for a link.
    content: Option<(String, u64)>,
    /// The data URI, or the link.
    uri: Personal,
}

impl Document {
    /// Reads a file, as [`DocumentReader::from_path`] does with the default limit.
    ///
    /// # Errors
    /// `InvalidInput` when the file cannot be read, is empty, over the limit, of no known type, or changes
    /// while it is read. The error does not name the path.
    pub async fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
        DocumentReader::new().from_path(path).await
    }

    /// Encodes the bytes of a document, and zeroes them afterwards.
    ///
    /// # Errors
    /// `InvalidInput` when they are empty, over the limit, or of no known type.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        DocumentReader::new().from_bytes(bytes)
    }

    /// A public link from which the provider fetches the document. Nothing is fetched here.
    ///
    /// # Errors
    /// `InvalidInput` unless the link is absolute, `http` or `https`, and free of a user name and password.
    pub fn from_url(link: impl AsRef<str>) -> Result<Self, Error> {
        input::document_url("file", link.as_ref())?;
        Ok(Self {
            content: None,
            uri: Personal::from(link.as_ref()),
        })
    }

    /// The media type of the content; `None` for a link.
    pub fn media_type(&self) -> Option<&str> {
        self.content.as_ref().map(|(media_type, _)| media_type.as_str())
    }

    /// The size of the content in bytes, before encoding; `None` for a link.
    pub fn size(&self) -> Option<u64> {
        self.content.as_ref().map(|(_, bytes)| *bytes)
    }

    /// The data URI or link to send. It moves the buffer and makes no copy.
    pub(crate) fn into_wire(self) -> Personal {
        self.uri
    }
}

debug_fields! { Document => |document| content: document.content, uri: document.uri }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_content() {
        let picture = Document::from_bytes(b"\xff\xd8\xff\xe0CANARY".to_vec()).unwrap();
        let shown = format!("{picture:?}");
        assert!(shown.contains("image/jpeg") && shown.contains("10"), "{shown}");
        assert!(
            !shown.contains("base64") && !shown.contains("Q0FOQVJZ"),
            "{shown}"
        );

        let link = Document::from_url("https://files.example.com/CANARY.jpg").unwrap();
        assert!(!format!("{link:?}").contains("CANARY"));
    }

    #[test]
    fn links_other_than_http_are_refused() {
        for link in [
            "",
            "passport.jpg",
            "//files.example.com/a.jpg",
            "ftp://files.example.com/a.jpg",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
            "https://",
            "https://ada@files.example.com/a.jpg",
            "https://:pass@files.example.com/a.jpg",
        ] {
            assert!(Document::from_url(link).is_err(), "{link:?}");
        }
    }

    #[test]
    fn link_is_sent_as_given() {
        let link = "https://files.example.com/a.jpg?signature=x%2By";
        assert_eq!(Document::from_url(link).unwrap().into_wire().reveal(), link);
    }
}
