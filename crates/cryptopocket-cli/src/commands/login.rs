use std::io::{BufRead, IsTerminal, Write};

use clap::Args;
use cryptopocket::SANDBOX_BASE_URL;
use cryptopocket::Secret;
use serde::Serialize;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::People;
use crate::profile::{self, ConfigFile, Profile};

/// Keep base URL, API key and API secret in a profile, after a login has shown that they are good
///
/// What is not given by flags or in the environment is asked for; the secret is not shown while it is typed. The file
/// can be read by its owner only.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Keep them without trying them
    #[arg(long)]
    no_check: bool,
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
        let access = ask(context.typed())?;
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

/// Asks for what is missing, if somebody is there to answer.
fn ask(mut access: Profile) -> Result<Profile> {
    if !std::io::stdin().is_terminal() {
        return Ok(access);
    }
    if access.base_url.is_none() {
        let typed = prompt(&format!("Base URL [{SANDBOX_BASE_URL}]: "))?;
        access.base_url = (!typed.is_empty()).then_some(typed);
    }
    if access.api_key.is_none() {
        access.api_key = Some(prompt("API key: ")?.into());
    }
    if access.api_secret.is_none() {
        let typed =
            rpassword::prompt_password("API secret (not shown): ").map_err(|error| no_answer(&error))?;
        access.api_secret = Some(Secret::from(typed));
    }
    Ok(access)
}

fn prompt(question: &str) -> Result<String> {
    let mut stderr = std::io::stderr().lock();
    let asked = stderr
        .write_all(question.as_bytes())
        .and_then(|()| stderr.flush());
    let mut line = String::new();
    asked
        .and_then(|()| std::io::stdin().lock().read_line(&mut line))
        .map_err(|error| no_answer(&error))?;
    Ok(line.trim().to_owned())
}

fn no_answer(error: &std::io::Error) -> Failure {
    Failure::configuration(
        format!("no answer came from the terminal: {}", error.kind()),
        "Give the values by flags or in the environment.",
    )
}
