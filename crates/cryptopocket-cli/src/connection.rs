//! From flags, environment and profile to a connection.

use std::io::Read;
use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;
use cryptopocket::{Client, Credentials, RetryPolicy, SANDBOX_BASE_URL, Secret};

use crate::failure::{Failure, Result};
use crate::global::Global;
use crate::output::{self, Output, Progress};
use crate::profile::{self, ConfigFile, Profile};

/// What a command works with: the global options, and where results go.
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) global: Global,
    flags: Profile,
    environment: Profile,
    profile_by_flag: bool,
}

impl Context {
    pub(crate) fn new(global: Global, matches: &ArgMatches) -> Result<Self> {
        let from = |name: &str, source| matches.value_source(name) == Some(source);
        let layer = |source| Profile {
            base_url: global.base_url.clone().filter(|_| from("base_url", source)),
            api_key: global.api_key.clone().filter(|_| from("api_key", source)),
            api_secret: global.api_secret.clone().filter(|_| from("api_secret", source)),
        };
        let mut flags = layer(ValueSource::CommandLine);
        if let Some(path) = &global.api_secret_file {
            if flags.api_secret.is_some() {
                return Err(Failure::usage(
                    "--api-secret and --api-secret-file were both given",
                    "Give one of the two.",
                ));
            }
            flags.api_secret = Some(secret_of_file(path)?);
        }
        Ok(Self {
            output: Output::new(global.json),
            environment: layer(ValueSource::EnvVariable),
            profile_by_flag: from("profile", ValueSource::CommandLine),
            flags,
            global,
        })
    }

    /// A sign of life for work that may take a while.
    pub(crate) fn progress(&self, label: &str) -> Progress {
        Progress::new(label, self.output.is_json())
    }

    /// The profile that is meant: the named one, or the default.
    pub(crate) fn profile_name(&self) -> &str {
        self.global.profile.as_deref().unwrap_or(profile::DEFAULT)
    }

    /// Flags and environment alone.
    fn typed(&self) -> Profile {
        merged([self.flags.clone(), self.environment.clone()])
    }

    /// What the flags say.
    pub(crate) fn flags(&self) -> Profile {
        self.flags.clone()
    }

    /// What the environment says.
    pub(crate) fn environment(&self) -> Profile {
        self.environment.clone()
    }

    /// Base URL and credentials, as far as they are known.
    ///
    /// Flags win. A profile that was named by a flag comes before the environment, since it was named on purpose;
    /// otherwise the environment comes first. The default profile is read only when credentials are missing: it must
    /// not lend its base URL to credentials that were made for another.
    pub(crate) fn access(&self) -> Result<Profile> {
        let (flags, environment) = (self.flags.clone(), self.environment.clone());
        if self.global.profile.is_some() {
            let named = self.stored(true)?;
            return Ok(merged(if self.profile_by_flag {
                [flags, named, environment]
            } else {
                [flags, environment, named]
            }));
        }
        let typed = self.typed();
        if typed.api_key.is_some() && typed.api_secret.is_some() {
            return Ok(typed);
        }
        Ok(merged([typed, self.stored(false)?]))
    }

    fn stored(&self, must_exist: bool) -> Result<Profile> {
        let name = self.profile_name();
        let path = match profile::config_file() {
            Ok(path) => path,
            Err(_) if !must_exist => return Ok(Profile::default()),
            Err(failure) => return Err(failure),
        };
        let file = ConfigFile::read(path)?;
        let Some(stored) = file.profile(name)? else {
            if !must_exist {
                return Ok(Profile::default());
            }
            let known = file.names().join(", ");
            return Err(Failure::configuration(
                format!("{} has no profile {name}", file.path().display()),
                if known.is_empty() {
                    format!("Run `cryptopocket login --profile {name}`.")
                } else {
                    format!("Known are: {known}. `cryptopocket login --profile {name}` makes it.")
                },
            ));
        };
        if stored.api_secret.is_some() && file.is_exposed() {
            output::warn(&format!(
                "{} holds a secret and can be read by others; `chmod 600` it",
                file.path().display()
            ));
        }
        Ok(stored)
    }

    /// The API secret, with which webhooks are signed.
    pub(crate) fn api_secret(&self) -> Result<Secret> {
        self.access()?
            .api_secret
            .ok_or_else(|| missing("API secret", "CRYPTOPOCKET_API_SECRET"))
    }

    /// A client with what is known. Nothing is sent yet.
    pub(crate) fn client(&self) -> Result<Client> {
        self.client_with(self.access()?)
    }

    pub(crate) fn client_with(&self, access: Profile) -> Result<Client> {
        let key = access
            .api_key
            .ok_or_else(|| missing("API key", "CRYPTOPOCKET_API_KEY"))?;
        let secret = access
            .api_secret
            .ok_or_else(|| missing("API secret", "CRYPTOPOCKET_API_SECRET"))?;
        let mut builder = Client::builder()
            .base_url(access.base_url.unwrap_or_else(sandbox_of_the_provider))
            .allow_http(std::env::var("CRYPTOPOCKET_ALLOW_HTTP").is_ok_and(|value| value == "1"))
            .credentials(Credentials::new(key, secret))
            .application(concat!("cryptopocket-cli/", env!("CARGO_PKG_VERSION")));
        if let Some(limit) = self.global.timeout {
            builder = builder.timeout(limit);
        }
        if self.global.no_retry {
            builder = builder.retry(RetryPolicy::none());
        }
        Ok(builder.build()?)
    }
}

/// Where calls go when nothing says where, which somebody who meant production has to see.
fn sandbox_of_the_provider() -> String {
    output::note(&format!(
        "no base URL was given, so this goes to the provider's sandbox, {SANDBOX_BASE_URL}. For production give \
         --base-url, set CRYPTOPOCKET_BASE_URL, or keep it in a profile with `cryptopocket login`."
    ));
    SANDBOX_BASE_URL.to_owned()
}

/// Value by value, the first layer that has one wins.
pub(crate) fn merged<const N: usize>(layers: [Profile; N]) -> Profile {
    layers
        .into_iter()
        .fold(Profile::default(), |upper, lower| Profile {
            base_url: upper.base_url.or(lower.base_url),
            api_key: upper.api_key.or(lower.api_key),
            api_secret: upper.api_secret.or(lower.api_secret),
        })
}

fn missing(what: &str, variable: &str) -> Failure {
    Failure::configuration(
        format!("no {what} was given"),
        format!(
            "Run `cryptopocket login`, or set {variable}. Without an account, `cryptopocket demo` and \
             `cryptopocket sandbox` work too."
        ),
    )
}

/// Reads a secret; the line break that editors leave at the end does not belong to it.
pub(crate) fn secret_of_file(path: &Path) -> Result<Secret> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(path).map(|read| text = read)
    };
    read.map_err(|error| {
        Failure::configuration(
            format!(
                "the secret cannot be read from {}: {}",
                path.display(),
                error.kind()
            ),
            "Give the path of a text file that holds the secret and nothing else.",
        )
    })?;
    let secret = Secret::from(text.trim_end_matches(['\r', '\n']));
    if secret.is_empty() {
        return Err(Failure::configuration(
            format!("{} holds no secret", path.display()),
            "Give the path of a text file that holds the secret and nothing else.",
        ));
    }
    Ok(secret)
}
