use std::sync::Arc;
use std::time::Duration;

use ::http::header::{PROXY_AUTHORIZATION, USER_AGENT};
use ::http::{HeaderValue, Request, Uri};
use bytes::Bytes;
use cryptopocket_types::{debug_fields, setters};
use hyper_util::client::legacy::Client;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::answer::{self, unsendable};
use super::connect::{Connector, Proxies};
use super::departure::{Departure, Watched};
use super::{MAX_BODY, Transport, TransportError, WireRequest, WireResponse, tls};
use crate::error::Error;
use crate::runtime::BoxFuture;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Well below what servers usually allow.
const IDLE: Duration = Duration::from_secs(15);

/// HTTP/1.1 over TLS, on tokio.
///
/// Redirects are not followed, answers are read up to a limit, and the connection pool is shared by clones.
#[derive(Clone)]
pub struct HttpTransport {
    client: Client<Connector, Watched>,
    proxies: Proxies,
    agent: HeaderValue,
    max_body: usize,
}

impl HttpTransport {
    /// Settings other than the defaults.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder {
            connect_timeout: CONNECT_TIMEOUT,
            max_body: MAX_BODY,
            proxies: None,
            application: None,
            trusted: Vec::new(),
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            let url = Uri::try_from(request.url).map_err(|error| unsendable(error.to_string()))?;
            if url.scheme().is_none() || url.host().is_none() {
                return Err(unsendable("the URL is not absolute".to_owned()));
            }
            let departure = Departure::default();
            let watched = (!request.body.is_empty()).then(|| departure.clone());
            let authorization = self.proxies.authorization(&url);
            let mut outgoing = Request::new(Watched::new(request.body, departure));
            *outgoing.method_mut() = request.method;
            *outgoing.uri_mut() = url;
            let headers = outgoing.headers_mut();
            *headers = request.headers;
            headers.entry(USER_AGENT).or_insert_with(|| self.agent.clone());
            if let Some(authorization) = authorization {
                headers.insert(PROXY_AUTHORIZATION, authorization);
            }
            let sending = self.client.request(outgoing);
            answer::receive(sending, watched, request.timeout, self.max_body).await
        })
    }
}

debug_fields! { HttpTransport => |transport| max_body: transport.max_body }

/// Settings of an [`HttpTransport`].
#[derive(Clone)]
pub struct HttpTransportBuilder {
    connect_timeout: Duration,
    max_body: usize,
    /// `None`: those of the environment.
    proxies: Option<Proxies>,
    application: Option<String>,
    trusted: Vec<Bytes>,
}

impl HttpTransportBuilder {
    setters! {
        /// Time limit of a connection, TLS included. Default: 10 s.
        ///
        /// A call whose connection times out was not sent.
        connect_timeout = |limit: Duration| limit;
        /// Largest answer in bytes. Default: 16 MiB.
        max_body = |bytes: usize| bytes;
        /// Name and version of your application, put before the SDK's in the `user-agent` header.
        application = |name: impl Into<String>| Some(name.into());
    }

    /// Whether the environment's proxy is used. Default: yes.
    ///
    /// It stands in `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`; `NO_PROXY` lists hosts without one.
    #[must_use]
    pub fn environment_proxy(mut self, used: bool) -> Self {
        self.proxies = (!used).then_some(Proxies(None));
        self
    }

    /// Trusts further certificate authorities, given in PEM, besides those of the operating system.
    ///
    /// For networks whose proxy looks into TLS, and for test servers.
    #[must_use]
    pub fn trust_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trusted.push(Bytes::from(pem.into()));
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if the operating system's certificates cannot be loaded, if
    /// the authorities to trust cannot be read, or if the application's name cannot stand in a header.
    pub fn build(self) -> Result<HttpTransport, Error> {
        let own = concat!("cryptopocket-rust/", env!("CARGO_PKG_VERSION"));
        let agent = self
            .application
            .map_or(own.to_owned(), |name| format!("{name} {own}"));
        let agent = HeaderValue::try_from(agent).map_err(|error| {
            Error::configuration(
                "the HTTP client cannot be built",
                "Check the application's name: it must fit into a header.",
            )
            .with_source(unsendable(error.to_string()))
        })?;
        let mut roots = Vec::new();
        for pem in &self.trusted {
            let read = tls::roots(pem).ok_or_else(|| {
                Error::configuration(
                    "the certificate authority to trust is not one or several certificates in PEM",
                    "Give the whole text of a PEM file: each certificate begins with -----BEGIN CERTIFICATE-----.",
                )
            });
            roots.extend(read?);
        }
        let tls = tls::Tls::new(roots).map_err(|reason| {
            Error::configuration(
                format!("TLS cannot be set up: {reason}"),
                "Install the operating system's certificate store (on Debian: ca-certificates).",
            )
        })?;
        let proxies = self
            .proxies
            .unwrap_or_else(|| Proxies(Some(Arc::new(Matcher::from_system()))));
        let connector = Connector::new(tls, proxies.clone(), agent.clone(), self.connect_timeout);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            // A server may close an idle connection while a payment is being written, and then its outcome is unknown.
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(HttpTransport {
            client,
            proxies,
            agent,
            max_body: self.max_body,
        })
    }
}

debug_fields! {
    HttpTransportBuilder => |builder|
        connect_timeout: builder.connect_timeout,
        max_body: builder.max_body,
        application: builder.application,
        trusted: builder.trusted.len(),
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    use super::*;
    use crate::error::Sent;
    use crate::transport::TransportErrorKind;

    const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    /// A proxy that gives one answer. The handle gives the head it was sent, and the byte that follows the answer.
    async fn proxy(answer: &'static str) -> (String, JoinHandle<(String, Option<u8>)>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            let following = stream.read_u8().await.ok();
            (String::from_utf8(head).unwrap(), following)
        });
        (format!("user:pass@{address}"), serving)
    }

    async fn get(url: &str, proxy: String) -> Result<WireResponse, TransportError> {
        let transport = HttpTransportBuilder {
            proxies: Some(Proxies(Some(Arc::new(Matcher::builder().all(proxy).build())))),
            ..HttpTransport::builder()
        };
        let request = WireRequest {
            operation: "safe",
            method: ::http::Method::GET,
            url: url.to_owned(),
            headers: ::http::HeaderMap::new(),
            body: Bytes::new(),
            timeout: Duration::from_secs(10),
        };
        transport.build().unwrap().send(request).await
    }

    #[tokio::test]
    async fn proxy_forwards_http_requests() {
        let (address, serving) = proxy(ANSWER).await;
        let answer = get("http://api.example/thing?a=1", format!("http://{address}")).await;
        assert_eq!(answer.unwrap().body, "ok");
        let (head, _) = serving.await.unwrap();
        assert!(
            head.starts_with("GET http://api.example/thing?a=1 HTTP/1.1\r\n"),
            "{head}"
        );
        assert!(
            head.contains("proxy-authorization: Basic dXNlcjpwYXNz\r\n"),
            "{head}"
        );
    }

    #[tokio::test]
    #[cfg(any(feature = "_rustls", feature = "native-tls"))]
    async fn proxy_opens_a_tunnel_for_https() {
        const HANDSHAKE: u8 = 22;
        let (address, serving) = proxy("HTTP/1.1 200 Connection established\r\n\r\n").await;
        let error = get("https://api.example/thing", format!("http://{address}")).await;
        assert_eq!(error.unwrap_err().sent(), Sent::No);
        let (head, following) = serving.await.unwrap();
        assert!(head.starts_with("CONNECT api.example:443 HTTP/1.1\r\n"), "{head}");
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains("proxy-authorization: basic dxnlcjpwyxnz\r\n"),
            "{head}"
        );
        assert!(head.contains("user-agent: cryptopocket-rust/"), "{head}");
        assert_eq!(following, Some(HANDSHAKE));
    }

    #[tokio::test]
    async fn proxy_of_another_protocol_is_refused() {
        let error = get("http://api.example/", "socks5://127.0.0.1:1".to_owned()).await;
        let error = error.unwrap_err();
        assert_eq!(
            (error.sent(), error.kind()),
            (Sent::No, TransportErrorKind::Connect)
        );
        assert_eq!(error.to_string(), "the proxy's scheme is neither http nor https");
    }

    #[tokio::test]
    async fn relative_url_is_not_sent() {
        let error = get("/thing", "http://127.0.0.1:1".to_owned()).await.unwrap_err();
        assert_eq!(
            (error.sent(), error.kind()),
            (Sent::No, TransportErrorKind::Configuration)
        );
    }
}
