mod questions;
mod terminal;

use clap::Args;
use serde::Serialize;

use self::questions::settle;
use self::terminal::Terminal;
use crate::connection::Context;
use crate::failure::Result;
use crate::output::People;
use crate::profile::{self, ConfigFile, Profile};

/// Keep base URL, API key and API secret in a profile, after a login has shown that they are good
///
/// What is not given by flags or in the environment is asked for; the secret is not shown while it is typed. Credentials
/// of the environment are kept only when you say so: when asked, or with --from-env. The file can be read by its owner
/// only.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Keep them without trying them
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

impl People for LoggedIn {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let checked = if self.checked {
            "yes, the login succeeded"
        } else {
            "no"
        };
        vec![
            ("profile", self.profile.clone()),
            ("file", self.path.clone()),
            ("base URL", self.base_url.clone()),
            ("checked", checked.to_owned()),
        ]
    }
}

impl Login {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut file = ConfigFile::read(profile::config_file()?)?;
        let name = context.profile_name().to_owned();
        let (flags, environment) = (context.flags(), context.environment());
        let access = settle(
            &name,
            flags,
            environment,
            self.from_env,
            Terminal::of_this_process(),
        )?;
        let client = context.client_with(access.clone())?;
        let base_url = client.session().base_url().to_owned();
        if !self.no_check {
            context.progress("logging in").during(client.login()).await?;
        }
        file.set(
            &name,
            &Profile {
                base_url: Some(base_url.clone()),
                ..access
            },
        )?;
        file.write()?;
        context.output.one(&LoggedIn {
            profile: name,
            path: file.path().display().to_string(),
            base_url,
            checked: !self.no_check,
        })
    }
}
