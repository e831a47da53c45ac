//! Bodies and secrets of `verify` and `sign`.

use std::io::Read;
use std::path::Path;

use cryptopocket::Secret;

use crate::connection::Context;
use crate::failure::{Failure, Result};

/// The bytes of a body as they were sent: nothing is trimmed, parsed or printed anew.
pub(super) fn body_of(path: &Path) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut body).map(drop)
    } else {
        std::fs::read(path).map(|read| body = read)
    };
    read.map_err(|error| {
        Failure::input(
            format!(
                "the body cannot be read from {}: {}",
                path.display(),
                error.kind()
            ),
            "Give the path of a file that holds the bytes as they came; `-` is stdin.",
        )
    })?;
    Ok(body)
}

/// The secrets that were given, or else the one of the connection.
pub(super) fn secrets(given: Vec<Secret>, context: &Context) -> Result<Vec<Secret>> {
    if given.is_empty() {
        Ok(vec![context.api_secret()?])
    } else {
        Ok(given)
    }
}
