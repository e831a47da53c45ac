//! Bodies and secrets of `verify` and `sign`.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use cryptopocket::Secret;
use cryptopocket::webhooks::{DEFAULT_TOLERANCE, Verifier, VerifyError, VerifyErrorKind};

use crate::connection::Context;
use crate::duration;
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

/// How deliveries are verified.
#[derive(Debug, Args)]
pub(super) struct Verification {
    /// Secret to verify with; give several while it is being changed [default: the API secret]
    #[arg(long, value_name = "SECRET")]
    secret: Vec<Secret>,
    /// How far the clocks may differ [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    tolerance: Option<Duration>,
}

impl Verification {
    /// The first of the secrets, or else the API secret.
    pub(super) fn secret(&self, context: &Context) -> Result<Secret> {
        secret(self.secret.first().cloned(), context)
    }

    /// A verifier that takes any of the secrets.
    pub(super) fn verifier(&self, context: &Context) -> Result<Verifier> {
        let first = Verifier::new(self.secret(context)?);
        let mut others = self.secret.iter().skip(1).cloned();
        let verifier = first.and_then(|first| others.try_fold(first, Verifier::and_secret));
        let tolerance = self.tolerance.unwrap_or(DEFAULT_TOLERANCE);
        Ok(verifier.map_err(|error| refused(&error))?.tolerance(tolerance))
    }
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
