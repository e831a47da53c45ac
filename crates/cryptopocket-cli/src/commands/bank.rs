//! The integration's bank accounts, and what arrives on them.

use clap::{Args, Subcommand};
use cryptopocket::{Date, PaymentId, Personal, TransactionId};

use crate::connection::Context;
use crate::failure::Result;
use crate::view::{AccountView, ReconciledView, TransactionView, print_items};

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
    Reconcile(Reconcile),
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

/// Tie a credit to the payment that it pays
#[derive(Debug, Args)]
struct Reconcile {
    /// The payment
    #[arg(long, value_name = "ID")]
    payment: PaymentId,
    /// The credit
    #[arg(long, value_name = "ID")]
    transaction: TransactionId,
    /// The account that the credit is on
    #[arg(long)]
    iban: Option<Personal>,
}

impl Bank {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let banking = client.banking();
        match self.command {
            Command::Accounts(Accounts {}) => {
                let accounts = context
                    .progress("listing accounts")
                    .during(banking.accounts())
                    .await?;
                let views: Vec<_> = accounts.into_iter().map(AccountView::from).collect();
                context.output.list(&views)
            }
            Command::Transactions(query) => {
                let mut list = banking.transactions(query.account);
                if let Some(day) = query.from {
                    list = list.from(day);
                }
                if let Some(day) = query.to {
                    list = list.to(day);
                }
                print_items::<_, TransactionView>(context, "listing transactions", list.items(), query.limit)
                    .await
            }
            Command::Reconcile(pair) => {
                let progress = context.progress("reconciling");
                let (payment, transaction) = (&pair.payment, &pair.transaction);
                let reconciled = match pair.iban {
                    Some(iban) => {
                        progress
                            .during(banking.reconcile_in(iban, payment, transaction))
                            .await?
                    }
                    None => progress.during(banking.reconcile(payment, transaction)).await?,
                };
                let effect = format!(
                    "payment {} was tied to transaction {}",
                    reconciled.payment_id, reconciled.transaction_id
                );
                context.output.done(&ReconciledView::from(reconciled), &effect)
            }
        }
    }
}
