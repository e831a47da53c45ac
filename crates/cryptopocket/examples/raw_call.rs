//! Calls an endpoint that the SDK has no method for, on the day the provider adds it.
//!
//! `cargo run -p cryptopocket --example raw_call`

use std::error::Error;

use cryptopocket::{Client, Credentials, Effect, ErrorKind, Idempotency, Method};
use cryptopocket_sandbox::Sandbox;
use serde::Deserialize;

/// What the new endpoint answers: only what this program needs of it.
#[derive(Debug, Deserialize)]
struct Methods {
    data: Vec<Payable>,
}

#[derive(Debug, Deserialize)]
struct Payable {
    payment_type: String,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .build()?;

    // The login, the token and the retries are those of every other call. This one only reads, so say so.
    let reply = client
        .session()
        .raw(Method::GET, "/paymentMethods")
        .query("fiat_symbol", "EUR")
        .idempotency(Idempotency::Safe)
        .send()
        .await?;
    println!("HTTP {}, {} bytes", reply.status(), reply.body().len());
    assert!(reply.says_success());
    let methods: Methods = reply.decode()?;
    assert!(methods.data.iter().any(|method| method.payment_type == "card"));

    // Unless said otherwise a raw call counts as one that moves money: it is never sent twice, and its error says what
    // became of it. Here the emulator does not know the path either.
    let unknown = client
        .session()
        .raw(Method::POST, "/payments/{payment_id}/refund")
        .path(&"pay4H8nC2wY6jTf5QdV1xRk9m")
        .json(&serde_json::json!({ "reason": "returned" }))
        .send()
        .await;
    let Err(error) = unknown else {
        return Err("the emulator has no such path".into());
    };
    println!("{error}: {}", error.advice());
    assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(404)));
    // A 404 without a code of the provider may be a proxy's, so it proves nothing of a call that may act twice.
    assert_eq!(error.effect(), Effect::Unknown);
    Ok(())
}
