//! The TLS side of the HTTP client. The provider is handed over explicitly, so that it never depends on what the
//! rest of the program installed, or on which other crates turned on which rustls feature.

use reqwest::ClientBuilder;

/// Whether `https` can be spoken at all.
pub(crate) const AVAILABLE: bool = cfg!(any(feature = "_rustls", feature = "native-tls"));

#[cfg(feature = "_rustls")]
mod backend {
    use std::sync::Arc;

    use reqwest::ClientBuilder;
    use rustls::crypto::CryptoProvider;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, ConfigBuilder, WantsVerifier};
    use rustls_platform_verifier::Verifier;

    pub(in crate::transport) type Root = CertificateDer<'static>;

    #[cfg(feature = "ring")]
    fn provider() -> CryptoProvider {
        rustls::crypto::ring::default_provider()
    }

    #[cfg(all(feature = "aws-lc", not(feature = "ring")))]
    fn provider() -> CryptoProvider {
        rustls::crypto::aws_lc_rs::default_provider()
    }

    fn config() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
        ClientConfig::builder_with_provider(Arc::new(provider())).with_safe_default_protocol_versions()
    }

    pub(super) fn roots(pem: &[u8]) -> Option<Vec<Root>> {
        let roots: Vec<Root> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .ok()?;
        let mut store = rustls::RootCertStore::empty();
        let are_readable = roots.iter().all(|root| store.add(root.clone()).is_ok());
        (are_readable && !roots.is_empty()).then_some(roots)
    }

    #[cfg(not(target_os = "android"))]
    fn verifier(roots: Vec<Root>) -> Result<Verifier, rustls::Error> {
        Verifier::new_with_extra_roots(roots, Arc::new(provider()))
    }

    #[cfg(target_os = "android")]
    fn verifier(roots: Vec<Root>) -> Result<Verifier, rustls::Error> {
        if !roots.is_empty() {
            return Err(rustls::Error::General(
                "on Android, authorities are trusted in the system's settings only".to_owned(),
            ));
        }
        Verifier::new(Arc::new(provider()))
    }
    pub(super) fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
        matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
    }

    pub(super) fn verifying(client: ClientBuilder, roots: Vec<Root>) -> Result<ClientBuilder, String> {
        let text = |error: rustls::Error| error.to_string();
        let verifier = verifier(roots).map_err(text)?;
        let mut tls = config()
            .map_err(text)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(client.tls_backend_preconfigured(tls))
    }
}

#[cfg(all(feature = "native-tls", not(feature = "_rustls")))]
mod backend {
    use reqwest::{Certificate, ClientBuilder};

    pub(in crate::transport) type Root = Certificate;

    pub(super) fn roots(pem: &[u8]) -> Option<Vec<Root>> {
        let roots = Certificate::from_pem_bundle(pem).ok()?;
        (!roots.is_empty()).then_some(roots)
    }

    /// By its text: the TLS libraries of the platforms share no type of error.
    pub(super) fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
        error.to_string().contains("certificate")
    }

    #[allow(clippy::unnecessary_wraps, reason = "the other backends can fail here")]
    pub(super) fn verifying(client: ClientBuilder, roots: Vec<Root>) -> Result<ClientBuilder, String> {
        Ok(client.tls_backend_native().tls_certs_merge(roots))
    }
}

#[cfg(not(any(feature = "_rustls", feature = "native-tls")))]
mod backend {
    use reqwest::ClientBuilder;

    pub(in crate::transport) type Root = ();

    #[allow(clippy::unnecessary_wraps, reason = "the other backends can fail here")]
    pub(super) fn roots(_: &[u8]) -> Option<Vec<Root>> {
        Some(Vec::new())
    }

    pub(super) fn is_certificate(_: &(dyn std::error::Error + 'static)) -> bool {
        false
    }

    #[allow(clippy::unnecessary_wraps, reason = "the other backends can fail here")]
    pub(super) fn verifying(client: ClientBuilder, _: Vec<Root>) -> Result<ClientBuilder, String> {
        Ok(client)
    }
}

/// A certificate authority to trust, in the form that the backend takes.
pub(super) type Root = backend::Root;

/// The certificates of a text in PEM; nothing when one cannot be read, or there is none.
pub(super) fn roots(pem: &[u8]) -> Option<Vec<Root>> {
    backend::roots(pem)
}

/// A client that trusts whom the operating system trusts, and the authorities behind `roots`.
pub(super) fn verifying(client: ClientBuilder, roots: Vec<Root>) -> Result<ClientBuilder, String> {
    backend::verifying(client, roots)
}

/// Whether `error` says that a certificate is not trusted.
pub(super) fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    backend::is_certificate(error)
}
