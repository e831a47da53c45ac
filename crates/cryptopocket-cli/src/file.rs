//! Files that are named on the command line.

use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{Failure, Result};

/// Whether an option took stdin.
static STDIN_TAKEN: AtomicBool = AtomicBool::new(false);

/// Reads the file that `option` gives byte for byte, or stdin for `-`; `failure` says what an unreadable one is.
fn read(option: &str, path: &Path, cure: &str, failure: fn(String, String) -> Failure) -> Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path).map_err(|error| failure(unreadable(path, &error), cure.to_owned()));
    }
    if STDIN_TAKEN.swap(true, Ordering::Relaxed) {
        return Err(Failure::usage(
            format!("{option}: standard input was read already, and can be given to one option only"),
            "Give `-` to one option, and a file to the other.",
        ));
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| failure(unreadable(path, &error), cure.to_owned()))?;
    Ok(bytes)
}

/// Reads a file of input.
pub(crate) fn input(option: &str, path: &Path, cure: &str) -> Result<Vec<u8>> {
    read(option, path, cure, Failure::input)
}

/// Reads a file of settings.
pub(crate) fn setting(option: &str, path: &Path, cure: &str) -> Result<Vec<u8>> {
    read(option, path, cure, Failure::configuration)
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
