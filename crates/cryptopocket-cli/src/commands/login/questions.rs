//! What a login asks before it keeps anything.

use cryptopocket::{SANDBOX_BASE_URL, Secret};

use crate::connection::merged;
use crate::failure::{Failure, Result};
use crate::profile::Profile;

/// Somebody who can be asked.
pub(super) trait Person {
    fn ask(&mut self, question: &str) -> Result<String>;

    /// Does not show what is typed.
    fn ask_hidden(&mut self, question: &str) -> Result<Secret>;
}

/// What is to be kept in the profile called `name`: what the flags say, then the environment, then the answers of a
/// person, if one is there.
///
/// Credentials stand in an environment for one purpose, and often by inheritance: that they are to be kept in a file has
/// to be said.
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
                format!("{inherited}: credentials of the environment are kept only when somebody says so"),
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
    let given = merged([flags, environment]);
    match person {
        Some(mut person) => complete(given, &mut person),
        None => Ok(given),
    }
}

/// The variables whose credentials would be kept.
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

    /// Answers in turn, and keeps what was asked.
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
    fn a_person_is_asked_before_credentials_of_the_environment_are_kept() {
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
    fn whoever_does_not_say_yes_is_asked_for_the_credentials() {
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
    fn nothing_is_asked_about_what_the_flags_say_or_from_env_permits() {
        let flags = profile(None, Some("k"), Some("s"));
        let (kept, questions) = asked(flags, &[]);
        assert_eq!((kept.api_key, questions.len()), (Some("k".into()), 0));
        let nobody = None::<&mut Answers<'_>>;
        let kept = settle("shop", Profile::default(), environment(), true, nobody).unwrap();
        assert_eq!(kept, environment());
    }

    #[test]
    fn the_default_address_is_the_one_that_was_shown() {
        let mut answers = Answers(&["", "k", "s"], Vec::new());
        let (flags, environment) = (Profile::default(), Profile::default());
        let kept = settle("shop", flags, environment, false, Some(&mut answers)).unwrap();
        assert_eq!(kept, profile(Some(SANDBOX_BASE_URL), Some("k"), Some("s")));
    }
}
