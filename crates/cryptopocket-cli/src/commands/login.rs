//! Keeping credentials in a profile.

use std::io::{BufRead, ErrorKind, IsTerminal, Write};

use clap::Args;

use cryptopocket::SANDBOX_BASE_URL;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::object;
use crate::profile::{self, ConfigFile, Profile};

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

impl Login {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut file = ConfigFile::read(profile::config_file()?)?;
        let name = context.profile_name().to_owned();
        let (flags, environment) = (context.flags.clone(), context.environment.clone());
        let has_terminal = std::io::stdin().is_terminal();
        let ask = has_terminal.then_some(ask_terminal);
        let mut access = settle(&name, flags, environment, self.from_env, ask)?;
        let client = context.client_with(access.clone())?;
        let base_url = client.session().base_url().to_owned();
        if !self.no_check {
            context.progress("logging in").during(client.login()).await?;
        }
        access.base_url = Some(base_url.clone());
        file.set(&name, &access)?;
        file.write()?;
        let (path, checked) = (file.path().display(), !self.no_check);
        let how = if checked {
            "the login succeeded"
        } else {
            "not checked by a login"
        };
        let text = format!("profile {name} for {base_url}, {how}, is in {path}");
        let kept = object! {
            "profile": name,
            "path": path.to_string(),
            "base_url": base_url,
            "checked": checked,
        };
        context.output.said(&kept, text)
    }
}

/// The settings to keep in the profile `name`: flags, then the environment, then the answers to questions, if there is a person to ask.
///
/// Programs inherit the credentials of their environment, often by accident, so keeping these in a file needs consent.
pub(super) fn settle(
    name: &str,
    flags: Profile,
    mut environment: Profile,
    from_env: bool,
    mut ask: Option<impl FnMut(&str, bool) -> Result<String>>,
) -> Result<Profile> {
    let inherited = inherited(&flags, &environment);
    if !inherited.is_empty() && !from_env {
        let Some(ask) = &mut ask else {
            return Err(Failure::usage(
                format!("{inherited}: credentials of the environment are kept only with consent"),
                "Add --from-env to keep them, or give --api-key and --api-secret-file.",
            ));
        };
        let question = format!("Keep {inherited} of the environment in profile {name}? [y/N]: ");
        let answer = ask(&question, true)?;
        if !matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") {
            (environment.api_key, environment.api_secret) = (None, None);
        }
    }
    let given = flags.or(environment);
    match ask {
        Some(ask) => complete(given, ask),
        None if given.api_key.is_none() || given.api_secret.is_none() => Err(Failure::configuration(
            "stdin is no terminal to ask for the API key and the API secret at",
            "Give both, by --api-key and --api-secret-file, or by the environment with --from-env.",
        )),
        None => Ok(given),
    }
}

/// The variables whose values would be kept.
fn inherited(flags: &Profile, environment: &Profile) -> String {
    let key = flags.api_key.is_none() && environment.api_key.is_some();
    let secret = flags.api_secret.is_none() && environment.api_secret.is_some();
    let names = [
        key.then_some("CRYPTOPOCKET_API_KEY"),
        secret.then_some("CRYPTOPOCKET_API_SECRET"),
    ];
    names.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn complete(mut access: Profile, mut ask: impl FnMut(&str, bool) -> Result<String>) -> Result<Profile> {
    if access.base_url.is_none() {
        let typed = ask(&format!("Base URL [{SANDBOX_BASE_URL}]: "), true)?;
        let url = Some(typed).filter(|typed| !typed.is_empty());
        access.base_url = Some(url.unwrap_or_else(|| SANDBOX_BASE_URL.to_owned()));
    }
    if access.api_key.is_none() {
        access.api_key = Some(ask("API key: ", true)?.into());
    }
    if access.api_secret.is_none() {
        access.api_secret = Some(ask("API secret (not shown): ", false)?.into());
    }
    Ok(access)
}

/// Asks at the terminal of this process. What is typed is shown unless it is secret.
fn ask_terminal(question: &str, is_shown: bool) -> Result<String> {
    let no_answer = |error: std::io::Error| {
        Failure::configuration(
            format!("the terminal gave no answer: {}", error.kind()),
            "Give the values by flags or in the environment.",
        )
    };
    if !is_shown {
        return rpassword::prompt_password(question).map_err(no_answer);
    }
    let mut stderr = std::io::stderr().lock();
    let mut line = String::new();
    stderr
        .write_all(question.as_bytes())
        .and_then(|()| stderr.flush())
        .and_then(|()| std::io::stdin().lock().read_line(&mut line))
        .and_then(|read| {
            if read == 0 {
                Err(ErrorKind::UnexpectedEof.into())
            } else {
                Ok(())
            }
        })
        .map_err(no_answer)?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use cryptopocket::Secret;

    use super::*;

    /// Answers in turn, and keeps the questions.
    fn answering(
        answers: &mut &[&str],
        questions: &mut Vec<String>,
    ) -> impl FnMut(&str, bool) -> Result<String> {
        |question: &str, _| {
            let (first, rest) = answers.split_first().expect("one question less");
            *answers = rest;
            questions.push(question.to_owned());
            Ok((*first).to_owned())
        }
    }

    fn profile(base_url: Option<&str>, key: Option<&str>, secret: Option<&str>) -> Profile {
        Profile {
            base_url: base_url.map(str::to_owned),
            api_key: key.map(Secret::from),
            api_secret: secret.map(Secret::from),
            choices: None,
        }
    }

    fn environment() -> Profile {
        profile(
            Some("https://env.example/api"),
            Some("env-key"),
            Some("env-secret"),
        )
    }

    fn asked(flags: Profile, answers: &[&str]) -> (Profile, Vec<String>) {
        let (mut answers, mut questions) = (answers, Vec::new());
        let ask = answering(&mut answers, &mut questions);
        let kept = settle("shop", flags, environment(), false, Some(ask)).unwrap();
        assert!(answers.is_empty(), "{answers:?}");
        (kept, questions)
    }

    #[test]
    fn environment_credentials_are_kept_after_consent() {
        let (kept, questions) = asked(Profile::default(), &["y"]);
        assert_eq!(kept, environment());
        assert_eq!(
            questions,
            [
                "Keep CRYPTOPOCKET_API_KEY and CRYPTOPOCKET_API_SECRET of the environment in profile shop? [y/N]: "
            ]
        );
        let (kept, questions) = asked(profile(None, Some("k"), None), &["YES"]);
        assert_eq!(kept.api_key, Some("k".into()));
        assert!(
            questions[0].starts_with("Keep CRYPTOPOCKET_API_SECRET of"),
            "{questions:?}"
        );
    }

    #[test]
    fn without_consent_credentials_are_asked_for() {
        for no in ["", "n", "what?"] {
            let (kept, questions) = asked(Profile::default(), &[no, "k", "s"]);
            assert_eq!(
                kept,
                profile(Some("https://env.example/api"), Some("k"), Some("s"))
            );
            assert_eq!(questions.len(), 3);
        }
    }

    #[test]
    fn flags_and_from_env_need_no_consent() {
        let flags = profile(None, Some("k"), Some("s"));
        let (kept, questions) = asked(flags, &[]);
        assert_eq!((kept.api_key, questions.len()), (Some("k".into()), 0));
        let nobody = None::<fn(&str, bool) -> Result<String>>;
        let kept = settle("shop", Profile::default(), environment(), true, nobody).unwrap();
        assert_eq!(kept, environment());
    }

    #[test]
    fn default_base_url_is_the_shown_one() {
        let (mut answers, mut questions): (&[&str], _) = (&["", "k", "s"], Vec::new());
        let ask = answering(&mut answers, &mut questions);
        let (flags, environment) = (Profile::default(), Profile::default());
        let kept = settle("shop", flags, environment, false, Some(ask)).unwrap();
        assert_eq!(kept, profile(Some(SANDBOX_BASE_URL), Some("k"), Some("s")));
    }
}
