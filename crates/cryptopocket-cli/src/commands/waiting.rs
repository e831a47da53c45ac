//! Options of commands that wait, and the printing of each new state.

use std::time::Duration;

use clap::Args;
use cryptopocket::{Progress, Schedule, Wait, Waiter};
use serde::Serialize;

use crate::duration;
use crate::prelude::*;
use crate::suggest::doubt;

#[derive(Debug, Args)]
pub(crate) struct Patience {
    /// How long to wait at most
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration::parse_positive)]
    max_wait: Duration,
    /// Poll this often, instead of less and less often
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive)]
    every: Option<Duration>,
}

impl Patience {
    pub(super) fn start<T: Progress + Send + 'static>(&self, waiter: Waiter<T>) -> Wait<T> {
        let take = |waiter: Waiter<T>, pause| waiter.schedule(Schedule::every(pause));
        let waiter = set(waiter, self.every, take);
        waiter.max_wait(self.max_wait)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// Stop at this status or a later one [default: the final one]
    #[arg(long, value_name = "STATUS")]
    until: Option<String>,
    /// Accept a status for --until that this version does not know
    #[arg(long, requires = "until")]
    any_status: bool,
    #[command(flatten)]
    patience: Patience,
}

impl Follow {
    /// The status of `--until`. A mistyped one would never come, and the wait would run to its limit.
    fn until<S: AsRef<str> + From<String>>(&self, known: &[S]) -> Result<Option<S>> {
        let Some(status) = self.until.clone().map(S::from) else {
            return Ok(None);
        };
        match doubt("--until", &status, known) {
            Some(mut doubt) if !self.any_status => {
                let permit = " If the provider has a new status of this name, add --any-status.";
                doubt.hint.push_str(permit);
                Err(doubt)
            }
            _ => Ok(Some(status)),
        }
    }

    /// Prints the object that `operation` reads, each time that its state changes.
    pub(super) async fn print<T, V>(
        &self,
        context: &mut Context,
        operation: &str,
        mut waiter: Waiter<T>,
        known: &[T::State],
        form: impl Fn(T) -> V,
        view: View,
    ) -> Result<()>
    where
        T: Progress + Send + 'static,
        T::State: From<String>,
        V: Serialize,
    {
        waiter = set(waiter, self.until(known)?, Waiter::until);
        let progress = context.progress("waiting");
        let mut wait = self.patience.start(waiter);
        while let Some(seen) = progress.during(wait.next()).await {
            let seen = seen.map_err(|error| Failure::of_wait(error, operation, known))?;
            context.output.state(&form(seen), view)?;
        }
        Ok(())
    }
}
