//! Bodies and secrets of `verify` and `sign`.

use std::path::Path;

use cryptopocket::Secret;
use cryptopocket::webhooks::{Verifier, VerifyError, VerifyErrorKind};

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::file;

/// The body, byte for byte.
pub(super) fn body_of(path: &Path) -> Result<Vec<u8>> {
    file::input(
        path,
        "--body: give the path of a file that holds the bytes as they came; `-` is stdin.",
    )
}

/// The given secret, or else the API secret.
pub(super) fn secret(given: Option<Secret>, context: &Context) -> Result<Secret> {
    given.map_or_else(|| context.api_secret(), Ok)
}

/// The given secrets, or else the API secret.
pub(super) fn secrets(given: Vec<Secret>, context: &Context) -> Result<Vec<Secret>> {
    if given.is_empty() {
        return Ok(vec![context.api_secret()?]);
    }
    Ok(given)
}

/// A verifier that takes any of the secrets, of which there is at least one.
pub(super) fn verifier(mut secrets: Vec<Secret>) -> Result<Verifier> {
    let first = Verifier::new(secrets.remove(0));
    first
        .and_then(|verifier| secrets.into_iter().try_fold(verifier, Verifier::and_secret))
        .map_err(|error| refused(&error))
}

pub(super) fn refused(error: &VerifyError) -> Failure {
    if error.kind() == VerifyErrorKind::EmptySecret {
        return Failure::configuration(
            "the secret is empty",
            "Give another with --secret, or the API secret.",
        );
    }
    Failure::check(error.kind().as_str(), error.to_string(), error.hint())
}
