//! The end of commands that serve until they are told to stop.

use tokio::sync::watch;

use crate::failure::{Failure, Result};

/// Completes on Ctrl-C; on Unix also on SIGTERM and SIGHUP. Clones see the same end.
#[derive(Clone)]
pub(super) struct End(watch::Receiver<bool>);

impl End {
    pub(super) fn listen() -> Result<Self> {
        let (tell, told) = watch::channel(false);
        let stop = move || {
            // There is a receiver: this function returns it.
            let _ = tell.send(true);
        };
        ctrlc::set_handler(stop).map_err(|error| {
            Failure::configuration(
                format!("signals cannot be received: {error}"),
                "Check the limits of this machine.",
            )
        })?;
        Ok(Self(told))
    }

    pub(super) async fn reached(&self) {
        // The sender lives as long as the process.
        let _ = self.0.clone().wait_for(|end| *end).await;
    }
}
