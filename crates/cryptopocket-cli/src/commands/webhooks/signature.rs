//! Signing and verifying bodies, and the options of both.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use cryptopocket::Secret;
use cryptopocket::webhooks::{
    DEFAULT_TOLERANCE, SIGNATURE_HEADER, SignatureEncoding, Signer, TIMESTAMP_HEADER, Verifier, VerifyError,
    VerifyErrorKind,
};

use crate::duration;
use crate::prelude::*;

/// Verify the signature of a webhook
///
/// Exit code 0 when it is authentic and recent, 8 when it is not.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// File with the body exactly as it came; `-` is stdin
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// Value of the header X-Timestamp
    #[arg(long, value_name = "SECONDS")]
    timestamp: Option<String>,
    /// Value of the header X-Signature
    #[arg(long, value_name = "HEX|BASE64")]
    signature: Option<String>,
    #[command(flatten)]
    verification: Verification,
}

impl Verify {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let body = body_of(&self.body)?;
        let verifier = self.verification.verifier(context)?;
        let timestamp = self.timestamp.map(|value| (TIMESTAMP_HEADER, value));
        let signature = self.signature.map(|value| (SIGNATURE_HEADER, value));
        let headers = timestamp.into_iter().chain(signature);
        let delivery = verifier.verify(headers, &body);
        let delivery = delivery.map_err(|error| refused(&error))?;
        let age = delivery.age_seconds;
        let authentic = object! { "verified": true, "age_seconds": age };
        let text = format!("verified; signed {age} s ago");
        context.output.said(&authentic, text)
    }
}

/// Sign a body as the provider does, to test a receiver
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// File with the body; `-` is stdin
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// Time of the signature, in Unix seconds [default: now]
    #[arg(long, value_name = "SECONDS")]
    timestamp: Option<u64>,
    /// Secret to sign with [default: the API secret]
    #[arg(long, value_name = "SECRET")]
    secret: Option<Secret>,
    /// Encoding of the signature
    #[arg(long, value_parser = ["hex", "base64"], default_value = "hex")]
    encoding: String,
}

impl Sign {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let body = body_of(&self.body)?;
        let mut signer = signer(self.secret, context)?;
        if self.encoding == "base64" {
            signer = signer.encoding(SignatureEncoding::Base64);
        }
        let headers = match self.timestamp {
            Some(seconds) => signer.sign_at(&body, seconds),
            None => signer.sign(&body),
        };
        let (timestamp, signature) = (headers.timestamp(), headers.signature());
        let marks = object! { "timestamp": timestamp, "signature": signature };
        let text = format!("{TIMESTAMP_HEADER}: {timestamp}\n{SIGNATURE_HEADER}: {signature}");
        context.output.said(&marks, text)
    }
}

/// The body, byte for byte.
fn body_of(path: &Path) -> Result<Vec<u8>> {
    let cure = "--body: give the path of a file that holds the bytes as they came; `-` is stdin.";
    file::input("--body", path, cure)
}

/// The given secret, or else the API secret.
pub(super) fn secret(given: Option<Secret>, context: &Context) -> Result<Secret> {
    given.map_or_else(|| context.api_secret(), Ok)
}

/// Signs with the given secret, or else the API secret.
pub(super) fn signer(given: Option<Secret>, context: &Context) -> Result<Signer> {
    Signer::new(secret(given, context)?).map_err(|error| refused(&error))
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
    /// The first of the secrets, if one was given.
    pub(super) fn secret(&self) -> Option<Secret> {
        self.secret.first().cloned()
    }

    /// A verifier that takes any of the secrets, or else the API secret.
    pub(super) fn verifier(&self, context: &Context) -> Result<Verifier> {
        let first = Verifier::new(secret(self.secret(), context)?);
        let mut others = self.secret.iter().skip(1).cloned();
        let verifier = first.and_then(|first| others.try_fold(first, Verifier::and_secret));
        let tolerance = self.tolerance.unwrap_or(DEFAULT_TOLERANCE);
        Ok(verifier.map_err(|error| refused(&error))?.tolerance(tolerance))
    }
}

pub(super) fn refused(error: &VerifyError) -> Failure {
    if error.kind() == VerifyErrorKind::EmptySecret {
        let cure = "Give another with --secret, or the API secret.";
        return Failure::configuration("the secret is empty", cure);
    }
    Failure::check(error.kind().as_str(), error.to_string(), error.hint())
}
