//! Reading documents from disk and memory, within limits.

use std::fs::File;
use std::path::{Path, PathBuf};

use cryptopocket_core::Error;
use cryptopocket_types::setters;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use super::Document;
use super::encoding::{encode, unreadable};

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
        Self::new()
    }
}

impl DocumentReader {
    /// The default limit: 10 MiB. It is a guess of this SDK; the provider states no limit.
    pub const DEFAULT_MAX_BYTES: u64 = 10 * 1024 * 1024;

    /// A reader with the default limit, which detects media types by the first bytes.
    pub fn new() -> Self {
        Self {
            max_bytes: Self::DEFAULT_MAX_BYTES,
            media_type: None,
        }
    }

    setters! {
        /// Sets the largest size of a document in bytes, before encoding. Encoding adds a third.
        max_bytes = |max_bytes: u64| max_bytes;
        /// Sets the media type of every document, such as `text/csv`, instead of detecting it. Reading refuses one that is
        /// not `type/subtype`.
        media_type = |media_type: impl Into<String>| Some(media_type.into());
    }

    /// Reads a file in chunks, straight into the buffer that will be sent.
    ///
    /// Inside a tokio runtime it reads on the threads for blocking work, so that no other task waits for the disk.
    /// Outside a tokio runtime it reads in place.
    ///
    /// # Errors
    /// `InvalidInput` when the file cannot be read, is empty, over the limit, of no known type, or changes while it is
    /// read. The error does not name the path, since such file names contain names of people.
    pub async fn from_path(&self, path: impl AsRef<Path>) -> Result<Document, Error> {
        let path = path.as_ref().to_path_buf();
        let Ok(runtime) = Handle::try_current() else {
            return self.read_file(&path);
        };
        let reader = self.clone();
        let reading = runtime.spawn_blocking(move || reader.read_file(&path));
        reading
            .await
            .unwrap_or_else(|_| Err(unreadable(std::io::ErrorKind::Interrupted)))
    }

    /// Encodes the bytes of a document, and zeroes them afterwards.
    ///
    /// # Errors
    /// `InvalidInput` when they are empty, over the limit, or of no known type.
    pub fn from_bytes(&self, bytes: Vec<u8>) -> Result<Document, Error> {
        let bytes = Zeroizing::new(bytes);
        self.read(&mut bytes.as_slice(), bytes.len() as u64)
    }

    fn read_file(&self, path: &PathBuf) -> Result<Document, Error> {
        let failed = |error: std::io::Error| unreadable(error.kind());
        // Checked before opening, since opening a pipe waits for its writer.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(unreadable(std::io::ErrorKind::InvalidInput));
        }
        let mut file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        self.read(&mut file, metadata.len())
    }

    fn read(&self, source: &mut dyn std::io::Read, expected: u64) -> Result<Document, Error> {
        encode(source, expected, self.max_bytes, self.media_type.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use cryptopocket_core::testing::block_on;

    use super::*;

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
        assert!(from_file.into_wire() == from_bytes.into_wire());
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
