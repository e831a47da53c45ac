//! From flags, environment and profile to a client.

use std::cell::OnceCell;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use clap::ArgMatches;
use clap::parser::ValueSource;
use cryptopocket::{
    Choices, Client, Credentials, Error, HttpTransport, RetryPolicy, SANDBOX_BASE_URL, Secret,
};

use crate::end::End;
use crate::failure::{Failure, Result};
use crate::file;
use crate::global::Global;
use crate::output::{self, Output, Progress};
use crate::profile::{self, ConfigFile, Profile};

const APPLICATION: &str = concat!("cryptopocket-cli/", env!("CARGO_PKG_VERSION"));

/// What a command works with: the global options, their sources, and the output.
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) global: Global,
    /// The settings from the command line.
    pub(crate) flags: Profile,
    /// The settings from the environment.
    pub(crate) environment: Profile,
    profile_by_flag: bool,
    /// What [`access`](Self::access) found: the file is read once, and warned of once.
    known: OnceCell<Profile>,
    trusted: OnceCell<Option<Vec<u8>>>,
    choices: OnceCell<Choices>,
}

impl Context {
    pub(crate) fn new(global: Global, matches: &ArgMatches) -> Result<Self> {
        let from = |name: &str, source| matches.value_source(name) == Some(source);
        let layer = |source| Profile {
            base_url: global.base_url.clone().filter(|_| from("base_url", source)),
            api_key: global.api_key.clone().filter(|_| from("api_key", source)),
            api_secret: global.api_secret.clone().filter(|_| from("api_secret", source)),
            choices: global.choices.clone().filter(|_| from("choices", source)),
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
            known: OnceCell::new(),
            trusted: OnceCell::new(),
            choices: OnceCell::new(),
        })
    }

    /// A progress line for work that may take a while.
    pub(crate) fn progress(&self, label: &str) -> Progress {
        Progress::new(label, self.output.is_json())
    }

    /// Runs a call that only reads.
    pub(crate) async fn read<T, E: Into<Failure>>(
        &self,
        label: &str,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T> {
        self.progress(label).during(call).await.map_err(Into::into)
    }

    /// Runs a call that changes something, named by its operation or its method and path.
    ///
    /// A signal in the middle of it ends with what to do about the unknown outcome: a program that is killed says nothing.
    pub(crate) fn act<'a, T>(
        &'a self,
        name: &'a str,
        call: impl Future<Output = Result<T, Error>> + 'a,
    ) -> Pin<Box<dyn Future<Output = Result<T>> + 'a>> {
        // Boxed here: the futures of calls are large.
        let call = Box::pin(call);
        Box::pin(async move {
            let end = End::listen()?;
            let answered = async {
                tokio::select! {
                    biased;
                    answer = call => answer.map_err(|error| Failure::of_call(error, name)),
                    () = end.reached() => Err(Failure::stopped(name)),
                }
            };
            self.progress(&label(name)).during(answered).await
        })
    }

    /// The name of the profile: the given one, or the default.
    pub(crate) fn profile_name(&self) -> &str {
        self.global.profile.as_deref().unwrap_or(profile::DEFAULT)
    }

    /// Base URL and credentials, as far as they are known.
    ///
    /// Flags come first. A profile that a flag names comes before the environment, because it was chosen for this
    /// command; otherwise the environment comes before the profile. The default profile is read only when credentials
    /// are missing: its base URL must not be used with credentials that were made for another.
    pub(crate) fn access(&self) -> Result<Profile> {
        once(&self.known, || self.layered())
    }

    fn layered(&self) -> Result<Profile> {
        let (flags, environment) = (self.flags.clone(), self.environment.clone());
        if self.global.profile.is_some() {
            let named = self.stored(true)?;
            return Ok(if self.profile_by_flag {
                flags.or(named).or(environment)
            } else {
                flags.or(environment).or(named)
            });
        }
        let given = flags.or(environment);
        if given.api_key.is_some() && given.api_secret.is_some() {
            return Ok(given);
        }
        Ok(given.or(self.stored(false)?))
    }

    fn stored(&self, must_exist: bool) -> Result<Profile> {
        let name = self.profile_name();
        let path = match profile::config_file() {
            Ok(path) => path,
            Err(_) if !must_exist => return Ok(Profile::default()),
            Err(failure) => return Err(failure),
        };
        let file = ConfigFile::read(path)?;
        let path = file.path().display();
        let Some(stored) = file.profile(name)? else {
            if !must_exist {
                return Ok(Profile::default());
            }
            let create = format!("`cryptopocket login --profile {name}`");
            let cure = match file.names().join(", ") {
                known if known.is_empty() => format!("Run {create}."),
                known => format!("Known are: {known}. {create} creates it."),
            };
            return Err(Failure::configuration(
                format!("{path} has no profile {name}"),
                cure,
            ));
        };
        if stored.api_secret.is_some() && file.is_exposed() {
            output::warn(&format!(
                "{path} holds a secret and can be read by others; `chmod 600` it"
            ));
        }
        Ok(stored)
    }

    /// The API secret, which signs webhooks.
    pub(crate) fn api_secret(&self) -> Result<Secret> {
        let secret = self.access()?.api_secret;
        secret.ok_or_else(|| missing("API secret", "CRYPTOPOCKET_API_SECRET"))
    }

    /// The certificate authorities of `--ca-file`, in PEM.
    pub(crate) fn trusted_pem(&self) -> Result<Option<Vec<u8>>> {
        let path = self.global.ca_file.as_deref();
        let read = |path| file::setting("--ca-file", path, "--ca-file: give the path of a PEM file.");
        once(&self.trusted, || path.map(read).transpose())
    }

    /// Sends requests to addresses other than the provider's.
    pub(crate) fn transport(&self) -> Result<HttpTransport> {
        let mut builder = HttpTransport::builder().application(APPLICATION);
        if let Some(pem) = self.trusted_pem()? {
            builder = builder.trust_pem(pem);
        }
        Ok(builder.build()?)
    }

    /// A client with these settings. It sends nothing yet.
    pub(crate) fn client(&self) -> Result<Client> {
        self.client_with(self.access()?)
    }

    pub(crate) fn client_with(&self, access: Profile) -> Result<Client> {
        let key = access.api_key;
        let key = key.ok_or_else(|| missing("API key", "CRYPTOPOCKET_API_KEY"))?;
        let secret = access.api_secret;
        let secret = secret.ok_or_else(|| missing("API secret", "CRYPTOPOCKET_API_SECRET"))?;
        let mut builder = Client::builder()
            .base_url(access.base_url.unwrap_or_else(providers_sandbox))
            .allow_http(std::env::var("CRYPTOPOCKET_ALLOW_HTTP").is_ok_and(|value| value == "1"))
            .credentials(Credentials::new(key, secret))
            .application(APPLICATION);
        if let Some(limit) = self.global.timeout {
            builder = builder.timeout(limit);
        }
        if self.global.no_retry {
            builder = builder.retry(RetryPolicy::none());
        }
        if let Some(path) = &access.choices {
            builder = builder.choices(once(&self.choices, || choices_of_file(path))?);
        }
        if let Some(folder) = &self.global.record_shapes {
            if folder.exists() && !folder.is_dir() {
                return Err(Failure::configuration(
                    format!("--record-shapes: {} is a file, not a folder", folder.display()),
                    "Give a folder; it is made if it is missing.",
                ));
            }
            builder = builder.record_shapes(folder);
        }
        if let Some(pem) = self.trusted_pem()? {
            builder = builder.trust_pem(pem);
        }
        Ok(builder.build()?)
    }
}

/// The progress line of a call. A path may hold an IBAN, so it is not shown.
fn label(name: &str) -> String {
    if name.contains('/') {
        return "calling".to_owned();
    }
    name.replace('_', " ")
}

/// The value in `cell`, which is read first if it is empty: standard input can be read once only.
fn once<T: Clone>(cell: &OnceCell<T>, read: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Some(value) = cell.get() {
        return Ok(value.clone());
    }
    let value = read()?;
    Ok(cell.get_or_init(|| value).clone())
}

/// Falls back to the provider's sandbox, and prints a note.
fn providers_sandbox() -> String {
    output::note(&format!(
        "no base URL was given, so this goes to the provider's sandbox, {SANDBOX_BASE_URL}. For production give \
         --base-url, set CRYPTOPOCKET_BASE_URL, or keep it in a profile with `cryptopocket login`."
    ));
    SANDBOX_BASE_URL.to_owned()
}

fn missing(what: &str, variable: &str) -> Failure {
    Failure::configuration(
        format!("no {what} was given"),
        format!(
            "Run `cryptopocket login`, or set {variable}. `cryptopocket demo` and `cryptopocket sandbox` need no account."
        ),
    )
}

fn choices_of_file(path: &Path) -> Result<Choices> {
    let bytes = file::setting(
        "--choices",
        path,
        "--choices: give the path of a file that `cryptopocket probe --out` wrote.",
    )?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    Choices::parse(&text).map_err(|error| Failure::from(error).about(&path.display().to_string()))
}

/// Reads a secret, without the line break that editors add at the end.
fn secret_of_file(path: &Path) -> Result<Secret> {
    const CURE: &str =
        "--api-secret-file: give the path of a text file that holds the secret and nothing else.";
    let bytes = file::setting("--api-secret-file", path, CURE)?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let secret = Secret::from(text.trim_end_matches(['\r', '\n']));
    if secret.is_empty() {
        return Err(Failure::configuration(
            format!("{} holds no secret", path.display()),
            CURE,
        ));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    #[test]
    fn progress_line_shows_no_path() {
        assert_eq!(
            super::label("GET /bankAccounts/ES7921000813610123456789"),
            "calling"
        );
        assert_eq!(super::label("create_payment"), "create payment");
    }
}
