//! The options that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, Args};
use cryptopocket::Secret;

use crate::duration;

/// The options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Base URL of the API [default: the provider's sandbox]
    #[arg(long, global = true, value_name = "URL", env = "CRYPTOPOCKET_BASE_URL")]
    pub(crate) base_url: Option<String>,
    /// API key
    #[arg(long, global = true, value_name = "KEY", env = "CRYPTOPOCKET_API_KEY")]
    pub(crate) api_key: Option<Secret>,
    /// API secret; other users of this machine can read it from the command line, so prefer the other ways
    #[arg(long, global = true, value_name = "SECRET", env = "CRYPTOPOCKET_API_SECRET")]
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
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) profile: Option<String>,
    /// Print JSON: one value, or one a line for lists and waits
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Log to stderr; twice logs more (`RUST_LOG` takes precedence)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Time limit of one attempt of a call, such as 10s [default: 30s]
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse_positive)]
    pub(crate) timeout: Option<Duration>,
    /// Do not retry failed calls
    #[arg(long, global = true)]
    pub(crate) no_retry: bool,
    /// File of choices, as `cryptopocket probe --out` writes it: other paths and names of the API
    #[arg(long, global = true, value_name = "PATH", env = "CRYPTOPOCKET_CHOICES")]
    pub(crate) choices: Option<PathBuf>,
    /// Folder for the shapes of all requests and replies: kinds of values, never a value
    #[arg(long, global = true, value_name = "DIR", env = "CRYPTOPOCKET_RECORD_SHAPES")]
    pub(crate) record_shapes: Option<PathBuf>,
    /// PEM file of certificate authorities to trust besides the system's
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) ca_file: Option<PathBuf>,
}
