//! Files inside of a zip.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

/// Files of a zip that are read.
const MOST_FILES: usize = 1000;
/// Bytes of all of them, unpacked.
const MOST_BYTES: u64 = 256 << 20;

/// Whether the bytes are a zip.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Hands on each file with its name, or the reason why it cannot be read. What is unpacked is counted while it is read, so a
/// small file that claims or unpacks to much more ends at the limit.
pub(super) fn files(bytes: &[u8], take: impl FnMut(&str, Result<&[u8], &'static str>)) {
    files_within(bytes, MOST_BYTES, take);
}

fn files_within(bytes: &[u8], most: u64, mut take: impl FnMut(&str, Result<&[u8], &'static str>)) {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return take("", Err("a broken zip; nothing was read"));
    };
    let mut left = most;
    for at in 0..archive.len() {
        if at == MOST_FILES {
            return take("", Err("a zip of more than 1000 files; the rest was not read"));
        }
        let Ok(file) = archive.by_index(at) else {
            let reason = "a file of the zip that is encrypted or packed in an unknown way";
            take("", Err(reason));
            continue;
        };
        if file.is_dir() {
            continue;
        }
        let name = file.name().to_owned();
        let mut content = Vec::new();
        if file.take(left + 1).read_to_end(&mut content).is_err() {
            take(&name, Err("a broken file of the zip; it was not read"));
            continue;
        }
        let Some(rest) = left.checked_sub(content.len() as u64) else {
            let reason = "the zip unpacks to more than 256 MiB; from this file on nothing was read";
            return take(&name, Err(reason));
        };
        left = rest;
        let nested = is_zip(&content).then_some("a zip inside of a zip, which is not read");
        take(&name, nested.map_or(Ok(&content), Err));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::tests::zip;

    #[test]
    fn zip_bomb_ends_at_the_limit() {
        let zeros = vec![0; 600_000];
        let bomb = zip(&[("1", &zeros), ("2", &zeros), ("3", b"x")]);
        assert!(bomb.len() < 10_000);
        let mut seen = Vec::new();
        files_within(&bomb, 1_000_000, |name, file| {
            seen.push((name.to_owned(), file.map(<[u8]>::len)));
        });
        let rule = "the zip unpacks to more than 256 MiB; from this file on nothing was read";
        assert_eq!(seen, [("1".to_owned(), Ok(600_000)), ("2".to_owned(), Err(rule))]);
    }

    #[test]
    fn changed_content_is_told() {
        let mut changed = zip(&[("1", b"id,amount,booking_date"), ("2", b"x")]);
        changed[36] ^= 1;
        let mut results = Vec::new();
        files(&changed, |_, file| results.push(file.is_ok()));
        assert_eq!(results, [false, true]);
    }
}
