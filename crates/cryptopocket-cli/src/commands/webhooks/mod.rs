//! Subscriptions, and signatures tried by hand.

mod sign;
mod subscribe;
mod verify;

use std::io::Read;
use std::path::Path;

use clap::{Args, Subcommand};
use cryptopocket::Secret;

use crate::connection::Context;
use crate::failure::{Failure, Result};

/// Subscribe to events, and check or make their signatures
#[derive(Debug, Args)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Subscribe(subscribe::Subscribe),
    Update(subscribe::Update),
    Verify(verify::Verify),
    Sign(sign::Sign),
}

impl Webhooks {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::Subscribe(subscribe) => subscribe.run(context).await,
            Command::Update(update) => update.run(context).await,
            Command::Verify(verify) => verify.run(context),
            Command::Sign(sign) => sign.run(context),
        }
    }
}

/// The bytes of a body as they were sent: nothing is trimmed, parsed or printed anew.
fn body_of(path: &Path) -> Result<Vec<u8>> {
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
fn secrets(given: Vec<Secret>, context: &Context) -> Result<Vec<Secret>> {
    if given.is_empty() {
        Ok(vec![context.api_secret()?])
    } else {
        Ok(given)
    }
}
