use cryptopocket_types::sensitive::Secret;

use crate::error::Error;
use crate::getters::getters;

/// The API key and API secret issued by the provider.
///
/// `Debug` shows neither; both are zeroed when dropped.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{Credentials, ErrorKind, Session};
///
/// let credentials = Credentials::new("pk_123", "s3cr3t");
/// assert!(!format!("{credentials:?}").contains("s3cr3t"));
/// assert_eq!(credentials.secret().expose(), "s3cr3t");
///
/// // A line break from a file is refused before anything is sent.
/// let error = Session::builder().credentials(Credentials::new("pk_123", "s3cr3t\n")).build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    key: Secret,
    secret: Secret,
}

impl Credentials {
    /// The pair, as handed out. Checked when the session is built.
    pub fn new(key: impl Into<Secret>, secret: impl Into<Secret>) -> Self {
        Self {
            key: key.into(),
            secret: secret.into(),
        }
    }

    getters! { |pair|
        /// The API key, which also names the sender of a webhook.
        pub key: &Secret = &pair.key;
        /// The API secret, which also signs webhooks.
        pub secret: &Secret = &pair.secret;
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for (name, value, variable) in [
            ("API key", self.key.expose(), "CRYPTOPOCKET_API_KEY"),
            ("API secret", self.secret.expose(), "CRYPTOPOCKET_API_SECRET"),
        ] {
            if value.is_empty() {
                return Err(Error::configuration(
                    format!("the {name} is empty"),
                    format!("Give the {name} that CryptoPocket handed out, or set {variable}."),
                ));
            }
            if value.trim() != value {
                return Err(Error::configuration(
                    format!("the {name} begins or ends with white space"),
                    "Cut it off; a line break often slips in when a secret is read from a file.",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_key_and_secret() {
        let printed = format!("{:?}", Credentials::new("canary-key", "canary-secret"));
        assert!(
            printed.starts_with("Credentials") && !printed.contains("canary"),
            "{printed}"
        );
    }
}
