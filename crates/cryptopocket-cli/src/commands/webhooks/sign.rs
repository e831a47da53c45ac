use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cryptopocket::Secret;
use cryptopocket::webhooks::{SIGNATURE_HEADER, SignatureEncoding, Signer, TIMESTAMP_HEADER};
use serde::Serialize;

use super::signature_input::{body_of, refused, secret};
use crate::connection::Context;
use crate::failure::Result;

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
    #[arg(long, value_enum, default_value_t = Encoding::Hex)]
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Encoding {
    Hex,
    Base64,
}

#[derive(Serialize)]
struct Signed<'s> {
    timestamp: &'s str,
    signature: &'s str,
}

impl Sign {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let body = body_of(&self.body)?;
        let secret = secret(self.secret, context)?;
        let signer = Signer::new(secret)
            .map_err(|error| refused(&error))?
            .encoding(match self.encoding {
                Encoding::Hex => SignatureEncoding::Hex,
                Encoding::Base64 => SignatureEncoding::Base64,
            });
        let headers = match self.timestamp {
            Some(seconds) => signer.sign_at(&body, seconds),
            None => signer.sign(&body),
        };
        let marks = Signed {
            timestamp: headers.timestamp(),
            signature: headers.signature(),
        };
        let text = format!(
            "{TIMESTAMP_HEADER}: {}\n{SIGNATURE_HEADER}: {}",
            marks.timestamp, marks.signature
        );
        context.output.said(&marks, text)
    }
}
