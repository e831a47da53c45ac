//! Options of commands that wait.

use std::time::Duration;

use clap::Args;
use cryptopocket::Schedule;

use crate::duration;
use crate::failure::Result;
use crate::open_word::doubt;

/// How long to wait, and how often to poll.
#[derive(Debug, Args)]
pub(super) struct Patience {
    /// How long to wait at most
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration::parse_positive)]
    pub(super) max_wait: Duration,
    /// Look this often, instead of less and less often
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive)]
    every: Option<Duration>,
}

impl Patience {
    pub(super) fn schedule(&self) -> Option<Schedule> {
        self.every.map(Schedule::every)
    }
}

/// Refuses an unknown status unless `any` is set: a mistyped one never comes, and the wait would run to its limit.
pub(super) fn check_until<S: AsRef<str>>(until: Option<&S>, known: &[S], any: bool) -> Result<()> {
    match until.and_then(|status| doubt("--until", status, known)) {
        Some(doubt) if !any => {
            Err(doubt.refuse("If the provider has a new status of this name, add --any-status."))
        }
        _ => Ok(()),
    }
}
