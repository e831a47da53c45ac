use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::body::wiped;
use super::departure::{Departure, Watched};
use super::{Stage, Transport, TransportError, TransportErrorKind, WireRequest, WireResponse, tls};
use crate::error::Error;
use crate::runtime::BoxFuture;

const MAX_BODY: usize = 16 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Well below what servers usually allow.
const IDLE: Duration = Duration::from_secs(15);

/// HTTP/1.1 over TLS, on tokio.
///
/// Redirects are not followed, answers are read up to a limit, and the connection pool is shared by clones.
#[derive(Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    max_body: usize,
}

impl HttpTransport {
    /// Settings other than the defaults.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder {
            connect_timeout: CONNECT_TIMEOUT,
            max_body: MAX_BODY,
            proxy: true,
            application: None,
            trusted: Vec::new(),
        }
    }

    /// Takes a client of your own, for instance one with a proxy or a private certificate authority.
    ///
    /// Build it with `redirect(Policy::none())`, `retry(reqwest::retry::never())` and `http1_only()`, and with a
    /// `connect_timeout`. A client that follows redirects or retries can send a payment twice.
    #[cfg(feature = "custom-reqwest")]
    pub fn from_client(client: reqwest::Client) -> Self {
        Self {
            client,
            max_body: MAX_BODY,
        }
    }

    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let departure = Departure::default();
        let has_body = !request.body.is_empty();
        let mut builder = self
            .client
            .request(request.method, &request.url)
            .headers(request.headers)
            .timeout(request.timeout);
        if has_body {
            builder = builder.body(reqwest::Body::wrap(Watched::new(request.body, departure.clone())));
        }
        let mut response = builder
            .send()
            .await
            .map_err(|error| before_answer(&error, has_body.then_some(&departure)))?;
        let status = response.status().as_u16();
        let too_large = || {
            TransportError::new(
                Stage::InAnswer,
                TransportErrorKind::TooLarge,
                format!("the limit is {} bytes", self.max_body),
            )
            .with_status(status)
        };
        // A length that lies is caught below; this only spares reading what is refused anyway.
        if response
            .content_length()
            .is_some_and(|length| length > self.max_body as u64)
        {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| in_answer(&error, status))?
        {
            if body.len() + chunk.len() > self.max_body {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(WireResponse {
            status,
            headers,
            body: if body.is_empty() {
                Bytes::new()
            } else {
                wiped(body)
            },
        })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}

/// Settings of an [`HttpTransport`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use cryptopocket_core::HttpTransport;
///
/// # fn main() -> cryptopocket_core::Result<()> {
/// let transport = HttpTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .max_body(1024 * 1024)
///     .application("my-shop/2.1")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct HttpTransportBuilder {
    connect_timeout: Duration,
    max_body: usize,
    proxy: bool,
    application: Option<String>,
    trusted: Vec<Bytes>,
}

impl HttpTransportBuilder {
    /// How long a connection may take, TLS included. Default: 10 s. Running out proves that nothing was sent.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The largest answer in bytes. Default: 16 MiB.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Whether the proxy of the environment (`HTTPS_PROXY` and its kin) is used. Default: yes.
    #[must_use]
    pub fn environment_proxy(mut self, used: bool) -> Self {
        self.proxy = used;
        self
    }

    /// Your application's name and version, put before the SDK's in the `user-agent` header.
    #[must_use]
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// Trusts these certificate authorities too, besides those of the operating system: one certificate or several, in
    /// PEM. For networks whose proxy looks into TLS, and for test servers.
    #[must_use]
    pub fn trust_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trusted.push(Bytes::from(pem.into()));
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) when the operating system's certificates cannot be
    /// loaded, when those to trust besides them cannot be read, or when the application's name cannot stand in a header.
    pub fn build(self) -> Result<HttpTransport, Error> {
        let own = concat!("cryptopocket-rust/", env!("CARGO_PKG_VERSION"));
        let agent = match self.application {
            Some(name) => format!("{name} {own}"),
            None => own.to_owned(),
        };
        let mut client = reqwest::Client::builder()
            .user_agent(agent)
            .connect_timeout(self.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .http1_only()
            // A server may close an idle connection while a payment is on its way out, and then its outcome is unknown.
            .pool_idle_timeout(IDLE)
            .referer(false);
        if !self.proxy {
            client = client.no_proxy();
        }
        let mut roots = Vec::new();
        for pem in &self.trusted {
            roots.extend(tls::roots(pem).ok_or_else(unreadable_authority)?);
        }
        let client = tls::verifying(client, roots).map_err(|reason| {
            Error::configuration(
                format!("TLS cannot be set up: {reason}"),
                "Install the operating system's certificate store (on Debian: ca-certificates).",
            )
        })?;
        let client = client.build().map_err(|error| {
            Error::configuration(
                "the HTTP client cannot be built",
                "Check the application's name: it must fit into a header.",
            )
            .with_source(TransportError::new(
                Stage::BeforeSend,
                TransportErrorKind::Configuration,
                text(&error),
            ))
        })?;
        Ok(HttpTransport {
            client,
            max_body: self.max_body,
        })
    }
}

fn unreadable_authority() -> Error {
    Error::configuration(
        "the certificate authority to trust is not one or several certificates in PEM",
        "Give the whole text of a PEM file: each certificate begins with -----BEGIN CERTIFICATE-----.",
    )
}

/// Whether a certificate that is not trusted caused `error`.
fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    // An I/O error's `source` skips the error that it wraps.
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    tls::is_certificate(error)
        || wrapped.is_some_and(|wrapped| is_certificate(wrapped))
        || error.source().is_some_and(is_certificate)
}

/// Only a request with a body can be cancelled. One without is known to be unsent only if there was no connection.
fn before_answer(error: &reqwest::Error, departure: Option<&Departure>) -> TransportError {
    let has_stayed = error.is_builder() || departure.map_or(error.is_connect(), Departure::hold_back);
    let stage = if has_stayed {
        Stage::BeforeSend
    } else {
        Stage::AfterSend
    };
    let kind = if error.is_builder() {
        TransportErrorKind::Configuration
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_connect() && is_certificate(error) {
        TransportErrorKind::Certificate
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(stage, kind, text(error))
}

fn in_answer(error: &reqwest::Error, status: u16) -> TransportError {
    let kind = if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(Stage::InAnswer, kind, text(error)).with_status(status)
}

/// The innermost cause: the outer layers name the URL.
fn text(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(std::error::Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}
