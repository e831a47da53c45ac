//! Webhooks over HTTPS, with a certificate authority of the test's own.

use std::sync::Arc;

use cryptopocket_sandbox::Sandbox;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::support::{Api, Receiver, results};
use crate::webhooks::{paid, subscribed, verifies};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Authority::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

/// A receiver with a certificate for `host`.
async fn receiver(authority: &Authority, host: &str) -> Receiver {
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec![host.to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Receiver::start_tls(TlsAcceptor::from(Arc::new(config)), vec![503]).await
}

/// Why the last attempt of the first delivery got no answer.
async fn failure(api: &Api, receiver: &Receiver) -> String {
    subscribed(api, receiver, &["PAY_IN"]).await;
    paid(api).await;
    assert!(receiver.all().is_empty());
    let log = api.sandbox.deliveries();
    assert_eq!((log[0].state.name(), log[0].attempts.len()), ("given_up", 6));
    log[0].attempts[5].result.clone().unwrap_err()
}

#[tokio::test]
async fn webhooks_reach_https_receiver_with_trusted_certificate() {
    let authority = authority();
    let receiver = receiver(&authority, "127.0.0.1").await;
    assert!(receiver.url.starts_with("https://"));
    let api = Api::from(Sandbox::builder().trust_pem(authority.pem())).await;
    subscribed(&api, &receiver, &["PAY_IN"]).await;
    paid(&api).await;
    assert_eq!(receiver.types(), ["PAY_IN", "PAY_IN"]);
    assert!(receiver.all().iter().all(|one| verifies(&api, one)));
    let log = api.sandbox.deliveries();
    assert_eq!(
        (log[0].state.name(), results(&log[0])),
        ("delivered", vec![Ok(503), Ok(204)])
    );
}

#[tokio::test]
async fn untrusted_certificate_is_sent_nothing() {
    let (ours, theirs) = (authority(), authority());
    let receiver = receiver(&theirs, "127.0.0.1").await;
    let api = Api::from(Sandbox::builder().trust_pem(ours.pem())).await;
    let reason = failure(&api, &receiver).await;
    assert!(reason.contains("certificate"), "{reason}");
}

#[tokio::test]
async fn certificate_for_another_host_is_sent_nothing() {
    let authority = authority();
    let receiver = receiver(&authority, "shop.example").await;
    let api = Api::from(Sandbox::builder().trust_pem(authority.pem())).await;
    let reason = failure(&api, &receiver).await;
    assert!(reason.contains("not valid for name"), "{reason}");
}

#[tokio::test]
async fn unreadable_authority_is_refused_at_start() {
    let cut = authority().pem().replace("-----END", "");
    for pem in ["", "company-ca.pem", &cut] {
        let error = Sandbox::builder().trust_pem(pem).start().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "a certificate authority to trust is not valid PEM; give the whole text of a PEM file; each certificate \
             begins with -----BEGIN CERTIFICATE-----"
        );
        assert_eq!(error.setting, "trust_pem");
    }
}
