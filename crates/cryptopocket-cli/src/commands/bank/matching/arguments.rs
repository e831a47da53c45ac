//! The arguments of `bank match`.

use std::path::PathBuf;

use clap::Args;
use cryptopocket::{Money, Personal};

/// Find which credit pays which payment
///
/// Reads payments and transactions, and decides for each payment: confirmed, suggested, ambiguous, partial, over, split or
/// none, with the reasons. Files are JSON arrays, JSON lines or CSV with the fields that `payments list --json` and `bank
/// transactions --json` print; payments also have the `concept` that only their creation told, and may have `payer_name`
/// and `payer_iban`. Transactions
/// may also be camt.053 or MT940. Rows that cannot be read are listed with line and reason, and the rest is matched.
/// Nothing is posted without --apply, and --apply posts confirmed matches only.
#[derive(Debug, Args)]
pub(crate) struct Match {
    /// The account whose transactions are read from the provider
    #[arg(
        long,
        required_unless_present = "transactions",
        conflicts_with = "transactions"
    )]
    pub(super) iban: Option<Personal>,
    /// Files of transactions
    #[arg(long, value_name = "FILE")]
    pub(super) transactions: Vec<PathBuf>,
    /// Files of payments [default with --iban: the payments at the provider, whose concepts it does not tell]
    #[arg(long, value_name = "FILE", required_unless_present = "iban")]
    pub(super) payments: Vec<PathBuf>,
    /// Rules of matching, as JSON; what is left out keeps its safe default
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// Print the reasons of every decision
    #[arg(long)]
    pub(super) explain: bool,
    /// Write a page for a clerk, with names and texts, to sort and filter
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// The balance before the transactions, as `1000.00 EUR`: with --closing, they must add up, or the exit code is 8
    #[arg(long, value_name = "MONEY", requires = "closing")]
    pub(super) opening: Option<Money>,
    /// The balance after the transactions
    #[arg(long, value_name = "MONEY", requires = "opening")]
    pub(super) closing: Option<Money>,
    /// The audit log: what it says was decided stands, and what is posted is written to it
    #[arg(long, value_name = "FILE")]
    pub(super) journal: Option<PathBuf>,
    /// Post the confirmed matches, each written to the journal before its call; run it again to go on after a crash
    #[arg(long, requires = "journal")]
    pub(super) apply: bool,
    /// With --apply: print what would be posted
    #[arg(long, requires = "apply")]
    pub(super) dry_run: bool,
    /// At most so many calls a minute
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) per_minute: u32,
    /// Who posts, for the journal
    #[arg(long, value_name = "NAME", default_value = "bank match")]
    pub(super) by: String,
}
