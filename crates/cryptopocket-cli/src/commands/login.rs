mod questions;
mod terminal;

use clap::Args;
use serde::Serialize;

use self::questions::settle;
use self::terminal::Terminal;
use crate::connection::Context;
use crate::failure::Result;
use crate::profile::{self, ConfigFile};

/// Keep base URL, API key and API secret in a profile, after a successful login
///
/// Asks for what neither flags nor the environment give; the secret is not shown while it is typed. Credentials of the
/// environment are kept only if you agree: when asked, or with --from-env. Only its owner can read the file.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Keep them without a login
    #[arg(long)]
    no_check: bool,
    /// Keep credentials of the environment without being asked
    #[arg(long)]
    from_env: bool,
}

#[derive(Serialize)]
struct LoggedIn {
    profile: String,
    path: String,
    base_url: String,
    checked: bool,
}

impl Login {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut file = ConfigFile::read(profile::config_file()?)?;
        let name = context.profile_name().to_owned();
        let (flags, environment) = (context.flags.clone(), context.environment.clone());
        let person = Terminal::of_this_process();
        let mut access = settle(&name, flags, environment, self.from_env, person)?;
        let client = context.client_with(access.clone())?;
        let base_url = client.session().base_url().to_owned();
        if !self.no_check {
            context.progress("logging in").during(client.login()).await?;
        }
        access.base_url = Some(base_url.clone());
        file.set(&name, &access)?;
        file.write()?;
        let kept = LoggedIn {
            profile: name,
            path: file.path().display().to_string(),
            base_url,
            checked: !self.no_check,
        };
        let checked = if kept.checked {
            "the login succeeded"
        } else {
            "not checked by a login"
        };
        let text = format!(
            "profile {} for {}, {checked}, is in {}",
            kept.profile, kept.base_url, kept.path
        );
        context.output.said(&kept, text)
    }
}
