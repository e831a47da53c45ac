use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cryptopocket::Secret;
use cryptopocket::webhooks::{DEFAULT_TOLERANCE, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use serde::Serialize;

use super::signature_input::{body_of, refused, secrets, verifier};
use crate::connection::Context;
use crate::duration;
use crate::failure::Result;
use crate::output::{Line, People, line};

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
    /// Secret to verify with; give several while it is being changed [default: the API secret]
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
    fn lines(&self) -> Vec<Line> {
        let age = format!("{} s", self.age_seconds);
        vec![line("verified", Some("yes")), line("age", Some(age))]
    }
}

impl Verify {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let body = body_of(&self.body)?;
        let verifier =
            verifier(secrets(self.secret, context)?)?.tolerance(self.tolerance.unwrap_or(DEFAULT_TOLERANCE));
        let headers = [
            (TIMESTAMP_HEADER, self.timestamp),
            (SIGNATURE_HEADER, self.signature),
        ];
        let given = |(name, value): (_, Option<_>)| value.map(|value| (name, value));
        let headers: Vec<_> = headers.into_iter().filter_map(given).collect();
        let delivery = verifier
            .verify(&headers, &body)
            .map_err(|error| refused(&error))?;
        context.output.one(&Authentic {
            verified: true,
            age_seconds: delivery.age_seconds(),
        })
    }
}
