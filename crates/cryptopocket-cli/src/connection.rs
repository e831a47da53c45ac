//! From flags, environment and profile to a client.

use std::cell::OnceCell;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use cryptopocket::{
    Choices, Client, ClientBuilder, Credentials, Error, HttpTransport, HttpTransportBuilder, RetryPolicy,
    SANDBOX_BASE_URL, Secret,
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
    /// The same, and from the environment what these lack.
    pub(crate) given: Profile,
    profile_by_flag: bool,
    /// What [`access`](Self::access) found: the file is read once, and warned of once.
    known: OnceCell<Profile>,
    trusted: OnceCell<Option<Vec<u8>>>,
    choices: OnceCell<Choices>,
}

impl Context {
    /// From the options of the command line alone, and those of the environment beside them.
    pub(crate) fn new(flags: &Global, global: Global) -> Result<Self> {
        let (mut by_flag, mut given) = (flags.access.clone(), global.access.clone());
        if let Some(path) = &flags.api_secret_file {
            if by_flag.api_secret.is_some() {
                return Err(Failure::usage(
                    "--api-secret and --api-secret-file were both given",
                    "Give one of the two.",
                ));
            }
            by_flag.api_secret = Some(secret_of_file(path)?);
            given.api_secret.clone_from(&by_flag.api_secret);
        }
        Ok(Self {
            output: Output::new(global.json),
            flags: by_flag,
            given,
            profile_by_flag: flags.profile.is_some(),
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
        let given = self.given.clone();
        if self.profile_by_flag {
            return Ok(self.flags.clone().or(self.stored()?).or(given));
        }
        let is_complete = given.api_key.is_some() && given.api_secret.is_some();
        if is_complete && self.global.profile.is_none() {
            return Ok(given);
        }
        Ok(given.or(self.stored()?))
    }

    /// The profile in the file. Only one that was named must exist.
    fn stored(&self) -> Result<Profile> {
        let (name, is_named) = (self.profile_name(), self.global.profile.is_some());
        let path = match profile::config_file() {
            Err(_) if !is_named => return Ok(Profile::default()),
            path => path?,
        };
        let file = ConfigFile::read(path)?;
        let path = file.path().display();
        let Some(stored) = file.profile(name)? else {
            if !is_named {
                return Ok(Profile::default());
            }
            let create = format!("`cryptopocket login --profile {name}`");
            let cure = match file.names().join(", ") {
                known if known.is_empty() => format!("Run {create}."),
                known => format!("Known are: {known}. {create} creates it."),
            };
            let message = format!("{path} has no profile {name}");
            return Err(Failure::configuration(message, cure));
        };
        if stored.api_secret.is_some() && file.is_exposed() {
            let risk = "holds a secret and can be read by others; `chmod 600` it";
            output::warn(&format!("{path} {risk}"));
        }
        Ok(stored)
    }

    /// The API secret, which signs webhooks.
    pub(crate) fn api_secret(&self) -> Result<Secret> {
        required(self.access()?.api_secret, "API secret")
    }

    /// The certificate authorities of `--ca-file`, in PEM.
    pub(crate) fn trusted_pem(&self) -> Result<Option<Vec<u8>>> {
        let path = self.global.ca_file.as_deref();
        let read = |path| file::setting("--ca-file", path, "--ca-file: give the path of a PEM file.");
        once(&self.trusted, || path.map(read).transpose())
    }

    /// Sends requests to addresses other than the provider's.
    pub(crate) fn transport(&self) -> Result<HttpTransport> {
        let builder = HttpTransport::builder().application(APPLICATION);
        let trusted = self.trusted_pem()?;
        Ok(set(builder, trusted, HttpTransportBuilder::trust_pem).build()?)
    }

    /// A client with these settings. It sends nothing yet.
    pub(crate) fn client(&self) -> Result<Client> {
        self.client_with(self.access()?)
    }

    pub(crate) fn client_with(&self, access: Profile) -> Result<Client> {
        let key = required(access.api_key, "API key")?;
        let secret = required(access.api_secret, "API secret")?;
        let mut builder = Client::builder()
            .base_url(access.base_url.unwrap_or_else(providers_sandbox))
            .allow_http(std::env::var("CRYPTOPOCKET_ALLOW_HTTP").is_ok_and(|value| value == "1"))
            .credentials(Credentials::new(key, secret))
            .application(APPLICATION);
        builder = set(builder, self.global.timeout, ClientBuilder::timeout);
        builder = set(builder, self.trusted_pem()?, ClientBuilder::trust_pem);
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
        Ok(builder.build()?)
    }
}

/// Takes over a setting that was given.
pub(crate) fn set<B, T>(builder: B, given: Option<T>, take: impl FnOnce(B, T) -> B) -> B {
    match given {
        Some(value) => take(builder, value),
        None => builder,
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

fn required(value: Option<Secret>, what: &str) -> Result<Secret> {
    value.ok_or_else(|| {
        let variable = what.to_uppercase().replace(' ', "_");
        let cure = format!(
            "Run `cryptopocket login`, or set CRYPTOPOCKET_{variable}. `cryptopocket demo` and `cryptopocket sandbox` need no \
             account."
        );
        Failure::configuration(format!("no {what} was given"), cure)
    })
}

/// The text of a file of settings. One that is not in UTF-8 counts as empty.
fn text_of(option: &str, path: &Path, cure: &str) -> Result<String> {
    let bytes = file::setting(option, path, &format!("{option}: {cure}"))?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

fn choices_of_file(path: &Path) -> Result<Choices> {
    let cure = "give the path of a file that `cryptopocket probe --out` wrote.";
    let choices = Choices::parse(&text_of("--choices", path, cure)?);
    choices.map_err(|error| Failure::from(error).about(&path.display().to_string()))
}

/// Reads a secret, without the line break that editors add at the end.
fn secret_of_file(path: &Path) -> Result<Secret> {
    let cure = "give the path of a text file that holds the secret and nothing else.";
    let text = text_of("--api-secret-file", path, cure)?;
    let secret = Secret::from(text.trim_end_matches(['\r', '\n']));
    if secret.is_empty() {
        let message = format!("{} holds no secret", path.display());
        return Err(Failure::configuration(
            message,
            format!("--api-secret-file: {cure}"),
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
