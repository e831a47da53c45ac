//! Tracing on stderr.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::{Failure, Result};

/// `RUST_LOG` decides if it is set (`target=level` pairs with commas between), otherwise the number of `-v`.
pub(crate) fn start(verbose: u8) -> Result<()> {
    let wanted = match std::env::var("RUST_LOG") {
        Ok(text) if !text.is_empty() => text,
        _ => match verbose {
            0 => return Ok(()),
            1 => "cryptopocket=debug".to_owned(),
            _ => "cryptopocket=trace,hyper=debug,reqwest=debug".to_owned(),
        },
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
    // A second start is only possible when a test runs two commands in one process.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
    Ok(())
}
