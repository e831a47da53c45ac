//! Payments: money in, coins out.

mod create;
mod recover;

use clap::Subcommand;
use cryptopocket::onramp::PaymentFilter;
use cryptopocket::{ExternalId, PaymentId, PaymentStatus};

use super::pages::{Days, Limit};
use super::waiting::Follow;
use crate::prelude::*;
use crate::suggest::warn_if_unknown;

#[derive(Debug, Subcommand)]
pub(crate) enum Payments {
    Create(create::Create),
    Guided(create::Guided),
    /// Read a payment
    Get {
        /// The payment's id
        #[arg(value_name = "ID")]
        payment: PaymentId,
    },
    /// List payments, page by page until the end
    List {
        /// Only those with this status
        #[arg(long)]
        status: Option<PaymentStatus>,
        /// Only those with this reference of yours
        #[arg(long, value_name = "ID")]
        external_id: Option<ExternalId>,
        #[command(flatten)]
        days: Days,
        #[command(flatten)]
        limit: Limit,
    },
    /// Follow a payment to its final status, or to an earlier one
    ///
    /// Prints the payment each time its status changes. Exit code 7 when the time is up; nothing is lost then.
    Watch {
        /// The payment's id
        #[arg(value_name = "ID")]
        payment: PaymentId,
        #[command(flatten)]
        follow: Follow,
    },
    Recover(recover::Recover),
}

impl Payments {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::Guided(guided) => guided.run(context).await,
            Self::Get { payment } => {
                let client = context.client()?;
                let call = client.onramp().payment(&payment);
                let payment = context.read("reading the payment", call).await?;
                context.output.one(&view::payment(&payment), view::PAYMENT)
            }
            Self::List {
                status,
                external_id,
                days,
                limit,
            } => {
                if let Some(status) = &status {
                    warn_if_unknown("--status", status, PaymentStatus::ALL);
                }
                let mut filter = PaymentFilter::new();
                (filter.status, filter.external_id) = (status, external_id);
                (filter.from, filter.to) = (days.from, days.to);
                let payments = context.client()?.onramp().list_payments(filter).items();
                let form = |payment| view::payment(&payment);
                let (limit, label) = (limit.within(days), "listing payments");
                limit.print(context, label, payments, form, view::PAYMENT).await
            }
            Self::Watch { payment, follow } => {
                let waiter = context.client()?.onramp().wait_payment(&payment);
                let form = |payment| view::payment(&payment);
                let (known, view) = (PaymentStatus::ALL, view::PAYMENT_STATE);
                follow
                    .print(context, "get_payment", waiter, known, form, view)
                    .await
            }
            Self::Recover(recover) => recover.run(context).await,
        }
    }
}
