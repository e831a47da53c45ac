use std::path::PathBuf;

use clap::Args;
use cryptopocket::webhooks::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
use serde::Serialize;

use super::signature_input::{Verification, body_of, refused};
use crate::connection::Context;
use crate::failure::Result;

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

#[derive(Serialize)]
struct Authentic {
    verified: bool,
    age_seconds: i64,
}

impl Verify {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let body = body_of(&self.body)?;
        let verifier = self.verification.verifier(context)?;
        let headers = [
            (TIMESTAMP_HEADER, self.timestamp),
            (SIGNATURE_HEADER, self.signature),
        ];
        let given = |(name, value): (_, Option<_>)| value.map(|value| (name, value));
        let headers: Vec<_> = headers.into_iter().filter_map(given).collect();
        let delivery = verifier
            .verify(&headers, &body)
            .map_err(|error| refused(&error))?;
        let age_seconds = delivery.age_seconds();
        let authentic = Authentic {
            verified: true,
            age_seconds,
        };
        context
            .output
            .said(&authentic, format!("verified; signed {age_seconds} s ago"))
    }
}
