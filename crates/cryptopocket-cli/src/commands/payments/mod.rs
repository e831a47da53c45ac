//! Payments: money in, coins out.

mod create;
mod follow;
mod guided;
mod list;
mod recover;

use clap::{Args, Subcommand};
use cryptopocket::onramp::CreatedPayment;
use cryptopocket::{ExternalId, PaymentId};

use crate::connection::Context;
use crate::failure::Result;
use crate::output;
use crate::view::{CreatedView, Order, PaymentView};

/// Create, read, follow and find payments
#[derive(Debug, Args)]
pub(crate) struct Payments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(create::Create),
    Guided(guided::Guided),
    Get(Get),
    List(list::List),
    Watch(follow::Watch),
    Recover(recover::Recover),
}

/// Read a payment as it stands
#[derive(Debug, Args)]
struct Get {
    /// The payment's id
    #[arg(value_name = "ID")]
    payment: PaymentId,
}

impl Payments {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::Create(create) => create.run(context).await,
            Command::Guided(guided) => guided.run(context).await,
            Command::Get(get) => get.run(context).await,
            Command::List(list) => list.run(context).await,
            Command::Watch(watch) => watch.run(context).await,
            Command::Recover(recover) => recover.run(context).await,
        }
    }
}

impl Get {
    async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client.onramp().payment(&self.payment);
        let payment = context.progress("reading the payment").during(call).await?;
        context.output.one(&PaymentView::from(payment))
    }
}

/// Prints a new payment. One without a reference is pointed out afterwards: a refused one needs none.
fn print_created(
    context: &mut Context,
    created: CreatedPayment,
    order: Order,
    reference: Option<&ExternalId>,
) -> Result<()> {
    let effect = format!("payment {} was created", created.payment_id);
    context.output.done(&CreatedView::new(created, order), &effect)?;
    if reference.is_none() {
        output::note(
            "this payment has no reference of yours: had the answer been lost, `payments recover` could not have \
             found it. Give every payment an --external-id that no other has, such as --external-id order-1.",
        );
    }
    Ok(())
}
