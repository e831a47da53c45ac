//! The integration's bank accounts, and what arrives on them.

mod matching;
mod pair;
mod reconcile;

use clap::{Args, Subcommand};
use cryptopocket::banking::TransactionFilter;
use cryptopocket::{Date, Personal};

use crate::connection::Context;
use crate::failure::Result;
use crate::view::{AccountView, TransactionView, print_items};

/// Look at bank accounts, and tie credits to payments
#[derive(Debug, Args)]
pub(crate) struct Bank {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Accounts(Accounts),
    Transactions(Transactions),
    Reconcile(reconcile::Reconcile),
    Match(matching::Match),
}

/// List the bank accounts of the integration
#[derive(Debug, Args)]
struct Accounts {}

/// List what moved on an account, page by page until the end
#[derive(Debug, Args)]
struct Transactions {
    /// The account, as `bank accounts` lists it
    #[arg(value_name = "IBAN")]
    account: Personal,
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

impl Bank {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::Accounts(Accounts {}) => {
                let client = context.client()?;
                let accounts = context
                    .progress("listing accounts")
                    .during(client.banking().list_accounts())
                    .await?;
                let views: Vec<_> = accounts.into_iter().map(AccountView::from).collect();
                context.output.list(&views)
            }
            Command::Transactions(query) => {
                let mut filter = TransactionFilter::new();
                (filter.from, filter.to) = (query.from, query.to);
                let list = context
                    .client()?
                    .banking()
                    .list_transactions(query.account, filter);
                print_items::<_, TransactionView>(context, "listing transactions", list.items(), query.limit)
                    .await
            }
            Command::Reconcile(pair) => pair.run(context).await,
            Command::Match(matching) => matching.run(context).await,
        }
    }
}
