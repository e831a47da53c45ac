use clap::Args;
use cryptopocket::onramp::{PaymentFilter, Recovery};
use cryptopocket::{Date, ExternalId, PaymentStatus};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::Result;
use crate::view::{PaymentView, print_items};

/// List payments, page by page until the end
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those in this status
    #[arg(long)]
    status: Option<PaymentStatus>,
    /// Only those with this reference of yours
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// From this day, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// To this day, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl List {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let mut filter = PaymentFilter::new();
        if let Some(status) = self.status {
            filter = filter.status(status);
        }
        if let Some(id) = self.external_id {
            filter = filter.external_id(id);
        }
        if let Some(day) = self.from {
            filter = filter.from(day);
        }
        if let Some(day) = self.to {
            filter = filter.to(day);
        }
        let payments = context.client()?.onramp().payments(filter).items();
        print_items::<_, PaymentView>(context, "listing payments", payments, self.limit).await
    }
}

/// Find the payment whose creation was not answered
///
/// Wait a little longer than the timeout before you trust that there is none: the lost request may still be on its way.
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// Your reference, as it was given when the payment was created
    #[arg(long, value_name = "ID")]
    external_id: ExternalId,
}

#[derive(Serialize)]
struct Recovered {
    external_id: ExternalId,
    found: usize,
    payments: Vec<PaymentView>,
}

impl Recover {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client.onramp().recover(&self.external_id);
        let payments = match context.progress("looking for the payment").during(call).await? {
            Recovery::None => Vec::new(),
            Recovery::One(payment) => vec![PaymentView::from(payment)],
            Recovery::Many(payments) => payments.into_iter().map(PaymentView::from).collect(),
        };
        if context.output.is_json() {
            let external_id = self.external_id;
            return context.output.json(&Recovered {
                external_id,
                found: payments.len(),
                payments,
            });
        }
        match payments.as_slice() {
            [] => context
                .output
                .line("No payment has this external id. It was not created, or it is still on its way."),
            [one] => context.output.one(one),
            many => {
                context
                    .output
                    .line(format!("{} payments have this external id:", many.len()))?;
                context.output.table(many)
            }
        }
    }
}
