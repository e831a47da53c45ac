//! Sends calls through a transport of your own, here one that counts them and adds a header.
//!
//! `cargo run -p cryptopocket --example custom_transport`

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cryptopocket::{BoxFuture, Client, Credentials, HttpTransport, Transport, TransportError};
use cryptopocket::{WireRequest, WireResponse};
use cryptopocket_sandbox::Sandbox;

#[derive(Debug)]
struct Counting {
    inner: HttpTransport,
    sent: AtomicUsize,
}

impl Transport for Counting {
    fn send(&self, mut request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        if let Ok(value) = request.operation.parse() {
            request.headers.insert("x-operation", value);
        }
        self.inner.send(request)
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let transport = Arc::new(Counting {
        inner: HttpTransport::builder().build()?,
        sent: AtomicUsize::new(0),
    });
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .transport(transport.clone())
        .build()?;
    let assets = client.list_assets().await?;
    let sent = transport.sent.load(Ordering::Relaxed);
    println!("{} assets; {sent} requests, one of them the login", assets.len());
    assert_eq!(sent, 2);
    Ok(())
}
