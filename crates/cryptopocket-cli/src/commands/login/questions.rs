//! The questions of a login.

use cryptopocket::{SANDBOX_BASE_URL, Secret};

use crate::failure::{Failure, Result};
use crate::profile::Profile;

/// A person who can be asked.
pub(super) trait Person {
    fn ask(&mut self, question: &str) -> Result<String>;

    /// Asks without showing the answer.
    fn ask_hidden(&mut self, question: &str) -> Result<Secret>;
}

/// The settings to keep in the profile `name`: flags, then the environment, then the answers of `person`, if there is one.
///
/// Programs inherit the credentials of their environment, often by accident, so keeping these in a file needs consent.
pub(super) fn settle(
    name: &str,
    flags: Profile,
    mut environment: Profile,
    from_env: bool,
    mut person: Option<impl Person>,
) -> Result<Profile> {
    let inherited = inherited(&flags, &environment);
    if !inherited.is_empty() && !from_env {
        let Some(person) = &mut person else {
            return Err(Failure::usage(
                format!("{inherited}: credentials of the environment are kept only with consent"),
                "Add --from-env to keep them, or give --api-key and --api-secret-file.",
            ));
        };
        let answer = person.ask(&format!(
            "Keep {inherited} of the environment in profile {name}? [y/N]: "
        ))?;
        if !matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") {
            (environment.api_key, environment.api_secret) = (None, None);
        }
    }
    let given = flags.or(environment);
    match person {
        Some(mut person) => complete(given, &mut person),
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

fn complete(mut access: Profile, person: &mut impl Person) -> Result<Profile> {
    if access.base_url.is_none() {
        let typed = person.ask(&format!("Base URL [{SANDBOX_BASE_URL}]: "))?;
        access.base_url = Some(if typed.is_empty() {
            SANDBOX_BASE_URL.to_owned()
        } else {
            typed
        });
    }
    if access.api_key.is_none() {
        access.api_key = Some(person.ask("API key: ")?.into());
    }
    if access.api_secret.is_none() {
        access.api_secret = Some(person.ask_hidden("API secret (not shown): ")?);
    }
    Ok(access)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers in turn, and keeps the questions.
    struct Answers<'a>(&'a [&'a str], Vec<String>);

    impl Person for &mut Answers<'_> {
        fn ask(&mut self, question: &str) -> Result<String> {
            let (first, rest) = self.0.split_first().expect("one question less");
            self.0 = rest;
            self.1.push(question.to_owned());
            Ok((*first).to_owned())
        }

        fn ask_hidden(&mut self, question: &str) -> Result<Secret> {
            self.ask(question).map(Secret::from)
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
        let mut answers = Answers(answers, Vec::new());
        let kept = settle("shop", flags, environment(), false, Some(&mut answers)).unwrap();
        assert!(answers.0.is_empty(), "{:?}", answers.0);
        (kept, answers.1)
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
        let nobody = None::<&mut Answers<'_>>;
        let kept = settle("shop", Profile::default(), environment(), true, nobody).unwrap();
        assert_eq!(kept, environment());
    }

    #[test]
    fn default_base_url_is_the_shown_one() {
        let mut answers = Answers(&["", "k", "s"], Vec::new());
        let (flags, environment) = (Profile::default(), Profile::default());
        let kept = settle("shop", flags, environment, false, Some(&mut answers)).unwrap();
        assert_eq!(kept, profile(Some(SANDBOX_BASE_URL), Some("k"), Some("s")));
    }
}
