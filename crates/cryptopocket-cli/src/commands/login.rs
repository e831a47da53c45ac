//! Keeping credentials in a profile.

use std::io::{BufRead, ErrorKind, IsTerminal, Write};

use clap::Args;

use cryptopocket::SANDBOX_BASE_URL;

use crate::prelude::*;
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
        let (flags, given) = (context.flags.clone(), context.given.clone());
        let has_terminal = std::io::stdin().is_terminal();
        let ask = has_terminal.then_some(ask_terminal);
        let mut access = settle(&name, &flags, given, self.from_env, ask)?;
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

/// The settings to keep in the profile `name`: those of `flags`, then those that the environment adds in `given`, then the
/// answers to questions, if there is a person to ask.
///
/// Programs inherit the credentials of their environment, often by accident, so keeping these in a file needs consent.
pub(super) fn settle(
    name: &str,
    flags: &Profile,
    mut given: Profile,
    from_env: bool,
    ask: Option<impl FnMut(&str, bool) -> Result<String>>,
) -> Result<Profile> {
    let inherited = [
        (&flags.api_key, &given.api_key, "CRYPTOPOCKET_API_KEY"),
        (&flags.api_secret, &given.api_secret, "CRYPTOPOCKET_API_SECRET"),
    ];
    let inherited = inherited.map(|(flag, given, name)| (flag.is_none() && given.is_some()).then_some(name));
    let inherited = inherited.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    let needs_consent = !inherited.is_empty() && !from_env;
    let Some(mut ask) = ask else {
        if needs_consent {
            return Err(Failure::usage(
                format!("{inherited}: credentials of the environment are kept only with consent"),
                "Add --from-env to keep them, or give --api-key and --api-secret-file.",
            ));
        }
        if given.api_key.is_none() || given.api_secret.is_none() {
            return Err(Failure::configuration(
                "stdin is no terminal to ask for the API key and the API secret at",
                "Give both, by --api-key and --api-secret-file, or by the environment with --from-env.",
            ));
        }
        return Ok(given);
    };
    if needs_consent {
        let question = format!("Keep {inherited} of the environment in profile {name}? [y/N]: ");
        if !matches!(ask(&question, true)?.to_ascii_lowercase().as_str(), "y" | "yes") {
            (given.api_key, given.api_secret) = (flags.api_key.clone(), flags.api_secret.clone());
        }
    }
    if given.base_url.is_none() {
        let typed = ask(&format!("Base URL [{SANDBOX_BASE_URL}]: "), true)?;
        let url = if typed.is_empty() {
            SANDBOX_BASE_URL.to_owned()
        } else {
            typed
        };
        given.base_url = Some(url);
    }
    if given.api_key.is_none() {
        given.api_key = Some(ask("API key: ", true)?.into());
    }
    if given.api_secret.is_none() {
        given.api_secret = Some(ask("API secret (not shown): ", false)?.into());
    }
    Ok(given)
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
    let read = write!(stderr, "{question}")
        .and_then(|()| stderr.flush())
        .and_then(|()| std::io::stdin().lock().read_line(&mut line));
    match read.map_err(no_answer)? {
        0 => Err(no_answer(ErrorKind::UnexpectedEof.into())),
        _ => Ok(line.trim().to_owned()),
    }
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

    fn asked(flags: &Profile, answers: &[&str]) -> (Profile, Vec<String>) {
        let (mut answers, mut questions) = (answers, Vec::new());
        let ask = answering(&mut answers, &mut questions);
        let given = flags.clone().or(environment());
        let kept = settle("shop", flags, given, false, Some(ask)).unwrap();
        assert!(answers.is_empty(), "{answers:?}");
        (kept, questions)
    }

    #[test]
    fn environment_credentials_are_kept_after_consent() {
        let (kept, questions) = asked(&Profile::default(), &["y"]);
        assert_eq!(kept, environment());
        assert_eq!(
            questions,
            [
                "Keep CRYPTOPOCKET_API_KEY and CRYPTOPOCKET_API_SECRET of the environment in profile shop? [y/N]: "
            ]
        );
        let (kept, questions) = asked(&profile(None, Some("k"), None), &["YES"]);
        assert_eq!(kept.api_key, Some("k".into()));
        assert!(
            questions[0].starts_with("Keep CRYPTOPOCKET_API_SECRET of"),
            "{questions:?}"
        );
    }

    #[test]
    fn without_consent_credentials_are_asked_for() {
        for no in ["", "n", "what?"] {
            let (kept, questions) = asked(&Profile::default(), &[no, "k", "s"]);
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
        let (kept, questions) = asked(&flags, &[]);
        assert_eq!((kept.api_key, questions.len()), (Some("k".into()), 0));
        let nobody = None::<fn(&str, bool) -> Result<String>>;
        let kept = settle("shop", &Profile::default(), environment(), true, nobody).unwrap();
        assert_eq!(kept, environment());
    }

    #[test]
    fn default_base_url_is_the_shown_one() {
        let (mut answers, mut questions): (&[&str], _) = (&["", "k", "s"], Vec::new());
        let ask = answering(&mut answers, &mut questions);
        let kept = settle("shop", &Profile::default(), Profile::default(), false, Some(ask)).unwrap();
        assert_eq!(kept, profile(Some(SANDBOX_BASE_URL), Some("k"), Some("s")));
    }
}
