//! Payments: money in, coins out.

mod create;
mod follow;
mod guided;
mod list;
mod print;
mod recover;

use clap::{Args, Subcommand};
use cryptopocket::PaymentId;

use crate::connection::Context;
use crate::failure::Result;
use crate::view::PaymentView;

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
