//! Files that are named on the command line.

use std::io::{self, Read};
use std::path::Path;

use crate::failure::{Failure, Result};

/// Reads a file, or stdin for `-`.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a file of input, byte for byte.
pub(crate) fn input(path: &Path, cure: &str) -> Result<Vec<u8>> {
    read(path).map_err(|error| Failure::input(unreadable(path, &error), cure))
}

/// Reads a file of settings.
pub(crate) fn setting(path: &Path, cure: &str) -> Result<Vec<u8>> {
    read(path).map_err(|error| Failure::configuration(unreadable(path, &error), cure))
}

/// Refuses a path at which there is nothing to read.
pub(crate) fn must_exist(path: &Path, cure: &str) -> Result<()> {
    let found = std::fs::metadata(path).map(drop);
    found.map_err(|error| Failure::input(unreadable(path, &error), cure))
}

/// The message names no contents: they may be secret.
fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {}", path.display(), reason(error))
}

/// Why a file cannot be used.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::InvalidData => "it is not text in UTF-8".to_owned(),
        kind => kind.to_string(),
    }
}
