use clap::Args;
use cryptopocket::{PaymentId, PaymentStatus};

use crate::commands::waiting::{Patience, check_until};
use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::view::PaymentView;

/// Follow a payment to its end, or to a status on the way
///
/// Prints the payment each time its status changes. Exit code 7 when the time is up; nothing is lost then.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The payment's id
    #[arg(value_name = "ID")]
    payment: PaymentId,
    /// End at this status, or at a later one [default: the final one]
    #[arg(long, value_name = "STATUS")]
    until: Option<PaymentStatus>,
    /// Take a status for --until that this version does not know
    #[arg(long, requires = "until")]
    any_status: bool,
    #[command(flatten)]
    patience: Patience,
}

impl Watch {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        check_until(self.until.as_ref(), PaymentStatus::ALL, self.any_status)?;
        let mut wait = context.client()?.onramp().wait_payment(&self.payment);
        if let Some(status) = self.until {
            wait = wait.until(status);
        }
        if let Some(schedule) = self.patience.schedule() {
            wait = wait.schedule(schedule);
        }
        let progress = context.progress("waiting for the payment");
        let mut wait = wait.max_wait(self.patience.max_wait);
        while let Some(seen) = progress.during(wait.next()).await {
            let payment = PaymentView::from(seen.map_err(|error| {
                Failure::of_wait(error, "get_payment", |state| {
                    PaymentStatus::from(state).is_known()
                })
            })?);
            if context.output.is_json() {
                context.output.json(&payment)?;
            } else {
                context.output.line(payment.state())?;
            }
        }
        Ok(())
    }
}
