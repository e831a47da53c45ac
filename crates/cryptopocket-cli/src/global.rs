//! The options that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};
use cryptopocket::Secret;

use crate::duration;

/// The options that every command takes.
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
