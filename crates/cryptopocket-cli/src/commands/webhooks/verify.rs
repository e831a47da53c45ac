use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cryptopocket::Secret;
use cryptopocket::webhooks::{DEFAULT_TOLERANCE, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verifier, VerifyError};
use serde::Serialize;

use super::given::{body_of, secrets};
use crate::connection::Context;
use crate::duration;
use crate::failure::{Failure, Result};
use crate::output::People;

/// Check the signature of a webhook
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
    /// Secret to check with; several while it is being changed [default: the API secret]
    #[arg(long, value_name = "SECRET")]
    secret: Vec<Secret>,
    /// How far the clocks may differ [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    tolerance: Option<Duration>,
}

#[derive(Serialize)]
struct Authentic {
    verified: bool,
    age_seconds: i64,
}

impl People for Authentic {
    fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("verified", "yes".to_owned()),
            ("age", format!("{} s", self.age_seconds)),
        ]
    }
}

impl Verify {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let body = body_of(&self.body)?;
        let mut secrets = secrets(self.secret, context)?.into_iter();
        let first = secrets.next().unwrap_or_else(|| Secret::from(""));
        let verifier = Verifier::new(first)
            .map_err(|error| refused(&error))?
            .tolerance(self.tolerance.unwrap_or(DEFAULT_TOLERANCE));
        let verifier = secrets
            .try_fold(verifier, Verifier::and_secret)
            .map_err(|error| refused(&error))?;

        let headers: Vec<_> = [
            (TIMESTAMP_HEADER, self.timestamp),
            (SIGNATURE_HEADER, self.signature),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        let delivery = verifier
            .verify(&headers, &body)
            .map_err(|error| refused(&error))?;
        context.output.one(&Authentic {
            verified: true,
            age_seconds: delivery.age_seconds(),
        })
    }
}

pub(super) fn refused(error: &VerifyError) -> Failure {
    Failure::check(error.kind().as_str(), error.to_string(), error.hint())
}
