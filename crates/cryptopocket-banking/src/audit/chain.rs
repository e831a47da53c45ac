//! Lines of the log, and the chain of their hashes.

use std::fmt::{self, Write as _};
use std::io;

use sha2::{Digest as _, Sha256};

use super::Entry;

const BEFORE_HASH: &str = "{\"hash\":\"";
const AFTER_HASH: &str = "\",\"entry\":";
/// Hexadecimal digits of a hash.
const HASH: usize = 64;

/// A log whose chain holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The number of entries.
    pub entries: u64,
    /// The hash of the last one; zeros for an empty log.
    pub head: String,
}

/// The first line at which the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broken {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the audit log was changed: line {} {}", self.line, self.reason)
    }
}

impl std::error::Error for Broken {}

/// Verifies the bytes of a log.
///
/// # Errors
///
/// The first line that was changed, removed, inserted or moved.
pub fn verify(bytes: &[u8]) -> Result<Verified, Broken> {
    read(bytes, |_| {})
}

/// Verifies the bytes of a log, and returns its entries.
///
/// # Errors
///
/// As [`verify`].
pub fn entries(bytes: &[u8]) -> Result<Vec<Entry>, Broken> {
    let mut entries = Vec::new();
    read(bytes, |entry| entries.push(entry.clone()))?;
    Ok(entries)
}

/// Verifies a log, and hands on its entries.
pub(super) fn read(bytes: &[u8], mut take: impl FnMut(&Entry)) -> Result<Verified, Broken> {
    let mut verified = Verified {
        entries: 0,
        head: "0".repeat(HASH),
    };
    for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let broken = |reason| Broken { line: number, reason };
        let line = line.strip_suffix(b"\n").ok_or(broken("is cut off"))?;
        let (hash, body) = parts(line).ok_or(broken("is no entry"))?;
        if hash_of(body) != hash {
            return Err(broken("does not have the hash of its content"));
        }
        let entry: Entry = serde_json::from_str(body).map_err(|_| broken("is no entry of this version"))?;
        if entry.previous != verified.head || entry.number != number {
            return Err(broken("does not follow the line before it"));
        }
        take(&entry);
        hash.clone_into(&mut verified.head);
        verified.entries = number;
    }
    Ok(verified)
}

/// Refuses what follows the verified lines unless it can be the beginning of an entry.
pub(super) fn is_beginning(rest: &[u8], verified: Verified) -> Result<Verified, Broken> {
    let mut head = rest.iter().zip(BEFORE_HASH.as_bytes());
    if head.all(|(byte, wanted)| byte == wanted) {
        return Ok(verified);
    }
    Err(Broken {
        line: verified.entries + 1,
        reason: "is no entry",
    })
}

/// The hash and the entry of a line.
fn parts(line: &[u8]) -> Option<(&str, &str)> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix(BEFORE_HASH)?;
    let (hash, rest) = line.split_at_checked(HASH)?;
    Some((hash, rest.strip_prefix(AFTER_HASH)?.strip_suffix('}')?))
}

/// The line of an entry, and its hash.
pub(super) fn line(entry: &Entry) -> io::Result<(String, String)> {
    let body = serde_json::to_string(entry)?;
    let hash = hash_of(&body);
    Ok((format!("{BEFORE_HASH}{hash}{AFTER_HASH}{body}}}\n"), hash))
}

fn hash_of(body: &str) -> String {
    Sha256::digest(body.as_bytes())
        .iter()
        .fold(String::with_capacity(HASH), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
