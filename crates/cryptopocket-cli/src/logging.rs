//! Tracing on stderr.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::{Failure, Result};

/// Starts logging as `RUST_LOG` says (`target=level` pairs, separated by commas), or else as many `-v` say.
pub(crate) fn start(verbose: u8) -> Result<()> {
    let wanted = match (std::env::var("RUST_LOG"), verbose) {
        (Ok(text), _) if !text.is_empty() => text,
        // One warning names the fields of a reply that could not be read.
        (_, 0) => "cryptopocket=warn".to_owned(),
        (_, 1) => "cryptopocket=debug".to_owned(),
        _ => "cryptopocket=trace,hyper=debug".to_owned(),
    };
    let targets: Targets = wanted.parse().map_err(|_| {
        Failure::configuration(
            "RUST_LOG cannot be read",
            "Write target=level pairs, such as cryptopocket=debug.",
        )
    })?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // It fails only if this process logs already.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
    Ok(())
}
