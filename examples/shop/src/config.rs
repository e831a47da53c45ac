//! Settings from the environment.

use std::env::{self, VarError};
use std::error::Error;
use std::time::Duration;

use cryptopocket::inbox::{BodyKey, Keyring};

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
    pub(crate) fn from_env() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            database: env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:shop.db".to_owned()),
            listen: env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned()),
            keyring: keyring()?,
            hold: seconds("HOLD_SECONDS", 120)?,
            grace: seconds("GRACE_SECONDS", 300)?,
            look_first: env::var_os("LOOK_FIRST").is_some(),
            poll: seconds("POLL_SECONDS", 60)?,
            lease: seconds("LEASE_SECONDS", 60)?,
        })
    }
}

/// `BODY_KEY`: 64 hexadecimal digits from your secret store.
fn keyring() -> Result<Option<Keyring>, Box<dyn Error>> {
    let text = match env::var("BODY_KEY") {
        Err(VarError::NotPresent) => return Ok(None),
        text => text?,
    };
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err("BODY_KEY is not 64 hexadecimal digits".into());
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16)
            .map_err(|_| "BODY_KEY is not 64 hexadecimal digits")?;
    }
    Ok(Some(Keyring::new(BodyKey::new(1, &key))))
}

fn seconds(name: &str, default: u64) -> Result<Duration, Box<dyn Error>> {
    let number = match env::var(name) {
        Err(VarError::NotPresent) => default,
        text => text?
            .parse()
            .map_err(|_| format!("{name} is not a whole number of seconds, such as {default}"))?,
    };
    Ok(Duration::from_secs(number))
}
