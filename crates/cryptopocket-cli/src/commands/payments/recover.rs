use std::time::Duration;

use crate::prelude::*;
use clap::Args;
use cryptopocket::onramp::Recovery;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket::{Client, ExternalId, Runtime as _, Timestamp, TokioRuntime};

/// Find the payment whose creation got no answer
///
/// Exit code 0 when exactly one payment has the reference; 8 when several have, or when none has in a list that the
/// provider showed to be whole; 6 when none was found in a list that may not be whole, which proves nothing.
///
/// A lost request may still be at work. Give --lost-at, so that "none" is said only after the grace period: four times
/// --timeout, at least one minute. Without it, wait that long yourself before you trust that there is none.
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// Your reference, as it was given when the payment was created
    #[arg(long, value_name = "ID")]
    external_id: ExternalId,
    /// When the answer was lost, such as 2026-06-20T10:15:30Z; `lost_at` of the failure
    #[arg(long, value_name = "TIME")]
    lost_at: Option<Timestamp>,
}

impl Recover {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let found = context
            .read("looking for the payment", self.look(&client))
            .await?;
        let payments = match found {
            Recovery::None => Vec::new(),
            Recovery::One(payment) => vec![payment],
            Recovery::Many(payments) => payments,
        };
        let payments: Vec<_> = payments.iter().map(view::payment).collect();
        let error = unless_one(payments.len(), self.lost_at.is_some());
        let error = error.map(|failure| failure.answer_to("list_payments"));
        let output = &mut context.output;
        if output.is_json() {
            let found =
                object! { "external_id": self.external_id, "found": payments.len(), "payments": payments };
            output.json(&found.maybe("error", error.as_ref()))?;
        } else {
            match payments.as_slice() {
                [] => {}
                [payment] => output.one(payment, view::PAYMENT)?,
                several => output.table(several, view::PAYMENT)?,
            }
        }
        context.output.end(error)
    }

    /// Looks, and once more after the grace period if there is none before its end.
    async fn look(&self, client: &Client) -> Result<Recovery> {
        let found = client.onramp().recover_payment(&self.external_id).await?;
        let left = self.lost_at.map(|lost_at| {
            // A time ahead of this clock counts as now.
            let since = SystemClock.now().duration_since(lost_at).unwrap_or_default();
            client.session().grace_period().saturating_sub(since)
        });
        match left.filter(|left| *left > Duration::ZERO) {
            Some(left) if found == Recovery::None => {
                TokioRuntime.sleep(left).await;
                Ok(client.onramp().recover_payment(&self.external_id).await?)
            }
            _ => Ok(found),
        }
    }
}

fn unless_one(found: usize, after_grace: bool) -> Option<Failure> {
    let (kind, message, cure) = match found {
        1 => return None,
        0 => (
            "not_found",
            "no payment has this external id, by a list that the provider showed to be whole".to_owned(),
            if after_grace {
                "It was not created, and the lost request is given up: it may be created again."
            } else {
                "It was not created, or the lost request is still at work: look once more with --lost-at before you create it \
                 again."
            },
        ),
        several => (
            "several_found",
            format!("{several} payments have this external id"),
            "The reference was used more than once, or a payment was created twice. Look at each before one is paid.",
        ),
    };
    Some(Failure::check(kind, message, cure))
}
