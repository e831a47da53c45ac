//! Settings from the environment.

use std::env;
use std::time::Duration;

use cryptopocket::inbox::{BodyKey, Keyring};

#[derive(Debug)]
pub(crate) struct Config {
    /// `sqlite:FILE` or `postgres://…`.
    pub(crate) database: String,
    /// Where to listen.
    pub(crate) listen: String,
    /// Seals bodies, requests and answers at rest.
    pub(crate) keyring: Option<Keyring>,
    /// How long a worker may be at one call before another one may look into it.
    pub(crate) hold: Duration,
    /// How long a lost request may still be at work.
    pub(crate) grace: Duration,
    /// Whether the store came back from a backup, which may lack calls that were sent.
    pub(crate) look_first: bool,
    /// How long after its creation a payment is polled first; the pauses grow to ten times that.
    pub(crate) poll: Duration,
    /// How long a claimed event, or an object to be polled, belongs to its worker.
    pub(crate) lease: Duration,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, String> {
        Self::read(|name| match env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(error) => Err(format!("{name} cannot be read: {error}")),
        })
    }

    fn read(variable: impl Fn(&str) -> Result<Option<String>, String>) -> Result<Self, String> {
        let seconds = |name: &str, default: u64| match variable(name)? {
            None => Ok(Duration::from_secs(default)),
            Some(text) => match text.parse() {
                Ok(0) => Err(format!(
                    "{name} is 0: it must be at least 1, or no work is ever finished. Leave it out for {default} seconds"
                )),
                Ok(number) => Ok(Duration::from_secs(number)),
                Err(_) => Err(format!(
                    "{name} is not a whole number of seconds, such as {default}"
                )),
            },
        };
        let or = |name, default: &str| Ok::<_, String>(variable(name)?.unwrap_or_else(|| default.to_owned()));
        Ok(Self {
            database: database(or("DATABASE_URL", "sqlite:shop.db")?)?,
            listen: or("LISTEN", "127.0.0.1:3000")?,
            keyring: variable("BODY_KEY")?.as_deref().map(keyring).transpose()?,
            hold: seconds("HOLD_SECONDS", 120)?,
            grace: seconds("GRACE_SECONDS", 300)?,
            look_first: match variable("LOOK_FIRST")?.as_deref() {
                Some("1" | "true") => true,
                None | Some("" | "0" | "false") => false,
                Some(_) => return Err("LOOK_FIRST must be 1 or true, or 0, false or nothing".to_owned()),
            },
            poll: seconds("POLL_SECONDS", 60)?,
            lease: seconds("LEASE_SECONDS", 60)?,
        })
    }
}

/// A file or a server.
fn database(text: String) -> Result<String, String> {
    match text.split_once(':') {
        Some(("sqlite", file)) if !file.is_empty() => Ok(text),
        Some(("postgres" | "postgresql", server)) if server.starts_with("//") => Ok(text),
        // It may hold a password, so it is not shown.
        _ => Err(
            "DATABASE_URL must be sqlite:FILE, such as sqlite:shop.db, or postgres://USER@HOST/DATABASE"
                .to_owned(),
        ),
    }
}

/// `BODY_KEY`: 64 hexadecimal digits from your secret store.
fn keyring(text: &str) -> Result<Keyring, String> {
    let wrong = || "BODY_KEY is not 64 hexadecimal digits: make some with `openssl rand -hex 32`".to_owned();
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| wrong())?;
    }
    Ok(Keyring::new(BodyKey::new(1, &key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })
    }

    fn refusal(variables: &[(&str, &str)]) -> String {
        read(variables).unwrap_err()
    }

    #[test]
    fn zero_seconds_are_refused() {
        for name in ["LEASE_SECONDS", "HOLD_SECONDS", "GRACE_SECONDS", "POLL_SECONDS"] {
            let refused = refusal(&[(name, "0")]);
            assert!(refused.starts_with(&format!("{name} is 0: ")), "{refused}");
        }
        assert!(refusal(&[("LEASE_SECONDS", "1m")]).contains("such as 60"));
    }

    #[test]
    fn database_must_have_a_known_form() {
        for wrong in ["", "shop.db", "sqlite:", "mysql://shop"] {
            let refused = refusal(&[("DATABASE_URL", wrong)]);
            assert!(
                refused.starts_with("DATABASE_URL must be sqlite:FILE, "),
                "{refused}"
            );
        }
        for right in [
            "sqlite:shop.db",
            "postgres://shop@db/shop",
            "postgresql://db/shop",
        ] {
            assert_eq!(read(&[("DATABASE_URL", right)]).unwrap().database, right);
        }
    }

    #[test]
    fn look_first_must_be_yes_or_no() {
        let look_first = |value| read(&[("LOOK_FIRST", value)]).map(|config| config.look_first);
        assert_eq!([look_first("1"), look_first("true")], [Ok(true), Ok(true)]);
        assert_eq!(
            [look_first("0"), look_first("false"), look_first("")],
            [Ok(false), Ok(false), Ok(false)]
        );
        assert!(look_first("no").unwrap_err().starts_with("LOOK_FIRST must be 1 "));
    }

    #[test]
    fn body_key_must_be_hexadecimal() {
        assert!(read(&[("BODY_KEY", &"0f".repeat(32))]).unwrap().keyring.is_some());
        for wrong in ["0f", &"0g".repeat(32), &"é".repeat(32)] {
            assert!(refusal(&[("BODY_KEY", wrong)]).starts_with("BODY_KEY is not 64"));
        }
    }
}
