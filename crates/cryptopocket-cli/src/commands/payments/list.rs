use clap::Args;
use cryptopocket::onramp::{Payment, PaymentFilter};
use cryptopocket::{Date, ExternalId, PaymentStatus};

use crate::commands::pages::Limit;
use crate::connection::Context;
use crate::failure::Result;
use crate::suggest::warn_if_unknown;
use crate::view::PaymentView;

/// List payments, page by page until the end
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those with this status
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
    #[command(flatten)]
    limit: Limit,
}

impl List {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        if let Some(status) = &self.status {
            warn_if_unknown("--status", status, PaymentStatus::ALL);
        }
        let mut filter = PaymentFilter::new();
        (filter.status, filter.external_id) = (self.status, self.external_id);
        (filter.from, filter.to) = (self.from, self.to);
        let payments = context.client()?.onramp().list_payments(filter).rows();
        self.limit
            .print::<Payment, PaymentView>(context, "listing payments", payments)
            .await
    }
}
