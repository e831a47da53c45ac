//! The integration's bank accounts and their transactions.

mod journal;
mod matching;
mod reconcile;

use std::convert::identity;

use clap::Subcommand;
use cryptopocket::Personal;
use cryptopocket::banking::TransactionFilter;

use super::pages::{Days, Limit};
use crate::prelude::*;

#[derive(Debug, Subcommand)]
pub(crate) enum Bank {
    /// List the bank accounts of the integration
    Accounts,
    /// List the transactions of an account, page by page until the end
    Transactions {
        /// The account, as `bank accounts` lists it
        #[arg(value_name = "IBAN")]
        account: Personal,
        #[command(flatten)]
        days: Days,
        #[command(flatten)]
        limit: Limit,
    },
    Reconcile(reconcile::Reconcile),
    Match(Box<matching::Match>),
    Journal(journal::Journal),
}

impl Bank {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Accounts => {
                let client = context.client()?;
                let call = client.banking().list_accounts();
                let accounts = context.read("listing accounts", call).await?;
                context.output.list(&accounts, view::ACCOUNTS)
            }
            Self::Transactions { account, days, limit } => {
                let mut filter = TransactionFilter::new();
                (filter.from, filter.to) = (days.from, days.to);
                let client = context.client()?;
                let list = client.banking().list_transactions(account, filter).items();
                let (limit, label) = (limit.within(days), "listing transactions");
                limit
                    .print(context, label, list, identity, view::TRANSACTIONS)
                    .await
            }
            Self::Reconcile(reconcile) => reconcile.run(context).await,
            Self::Match(matching) => matching.run(context).await,
            Self::Journal(journal) => journal.run(context),
        }
    }
}
