use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{debug_fields, setters};

use super::{SANDBOX_BASE_URL, Session, Shared};
use crate::base_url::{BaseUrl, authority};
use crate::choice::Choices;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::login::Login;
use crate::retry::RetryPolicy;
use crate::runtime::{Runtime, TokioRuntime};
use crate::shape::Recorder;
use crate::transport::{HttpTransport, HttpTransportBuilder, TLS_AVAILABLE, Transport};

const TIMEOUT: Duration = Duration::from_secs(30);

/// Settings of a [`Session`], or of a client `T` over one. Only the credentials are required.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use cryptopocket_core::{Credentials, RetryPolicy, Session};
///
/// # fn main() -> cryptopocket_core::Result<()> {
/// let session = Session::builder()
///     .base_url("https://sandbox.cryptopocket.io/api")
///     .credentials(Credentials::new("key", "secret"))
///     .timeout(Duration::from_secs(20))
///     .retry(RetryPolicy::default().attempts(5))
///     .build()?;
/// assert_eq!(session.base_url(), "https://sandbox.cryptopocket.io/api");
/// # Ok(())
/// # }
/// ```
pub struct SessionBuilder<T = Session> {
    base_url: String,
    allow_http: bool,
    credentials: Option<Credentials>,
    timeout: Duration,
    retry: RetryPolicy,
    grace_period: Option<Duration>,
    transport: Option<Arc<dyn Transport>>,
    runtime: Option<Arc<dyn Runtime>>,
    /// The transport where none is given.
    http: HttpTransportBuilder,
    record_shapes: Option<PathBuf>,
    choices: Choices,
    built: PhantomData<fn() -> T>,
}

impl<T> Default for SessionBuilder<T> {
    fn default() -> Self {
        Self {
            base_url: SANDBOX_BASE_URL.to_owned(),
            allow_http: false,
            credentials: None,
            timeout: TIMEOUT,
            retry: RetryPolicy::default(),
            grace_period: None,
            transport: None,
            runtime: None,
            http: HttpTransport::builder(),
            record_shapes: None,
            choices: Choices::new(),
            built: PhantomData,
        }
    }
}

impl SessionBuilder {
    /// Settings from the environment, to be changed before [`build`](Self::build); see [`Session::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    pub(super) fn from_lookup(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let required = |name: &str| {
            variable(name).filter(|value| !value.is_empty()).ok_or_else(|| {
                Error::configuration(
                    format!("the environment variable {name} is not set"),
                    format!("Set {name} to the value that CryptoPocket handed out."),
                )
            })
        };
        let mut builder = Self::default()
            .credentials(Credentials::new(
                required("CRYPTOPOCKET_API_KEY")?,
                required("CRYPTOPOCKET_API_SECRET")?,
            ))
            .allow_http(variable("CRYPTOPOCKET_ALLOW_HTTP").is_some_and(|value| value == "1"));
        if let Some(url) = variable("CRYPTOPOCKET_BASE_URL").filter(|url| !url.is_empty()) {
            builder = builder.base_url(url);
        }
        Ok(builder)
    }
}

impl<T: From<Session>> SessionBuilder<T> {
    setters! {
        /// Where the API is. Default: [`SANDBOX_BASE_URL`].
        base_url = |url: impl Into<String>| url.into();
        /// Allows `http://` to machines other than this one. Credentials then travel unencrypted.
        allow_http = |allowed: bool| allowed;
        /// The API key and secret. Required.
        credentials = |credentials: Credentials| Some(credentials);
        /// How long one attempt may take, from connecting to the end of the answer. Default: 30 s.
        timeout = |limit: Duration| limit;
        /// How often failed calls are repeated. Default: [`RetryPolicy::default`].
        retry = |policy: RetryPolicy| policy;
        /// How long a request whose answer was lost may still be at work at the provider; see
        /// [`Session::grace_period`]. Default: four times the timeout, at least one minute.
        grace_period = |period: Duration| Some(period);
        /// Another way to send. Default: [`HttpTransport`].
        transport = |transport: Arc<dyn Transport>| Some(transport);
        /// Another clock, timer and randomness. Default: [`TokioRuntime`].
        runtime = |runtime: Arc<dyn Runtime>| Some(runtime);
        /// Calls and reads operations in another way than this SDK knows: other paths, other names of parameters and
        /// fields, pages counted from 0. Replaces the choices given before; see [`Choices`].
        ///
        /// # Examples
        ///
        /// ```
        /// use cryptopocket_core::{Choices, Credentials, ErrorKind, Session};
        ///
        /// let mut choices = Choices::new();
        /// choices.of_mut("get_token_price").path = Some("/token-price".to_owned());
        /// let builder = || Session::builder().credentials(Credentials::new("key", "secret"));
        /// let session = builder().choices(choices.clone()).build()?;
        /// assert_eq!(*session.choices(), choices);
        ///
        /// // A path that cannot be one is refused here, not by the first call.
        /// choices.of_mut("get_token_price").path = Some("token-price?".to_owned());
        /// assert_eq!(builder().choices(choices).build().unwrap_err().kind(), ErrorKind::Configuration);
        /// # Ok::<(), cryptopocket_core::Error>(())
        /// ```
        choices = |choices: Choices| choices;
        /// Records the shape of each request and reply in `folder`, to attach to a bug report: which fields came and of what
        /// kind, never a value; see [`shape`](crate::shape).
        ///
        /// There is one file for each operation and class of the HTTP status, and a file is written only when a call shows
        /// something new. Several processes may share the folder. If it cannot be written, one warning says so and calls go
        /// on.
        ///
        /// # Examples
        ///
        /// ```
        /// # use std::sync::Arc;
        /// # use cryptopocket_core::testing::{ScriptedSession, block_on};
        /// # use cryptopocket_core::{Credentials, Method, Session};
        /// use cryptopocket_core::shape::{Kind, ShapeRecord};
        ///
        /// # let test = ScriptedSession::new().always("raw", r#"{"status":"ok","data":{"level":"gold"}}"#);
        /// # let folder = tempfile::tempdir()?;
        /// # let folder = folder.path();
        /// let session = Session::builder()
        ///     .credentials(Credentials::new("key", "secret"))
        ///     .record_shapes(folder)
        /// #   .transport(test.provider).runtime(Arc::new(test.runtime))
        ///     .build()?;
        /// # block_on(async {
        /// session.raw(Method::GET, "/loyalty").send().await?;
        /// # Ok::<(), cryptopocket_core::Error>(())
        /// # })?;
        ///
        /// let text = std::fs::read_to_string(folder.join("raw-GET-loyalty.2xx.json"))?;
        /// assert!(ShapeRecord::parse(&text).unwrap().reply.has("data.level", Kind::WordText));
        /// assert!(!text.contains("gold"));
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        record_shapes = |folder: impl Into<PathBuf>| Some(folder.into());
    }

    /// Your application's name and version, put before the SDK's in the `user-agent` header. It has no effect on a
    /// transport of your own.
    #[must_use]
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.http = self.http.application(name);
        self
    }

    /// Trusts these certificate authorities too, besides those of the operating system: one certificate or several, in
    /// PEM. For networks whose proxy looks into TLS. It has no effect on a transport of your own.
    #[must_use]
    pub fn trust_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http = self.http.trust_pem(pem);
        self
    }

    /// Checks the settings. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration): no or empty credentials, a base URL that cannot be one,
    /// a certificate authority that cannot be read, or TLS that cannot be set up.
    pub fn build(self) -> Result<T, Error> {
        let base_url = BaseUrl::parse(&self.base_url, self.allow_http)?;
        let Some(credentials) = self.credentials else {
            return Err(Error::configuration(
                "no credentials were given",
                "Give them with credentials(…), or use Session::from_env().",
            ));
        };
        credentials.check()?;
        self.choices.check()?;
        let transport = match self.transport {
            Some(transport) => transport,
            None if base_url.is_https() && !TLS_AVAILABLE => {
                return Err(Error::configuration(
                    "this build cannot speak https",
                    "Turn on one of the Cargo features ring, aws-lc and native-tls.",
                ));
            }
            // A proxy of the environment cannot reach this machine's own loopback.
            None => Arc::new(self.http.environment_proxy(!base_url.is_loopback()).build()?),
        };
        let runtime = self.runtime.unwrap_or_else(|| Arc::new(TokioRuntime));
        let recorder = self
            .record_shapes
            .map(|folder| Recorder::new(folder, runtime.random()));
        let shared = Shared {
            base_url,
            credentials,
            transport,
            runtime,
            login: Login::default(),
            recorder,
            choices: self.choices,
        };
        Ok(T::from(Session {
            shared: Arc::new(shared),
            timeout: self.timeout,
            retry: self.retry,
            grace: self.grace_period,
            condition: None,
            answers: None,
        }))
    }
}

debug_fields! {
    /// Shows no more of the base URL than scheme and host: a user and a password may stand in it before it is checked.
    SessionBuilder<T> => |builder|
        base_url: origin(&builder.base_url),
        allow_http: builder.allow_http,
        credentials: builder.credentials,
        timeout: builder.timeout,
        retry: builder.retry,
        grace_period: builder.grace_period,
        transport: builder.transport,
        runtime: builder.runtime,
        http: builder.http,
        record_shapes: builder.record_shapes,
        choices: builder.choices,
}

/// Scheme and host of a URL that was not checked, or a word that it has none.
fn origin(url: &str) -> String {
    let url = url.trim();
    match (url.split_once("://"), authority(url)) {
        (Some((scheme, _)), Some(host)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!("{scheme}://{host}")
        }
        _ => "[no URL]".to_owned(),
    }
}
