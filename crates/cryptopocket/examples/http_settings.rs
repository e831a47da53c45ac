//! Chooses the HTTP settings: timeouts, size limit, proxy, certificate authorities.
//!
//! `cargo run -p cryptopocket --example http_settings`

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket::{Client, Credentials, HttpTransport, RetryPolicy};
use cryptopocket_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let mut http = HttpTransport::builder()
        .connect_timeout(Duration::from_secs(3))
        .max_body(512 * 1024)
        // `HTTPS_PROXY` and `NO_PROXY` are followed unless this is false.
        .environment_proxy(false)
        .application("shop/1.4");
    // The certificate authority of a proxy that opens TLS connections.
    if let Some(path) = std::env::var_os("SHOP_CA_FILE") {
        http = http.trust_pem(std::fs::read(path)?);
    }
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .transport(Arc::new(http.build()?))
        .timeout(Duration::from_secs(10))
        .retry(RetryPolicy::default().attempts(2))
        .build()?;
    client.login().await?;
    println!("logged in");
    Ok(())
}
