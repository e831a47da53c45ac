//! Real handshakes on the loopback interface, with a certificate authority of the test's own.

use std::sync::Arc;

use cryptopocket_core::{Effect, ErrorKind, HttpTransport, Sent};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::api::{CLASSES, GOOD, UNSAFE, builder, thing};
use crate::over_http::{TOKEN, after_login};
use crate::server::{Act, Server};

/// A certificate authority that no machine trusts.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        // OpenSSL finds who signed a certificate by this name.
        parameters.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(parameters, key).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server with a certificate for `name`.
    async fn server(&self, name: &str) -> Server {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Server::start_tls(TlsAcceptor::from(Arc::new(config)), |request| {
            Act::json(if request.line.contains("/authenticate") {
                TOKEN
            } else {
                GOOD
            })
        })
        .await
    }
}

/// Meets a server in whose certificate something is wrong, and must not send it anything.
async fn refused(server: &Server, transport: HttpTransport) {
    for error in after_login(server.base_url.clone(), transport).await {
        assert_eq!(
            (error.kind(), error.sent(), error.effect() == Effect::Unknown),
            (ErrorKind::NotSent, Sent::No, false),
            "{error:?}"
        );
        assert!(
            error.advice().to_string().contains("certificate is not trusted"),
            "{error}: {}",
            error.advice()
        );
        assert!(
            error.advice().to_string().contains("Nothing was sent"),
            "{}",
            error.advice()
        );
    }
    assert!(server.connections() >= CLASSES.len(), "the server was there");
    assert!(server.requests("").is_empty());
}

#[tokio::test]
async fn a_session_that_trusts_a_private_authority_calls_over_tls() {
    let (authority, other) = (Authority::new("ours"), Authority::new("theirs"));
    let server = authority.server("127.0.0.1").await;
    assert!(server.base_url.starts_with("https://"));
    let both = format!("{}{}", other.pem(), authority.pem());
    let session = builder()
        .base_url(&server.base_url)
        .trust_pem(both)
        .build()
        .unwrap();
    thing(&session, &UNSAFE).await.unwrap();
    assert_eq!(server.requests("/authenticate").len(), 1);
    assert_eq!(server.requests("/thing")[0].header("auth"), Some("T"));
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_is_not_trusted_is_refused_before_anything_is_sent() {
    let server = Authority::new("theirs").server("127.0.0.1").await;
    refused(&server, HttpTransport::builder().build().unwrap()).await;
    let another = HttpTransport::builder().trust_pem(Authority::new("ours").pem());
    refused(&server, another.build().unwrap()).await;
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused_before_anything_is_sent() {
    let authority = Authority::new("ours");
    let server = authority.server("api.example").await;
    let transport = HttpTransport::builder().trust_pem(authority.pem());
    refused(&server, transport.build().unwrap()).await;
}

#[test]
fn an_authority_that_cannot_be_read_is_refused_when_the_session_is_built() {
    let cut = Authority::new("ours").pem().replace("-----END", "");
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in ["", "company-ca.pem", &cut, garbage] {
        let error = builder().trust_pem(text).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{text}: {error}");
        assert!(
            error.to_string().contains("certificate authority to trust"),
            "{error}"
        );
        assert!(
            error.advice().to_string().contains("BEGIN CERTIFICATE"),
            "{}",
            error.advice()
        );
    }
}
