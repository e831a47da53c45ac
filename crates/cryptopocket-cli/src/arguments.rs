//! What can be typed after `cryptopocket`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};
use cryptopocket::Secret;

use crate::duration;
use crate::{commands, demo};

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

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Where the API is [default: the provider's sandbox]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "CRYPTOPOCKET_BASE_URL",
        hide_env_values = true
    )]
    pub(crate) base_url: Option<String>,
    /// API key
    #[arg(
        long,
        global = true,
        value_name = "KEY",
        env = "CRYPTOPOCKET_API_KEY",
        hide_env_values = true
    )]
    pub(crate) api_key: Option<Secret>,
    /// API secret; other users of this machine can see it on the command line, so prefer one of the other ways
    #[arg(
        long,
        global = true,
        value_name = "SECRET",
        env = "CRYPTOPOCKET_API_SECRET",
        hide_env_values = true
    )]
    pub(crate) api_secret: Option<Secret>,
    /// File that holds the API secret; `-` is stdin
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) api_secret_file: Option<PathBuf>,
    /// Profile of config.toml, as `cryptopocket login` writes it
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "CRYPTOPOCKET_PROFILE",
        hide_env_values = true
    )]
    pub(crate) profile: Option<String>,
    /// Print JSON: one value, or one a line where results come as a stream
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say on stderr what happens; twice says more (`RUST_LOG` decides if it is set)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// How long one attempt of one call may take, such as 10s [default: 30s]
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse_positive)]
    pub(crate) timeout: Option<Duration>,
    /// Try every call once only
    #[arg(long, global = true)]
    pub(crate) no_retry: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),
    Sandbox(commands::sandbox::Sandbox),
    Login(commands::login::Login),
    Assets(commands::market::Assets),
    Price(commands::market::Price),
    PaymentMethods(commands::market::PaymentMethods),
    Quote(commands::quote::Quote),
    Users(commands::users::Users),
    Payments(commands::payments::Payments),
    Offramp(commands::offramp::Offramp),
    Bank(commands::bank::Bank),
    Webhooks(commands::webhooks::Webhooks),
    Completions(commands::completions::Completions),
    HelpTree(commands::help_tree::HelpTree),
}
