//! TLS of the transport.
//!
//! The crypto provider is passed explicitly. It depends neither on the provider installed for the process nor on the
//! rustls features that other crates turn on.

/// Whether `https` URLs can be called.
pub(crate) const AVAILABLE: bool = cfg!(any(feature = "_rustls", feature = "native-tls"));

#[cfg(feature = "_rustls")]
mod backend {
    use std::sync::Arc;

    use rustls::ClientConfig;
    use rustls::crypto::CryptoProvider;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls_platform_verifier::Verifier;

    pub(in crate::transport) type Root = CertificateDer<'static>;
    pub(in crate::transport) type Secured<C> = hyper_rustls::HttpsConnector<C>;

    #[derive(Clone)]
    pub(in crate::transport) struct Tls(Arc<ClientConfig>);

    impl Tls {
        pub(in crate::transport) fn new(roots: Vec<Root>) -> Result<Self, String> {
            let text = |error: rustls::Error| error.to_string();
            let provider = Arc::new(provider());
            let verifier = verifier(roots, Arc::clone(&provider)).map_err(text)?;
            let mut config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(text)?
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth();
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            Ok(Self(Arc::new(config)))
        }

        pub(in crate::transport) fn secure<C>(&self, connector: C) -> Secured<C> {
            Secured::from((connector, Arc::clone(&self.0)))
        }
    }

    #[cfg(feature = "ring")]
    fn provider() -> CryptoProvider {
        rustls::crypto::ring::default_provider()
    }

    #[cfg(all(feature = "aws-lc", not(feature = "ring")))]
    fn provider() -> CryptoProvider {
        rustls::crypto::aws_lc_rs::default_provider()
    }

    #[cfg(not(target_os = "android"))]
    fn verifier(roots: Vec<Root>, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
        Verifier::new_with_extra_roots(roots, provider)
    }

    #[cfg(target_os = "android")]
    fn verifier(roots: Vec<Root>, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
        if !roots.is_empty() {
            return Err(rustls::Error::General(
                "on Android, authorities are trusted in the system's settings only".to_owned(),
            ));
        }
        Verifier::new(provider)
    }

    pub(in crate::transport) fn roots(pem: &[u8]) -> Option<Vec<Root>> {
        let roots: Vec<Root> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .ok()?;
        let mut store = rustls::RootCertStore::empty();
        let are_readable = roots.iter().all(|root| store.add(root.clone()).is_ok());
        (are_readable && !roots.is_empty()).then_some(roots)
    }

    pub(in crate::transport) fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
        matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
    }
}

#[cfg(all(feature = "native-tls", not(feature = "_rustls")))]
mod backend {
    use native_tls::{Certificate, TlsConnector};

    pub(in crate::transport) type Root = Certificate;
    pub(in crate::transport) type Secured<C> = hyper_tls::HttpsConnector<C>;

    #[derive(Clone)]
    pub(in crate::transport) struct Tls(tokio_native_tls::TlsConnector);

    impl Tls {
        pub(in crate::transport) fn new(roots: Vec<Root>) -> Result<Self, String> {
            let mut builder = TlsConnector::builder();
            for root in roots {
                builder.add_root_certificate(root);
            }
            let connector = builder.build().map_err(|error| error.to_string())?;
            Ok(Self(connector.into()))
        }

        pub(in crate::transport) fn secure<C>(&self, connector: C) -> Secured<C> {
            Secured::from((connector, self.0.clone()))
        }
    }

    pub(in crate::transport) fn roots(pem: &[u8]) -> Option<Vec<Root>> {
        const END: &str = "-----END CERTIFICATE-----";
        let certificates = std::str::from_utf8(pem).ok()?.split_inclusive(END);
        let roots: Vec<Root> = certificates
            .filter(|certificate| !certificate.trim().is_empty())
            .map(|certificate| Certificate::from_pem(certificate.as_bytes()))
            .collect::<Result<_, _>>()
            .ok()?;
        (!roots.is_empty()).then_some(roots)
    }

    /// By its text: the TLS libraries of the platforms share no error type.
    pub(in crate::transport) fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
        error.to_string().contains("certificate")
    }
}

#[cfg(not(any(feature = "_rustls", feature = "native-tls")))]
mod backend {
    pub(in crate::transport) type Root = ();
    pub(in crate::transport) type Secured<C> = C;

    #[derive(Clone)]
    pub(in crate::transport) struct Tls;

    impl Tls {
        #[allow(clippy::unnecessary_wraps, reason = "the other backends can fail here")]
        pub(in crate::transport) fn new(_: Vec<Root>) -> Result<Self, String> {
            Ok(Self)
        }

        #[allow(clippy::unused_self, reason = "the other backends have a configuration")]
        pub(in crate::transport) fn secure<C>(&self, connector: C) -> Secured<C> {
            connector
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "the other backends can fail here")]
    pub(in crate::transport) fn roots(_: &[u8]) -> Option<Vec<Root>> {
        Some(Vec::new())
    }

    pub(in crate::transport) fn is_certificate(_: &(dyn std::error::Error + 'static)) -> bool {
        false
    }
}

// Of each backend:
// - `Root`: a certificate authority.
// - `Tls`: a configuration that trusts the operating system's authorities and the given ones.
// - `Secured<C>`: a connector that speaks TLS over `C` to `https` destinations.
// - `roots`: the certificates of a PEM text; `None` if one is unreadable or there is none.
// - `is_certificate`: whether an error says that a certificate is not trusted.
pub(super) use backend::{Secured, Tls, is_certificate, roots};
