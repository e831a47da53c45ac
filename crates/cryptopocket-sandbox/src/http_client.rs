//! The HTTP client: webhooks go out through it, and calls to the control plane of another emulator.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Collected, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::clock::bounded;

type Https = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Sends requests over HTTP and HTTPS: one connection per request, no redirects, no retries.
#[derive(Debug, Default)]
pub(crate) struct HttpClient {
    extra_roots: Vec<CertificateDer<'static>>,
    /// Built by the first request: loading the system's certificates takes longer than starting the emulator.
    client: OnceLock<Https>,
}

impl HttpClient {
    /// A client that trusts `extra_roots` in addition to the system's certificate authorities.
    pub(crate) fn new(extra_roots: Vec<CertificateDer<'static>>) -> Self {
        Self {
            extra_roots,
            client: OnceLock::new(),
        }
    }

    /// Sends a request. Gives the status and the body, which is empty if it is longer than `max_bytes` or broken off;
    /// or the reason why no reply came within `timeout`.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
        max_bytes: usize,
    ) -> Result<(u16, Bytes), String> {
        let client = self.client.get_or_init(|| connect_with(&self.extra_roots));
        let exchange = async {
            let response = client.request(request.map(Full::new)).await;
            let response = response.map_err(|error| innermost(&error))?;
            let status = response.status().as_u16();
            // The body is read even if it is not needed: a receiver must not see its reply cut off.
            let body = Limited::new(response.into_body(), max_bytes).collect().await;
            Ok((status, body.map(Collected::to_bytes).unwrap_or_default()))
        };
        let reply = bounded(timeout, exchange).await;
        reply.unwrap_or_else(|| Err(format!("no answer within {} s", timeout.as_secs())))
    }
}

/// Reads certificates in PEM; `None` if there are none, or one cannot be read.
pub(crate) fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let (certificates, mut store) = (certificates.ok()?, RootCertStore::empty());
    let mut each = certificates.iter();
    let are_readable = each.all(|certificate| store.add(certificate.clone()).is_ok());
    (are_readable && !certificates.is_empty()).then_some(certificates)
}

fn connect_with(extra_roots: &[CertificateDer<'static>]) -> Https {
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls(extra_roots))
        .https_or_http()
        .enable_http1()
        .build();
    Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build(connector)
}

/// The provider is given explicitly: the process-wide default may be missing or another one.
fn tls(extra_roots: &[CertificateDer<'static>]) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default protocol versions");
    if let Ok(verifier) = Verifier::new_with_extra_roots(extra_roots.iter().cloned(), provider) {
        return config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
    }
    // A container may have no certificates of its own. Deliveries over plain HTTP still work there.
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(extra_roots.iter().cloned());
    config.with_root_certificates(store).with_no_client_auth()
}

/// The text of the last cause: the outer ones only say that a connection failed.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
