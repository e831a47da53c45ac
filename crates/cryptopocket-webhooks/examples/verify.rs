//! Verifies one delivery, as a web handler would: `cargo run -p cryptopocket-webhooks --example verify`.
//!
//! With `BODY_FILE TIMESTAMP SIGNATURE` as arguments and the secret in `CRYPTOPOCKET_API_SECRET` it verifies yours.

use std::process::ExitCode;

use cryptopocket_webhooks::{Event, SignatureHeaders, Signer, Verifier, VerifyError};

/// The whole of a handler: status to answer with, and the event if there is one to handle.
fn receive(verifier: &Verifier, headers: &SignatureHeaders<'_>, body: &[u8]) -> (u16, Option<Event>) {
    match verifier.event(headers, body) {
        Ok(event) => (200, Some(event)),
        Err(error) => {
            eprintln!("{error}\n  hint: {}", error.hint());
            (400, None)
        }
    }
}

fn own_delivery(secret: String) -> Result<(Verifier, SignatureHeaders<'static>, Vec<u8>), VerifyError> {
    let body = br#"{"type":"PAY_IN","data":{"id":"8k2xq0w9v7b6n5m4a3s2d1f0g","status":"payment_received","fiat_amount":15050,"fiat_symbol":"EUR"}}"#;
    let headers = Signer::new(secret.as_str())?.sign(body);
    Ok((Verifier::new(secret)?, headers, body.to_vec()))
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (verifier, headers, body) = match arguments.as_slice() {
        [file, timestamp, signature] => (
            Verifier::new(std::env::var("CRYPTOPOCKET_API_SECRET")?)?,
            SignatureHeaders::new(timestamp.clone(), signature.clone()),
            std::fs::read(file)?,
        ),
        _ => own_delivery("api-secret".to_owned())?,
    };
    let (status, event) = receive(&verifier, &headers, &body);
    println!("answer {status}");
    if let Some(event) = event {
        println!("{event:#?}\nkey {}", event.key());
    }
    Ok(if status == 200 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
