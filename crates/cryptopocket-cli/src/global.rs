//! The options that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, Args};

use crate::duration;
use crate::profile::Profile;

/// The options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    #[command(flatten)]
    pub(crate) access: Profile,
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
    /// Folder for the shapes of all requests and replies: kinds of values, never a value
    #[arg(long, global = true, value_name = "DIR", env = "CRYPTOPOCKET_RECORD_SHAPES")]
    pub(crate) record_shapes: Option<PathBuf>,
    /// PEM file of certificate authorities to trust besides the system's
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) ca_file: Option<PathBuf>,
}
