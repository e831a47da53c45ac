//! One module a command.

pub(crate) mod bank;
pub(crate) mod completions;
pub(crate) mod help_tree;
pub(crate) mod login;
pub(crate) mod market;
pub(crate) mod offramp;
pub(crate) mod payments;
pub(crate) mod quote;
pub(crate) mod sandbox;
pub(crate) mod users;
pub(crate) mod webhooks;

use std::convert::Infallible;
use std::time::Duration;

use clap::Args;
use cryptopocket::{PaymentType, Schedule};

use crate::duration;
use crate::failure;
use crate::open_word::doubt;

/// Reads a way to pay. The known ones are taken in any case, since the provider itself spells them in both.
#[allow(clippy::unnecessary_wraps, reason = "clap asks for a result")]
fn payment_type(text: &str) -> Result<PaymentType, Infallible> {
    let known = PaymentType::ALL
        .iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(text));
    Ok(known.cloned().unwrap_or_else(|| PaymentType::from(text)))
}

/// Points out a way to pay that looks mistyped; more of them are on offer than this version knows.
fn doubt_payment_type(kind: &PaymentType) {
    if let Some(doubt) = doubt("--payment-type", kind, PaymentType::ALL) {
        doubt.warn_if_near();
    }
}

/// A mistyped status would never come, and the wait would go on to its limit.
fn check_until<S: AsRef<str>>(until: Option<&S>, known: &[S], any: bool) -> failure::Result<()> {
    match until.and_then(|status| doubt("--until", status, known)) {
        Some(doubt) if !any => {
            Err(doubt.refuse("If the provider has a new status of this name, add --any-status."))
        }
        _ => Ok(()),
    }
}

/// How long to wait, and how often to look.
#[derive(Debug, Args)]
struct Patience {
    /// How long to wait at most
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration::parse_positive)]
    max_wait: Duration,
    /// Look this often, instead of less and less often
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive)]
    every: Option<Duration>,
}

impl Patience {
    fn schedule(&self) -> Option<Schedule> {
        self.every.map(Schedule::every)
    }
}
