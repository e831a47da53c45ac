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
    use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
    use rustls_platform_verifier::BuilderVerifierExt;

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

    pub(super) fn verifying(client: ClientBuilder) -> Result<ClientBuilder, String> {
        let mut tls = config()
            .and_then(BuilderVerifierExt::with_platform_verifier)
            .map_err(|error| error.to_string())?
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(client.tls_backend_preconfigured(tls))
    }

    pub(super) fn trusting_nobody(client: ClientBuilder) -> ClientBuilder {
        match config() {
            Ok(tls) => client.tls_backend_preconfigured(
                tls.with_root_certificates(RootCertStore::empty())
                    .with_no_client_auth(),
            ),
            Err(_) => client,
        }
    }
}

#[cfg(all(feature = "native-tls", not(feature = "_rustls")))]
mod backend {
    use reqwest::ClientBuilder;

    #[allow(clippy::unnecessary_wraps, reason = "the other backends can fail here")]
    pub(super) fn verifying(client: ClientBuilder) -> Result<ClientBuilder, String> {
        Ok(client.tls_backend_native())
    }

    pub(super) fn trusting_nobody(client: ClientBuilder) -> ClientBuilder {
        client.tls_backend_native()
    }
}

#[cfg(not(any(feature = "_rustls", feature = "native-tls")))]
mod backend {
    use reqwest::ClientBuilder;

    #[allow(clippy::unnecessary_wraps, reason = "the other backends can fail here")]
    pub(super) fn verifying(client: ClientBuilder) -> Result<ClientBuilder, String> {
        Ok(client)
    }

    pub(super) fn trusting_nobody(client: ClientBuilder) -> ClientBuilder {
        client
    }
}

/// A client that trusts whom the operating system trusts.
pub(super) fn verifying(client: ClientBuilder) -> Result<ClientBuilder, String> {
    backend::verifying(client)
}

/// A client that builds requests and never connects, so it needs no certificates and cannot fail over them.
pub(super) fn trusting_nobody(client: ClientBuilder) -> ClientBuilder {
    backend::trusting_nobody(client)
}
