//! The command line: global options and commands.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::global::Global;

/// Buy and sell crypto through CryptoPocket: payments, off-ramps, customers, banking and webhooks.
///
/// Try `cryptopocket demo`: it needs no account and no network.
#[derive(Debug, Parser)]
#[command(
    name = "cryptopocket",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::Demo),
    Sandbox(commands::sandbox::Sandbox),
    Login(commands::login::Login),
    Api(commands::api::Api),
    Probe(commands::probe::Probe),
    Assets(commands::market::Assets),
    Price(commands::market::Price),
    PaymentMethods(commands::market::PaymentMethods),
    /// Ask what an amount would buy or bring; nothing is reserved
    #[command(subcommand)]
    Quote(commands::quote::Quote),
    /// Create and find customers, and follow their identity checks
    #[command(subcommand)]
    Users(commands::users::Users),
    /// Create, read, follow and find payments
    #[command(subcommand)]
    Payments(commands::payments::Payments),
    /// Sell coins for money on a bank account
    #[command(subcommand)]
    Offramp(commands::offramp::Offramp),
    /// List bank accounts and transactions, and reconcile credits with payments
    #[command(subcommand)]
    Bank(commands::bank::Bank),
    /// Subscribe to events, and receive, forward, sign and verify them
    #[command(subcommand)]
    Webhooks(commands::webhooks::Webhooks),
    /// Look after an inbox of webhooks: counts, dead letters, quarantine
    #[command(subcommand)]
    Inbox(commands::inbox::Inbox),
    Doctor(commands::doctor::Doctor),
    Completions(commands::completions::Completions),
    HelpTree(commands::help_tree::HelpTree),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::coverage::COMMANDS;

    #[test]
    fn every_command_of_the_coverage_table_exists() {
        for (operation, words) in COMMANDS {
            let root = Arguments::command();
            let found = words
                .split(' ')
                .try_fold(&root, |command, word| command.find_subcommand(word));
            assert!(found.is_some(), "{operation}: `{words}` is no command");
        }
    }
}
