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
    Quote(commands::quote::Quote),
    Users(commands::users::Users),
    Payments(commands::payments::Payments),
    Offramp(commands::offramp::Offramp),
    Bank(commands::bank::Bank),
    Webhooks(commands::webhooks::Webhooks),
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
