use clap::Args;
use cryptopocket::onramp::PaymentFilter;
use cryptopocket::{Date, ExternalId, PaymentStatus};

use crate::commands::pages::print_items;
use crate::connection::Context;
use crate::failure::Result;
use crate::open_word::doubt;
use crate::view::PaymentView;

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
            if let Some(doubt) = doubt("--status", &status, PaymentStatus::ALL) {
                doubt.warn();
            }
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
        let payments = context.client()?.onramp().list_payments(filter).items();
        print_items::<_, PaymentView>(context, "listing payments", payments, self.limit).await
    }
}
