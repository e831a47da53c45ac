//! Connections: TCP, the environment's proxy, TLS.

use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::header::USER_AGENT;
use ::http::uri::Scheme;
use ::http::{HeaderMap, HeaderValue, Uri};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tower_service::Service;

use super::tls::{AVAILABLE, Secured, Tls};
use crate::runtime::{BoxFuture, TokioRuntime, within};

/// How long a connection is idle before the system probes the peer, and how long between probes.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_PROBES: u32 = 3;
/// How long written bytes may stay without acknowledgement.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

type BoxError = Box<dyn Error + Send + Sync>;

/// The proxies of the environment: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`. `None` uses no proxy.
#[derive(Clone)]
pub(super) struct Proxies(pub(super) Option<Arc<Matcher>>);

impl Proxies {
    fn intercept(&self, destination: &Uri) -> Option<Intercept> {
        self.0.as_ref()?.intercept(destination)
    }

    /// The `proxy-authorization` of a request that a proxy forwards.
    ///
    /// `None` for `https`: there the request that opens the tunnel carries it.
    pub(super) fn authorization(&self, destination: &Uri) -> Option<HeaderValue> {
        if destination.scheme() == Some(&Scheme::HTTPS) {
            return None;
        }
        self.intercept(destination)?.basic_auth().cloned()
    }
}

/// Opens connections within a time limit.
#[derive(Clone)]
pub(super) struct Connector {
    tls: Tls,
    direct: Secured<HttpConnector>,
    proxies: Proxies,
    agent: HeaderValue,
    limit: Duration,
}

impl Connector {
    pub(super) fn new(tls: Tls, proxies: Proxies, agent: HeaderValue, limit: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(!AVAILABLE);
        tcp.set_nodelay(true);
        // Divides the limit among the addresses of a host.
        tcp.set_connect_timeout(Some(limit));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(KEEPALIVE_PROBES));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Self {
            direct: tls.secure(tcp),
            tls,
            proxies,
            agent,
            limit,
        }
    }

    async fn connect(mut self, destination: Uri) -> Result<Stream, BoxError> {
        let Some(proxy) = self.proxies.intercept(&destination) else {
            return open(&mut self.direct, destination, false).await;
        };
        if !matches!(proxy.uri().scheme_str(), Some("http" | "https")) {
            return Err("the proxy's scheme is neither http nor https".into());
        }
        if destination.scheme() != Some(&Scheme::HTTPS) {
            return open(&mut self.direct, proxy.uri().clone(), true).await;
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.direct)
            .with_headers(HeaderMap::from_iter([(USER_AGENT, self.agent)]));
        if let Some(authorization) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        open(&mut self.tls.secure(tunnel), destination, false).await
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Stream, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let limit = self.limit;
        let connecting = self.clone().connect(destination);
        Box::pin(async move {
            within(&TokioRuntime, limit, connecting)
                .await
                .unwrap_or_else(|| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
        })
    }
}

async fn open<C>(connector: &mut C, destination: Uri, is_proxied: bool) -> Result<Stream, BoxError>
where
    C: Service<Uri, Error: Into<BoxError>, Response: Io>,
{
    poll_fn(|context| connector.poll_ready(context))
        .await
        .map_err(Into::into)?;
    let io = connector.call(destination).await.map_err(Into::into)?;
    Ok(Stream {
        io: Box::new(io),
        is_proxied,
    })
}

trait Io: Read + Write + Send + Unpin + 'static {}

impl<T: Read + Write + Send + Unpin + 'static> Io for T {}

/// An open connection.
pub(super) struct Stream {
    io: Box<dyn Io>,
    /// Whether a proxy forwards the requests. They then name their whole URL.
    is_proxied: bool,
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.is_proxied)
    }
}

/// Hands calls on to the connection inside.
macro_rules! delegate {
    ($($name:ident($($argument:ident: $type:ty)?) -> $done:ty;)+) => {$(
        fn $name(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            $($argument: $type)?
        ) -> Poll<io::Result<$done>> {
            Pin::new(&mut self.io).$name(context $(, $argument)?)
        }
    )+};
}

impl Read for Stream {
    delegate! { poll_read(buffer: ReadBufCursor<'_>) -> (); }
}

impl Write for Stream {
    delegate! {
        poll_write(bytes: &[u8]) -> usize;
        poll_flush() -> ();
        poll_shutdown() -> ();
        poll_write_vectored(bytes: &[io::IoSlice<'_>]) -> usize;
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
