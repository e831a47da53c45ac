//! Documents and pictures to upload.

mod encoding;

use std::fs::File;
use std::io;
use std::path::Path;

use cryptopocket_core::{Error, input};
use cryptopocket_types::{Personal, debug_fields, setters};
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use encoding::{encode, read, unreadable};

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
    /// The data URI, or the link. It is sent by moving it, without a copy.
    pub(crate) uri: Personal,
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
}

debug_fields! { Document => |document| content: document.content, uri: document.uri }

/// Reads documents with a limit and media type of your choice.
///
/// # Examples
/// ```
/// use cryptopocket_users::DocumentReader;
///
/// let reader = DocumentReader::new().max_bytes(1024).media_type("text/csv");
/// let statement = reader.from_bytes(b"date,amount\n2026-06-01,150.50\n".to_vec())?;
/// assert_eq!(statement.media_type(), Some("text/csv"));
/// # Ok::<(), cryptopocket_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct DocumentReader {
    max_bytes: u64,
    media_type: Option<String>,
}

impl Default for DocumentReader {
    fn default() -> Self {
        Self {
            max_bytes: Self::DEFAULT_MAX_BYTES,
            media_type: None,
        }
    }
}

impl DocumentReader {
    /// The default limit: 10 MiB. It is a guess of this SDK; the provider states no limit.
    pub const DEFAULT_MAX_BYTES: u64 = 10 * 1024 * 1024;

    /// A reader with the default limit, which detects media types by the first bytes.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Sets the largest size of a document in bytes, before encoding. Encoding adds a third.
        max_bytes = |max_bytes: u64| max_bytes;
        /// Sets the media type of every document, such as `text/csv`, instead of detecting it. Reading refuses one that is
        /// not `type/subtype`.
        media_type = |media_type: impl Into<String>| Some(media_type.into());
    }

    /// Reads a file.
    ///
    /// Inside a tokio runtime it reads on the threads for blocking work, so that no other task waits for the disk.
    /// Outside a tokio runtime it reads in place.
    ///
    /// # Errors
    /// `InvalidInput` when the file cannot be read, is empty, over the limit, of no known type, or changes while it is
    /// read. The error does not name the path, since such file names contain names of people.
    pub async fn from_path(&self, path: impl AsRef<Path>) -> Result<Document, Error> {
        let (reader, path) = (self.clone(), path.as_ref().to_path_buf());
        let read = move || {
            let media_type = reader.media_type.as_deref();
            let bytes = content(&path, reader.max_bytes, media_type)?;
            encode(&bytes, reader.max_bytes, media_type)
        };
        match Handle::try_current() {
            Ok(runtime) => runtime
                .spawn_blocking(read)
                .await
                .unwrap_or_else(|_| Err(unreadable(io::ErrorKind::Interrupted.into()))),
            Err(_) => read(),
        }
    }

    /// Encodes the bytes of a document, and zeroes them afterwards.
    ///
    /// # Errors
    /// `InvalidInput` when they are empty, over the limit, or of no known type.
    pub fn from_bytes(&self, bytes: Vec<u8>) -> Result<Document, Error> {
        let bytes = Zeroizing::new(bytes);
        encode(&bytes, self.max_bytes, self.media_type.as_deref())
    }
}

fn content(path: &Path, max_bytes: u64, media_type: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Checked before opening, since opening a pipe waits for its writer.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unreadable(io::ErrorKind::InvalidInput.into()));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    read(&mut file, length, max_bytes, media_type)
}

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
        assert_eq!(Document::from_url(link).unwrap().uri.reveal(), link);
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let built = tokio::runtime::Builder::new_current_thread().build();
        built
            .expect("a runtime without drivers needs nothing")
            .block_on(future)
    }

    #[test]
    fn file_reads_the_same_as_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("misnamed.txt");
        let content = [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![9; 100_000]].concat();
        std::fs::write(&path, &content).unwrap();

        let from_file = block_on(Document::from_path(&path)).unwrap();
        let from_bytes = Document::from_bytes(content).unwrap();
        assert_eq!(from_file.media_type(), Some("image/png"));
        assert_eq!(from_file.size(), Some(100_008));
        assert!(from_file.uri == from_bytes.uri);
    }

    #[test]
    fn errors_do_not_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ADA-LOVELACE.txt");
        std::fs::write(&path, "no picture").unwrap();
        for refused in [
            block_on(Document::from_path(&path)),
            block_on(Document::from_path(folder.path().join("ADA-LOVELACE.png"))),
            block_on(Document::from_path(folder.path())),
            block_on(DocumentReader::new().max_bytes(3).from_path(&path)),
        ] {
            let error = refused.unwrap_err();
            assert!(!format!("{error} {error:?}").contains("ADA-LOVELACE"), "{error}");
        }
    }

    #[test]
    fn file_is_read_in_place_without_runtime() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, b"%PDF-1.7").unwrap();
        let mut reading = Box::pin(Document::from_path(&path));
        let waker = std::task::Waker::noop();
        let polled = reading.as_mut().poll(&mut std::task::Context::from_waker(waker));
        assert!(polled.is_ready());
    }
}
