//! The signals that end the program.

use std::sync::OnceLock;

use tokio::sync::watch;

use crate::failure::{Failure, Result};

/// Completes on Ctrl-C; on Unix also on SIGTERM and SIGHUP. Clones see the same end.
#[derive(Clone)]
pub(crate) struct End(watch::Receiver<bool>);

/// A process has one handler of signals.
static END: OnceLock<End> = OnceLock::new();

impl End {
    pub(crate) fn listen() -> Result<Self> {
        if let Some(end) = END.get() {
            return Ok(end.clone());
        }
        let (tell, told) = watch::channel(false);
        let stop = move || {
            // There is a receiver: this function keeps it.
            let _ = tell.send(true);
        };
        ctrlc::set_handler(stop).map_err(|error| {
            Failure::configuration(
                format!("signals cannot be received: {error}"),
                "Check the limits of this machine.",
            )
        })?;
        Ok(END.get_or_init(|| Self(told)).clone())
    }

    pub(crate) async fn reached(&self) {
        // The sender lives as long as the process.
        let _ = self.0.clone().wait_for(|end| *end).await;
    }
}
