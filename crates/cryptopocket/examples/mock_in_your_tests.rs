//! Tests your own code without a server: scripted answers and virtual time.
//!
//! `cargo run -p cryptopocket --features testing --example mock_in_your_tests`

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket::testing::{Answer, ScriptedTransport, TestRuntime};
use cryptopocket::{Client, Credentials, PaymentId, PaymentStatus};

/// The code under test: it reports whether the coins have left within an hour.
async fn is_delivered(client: &Client, payment: &PaymentId) -> cryptopocket::Result<bool> {
    let wait = client
        .onramp()
        .wait_payment(payment)
        .max_wait(Duration::from_secs(3_600));
    Ok(wait.await?.status == PaymentStatus::CoinsSent)
}

fn payment(status: &str) -> Answer {
    Answer::json(format!(
        r#"{{"status":"ok","data":{{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":null,"user_id":"100067",
        "status":"{status}","fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.32,
        "created_at":"2026-06-20T10:15:30.123456Z","holder":null}}}}"#
    ))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let transport = Arc::new(ScriptedTransport::new());
    transport.next("get_payment", payment("started"));
    transport.next("get_payment", Answer::timeout_after_sending());
    transport.always("get_payment", payment("coins_sent"));
    let client = Client::builder()
        .credentials(Credentials::new("key", "secret"))
        .transport(transport.clone())
        .runtime(Arc::new(TestRuntime::new(7)))
        .build()?;

    let id = PaymentId::from("pay4H8nC2wY6jTf5QdV1xRk9m");
    assert!(is_delivered(&client, &id).await?);
    println!("{} polls, no time passed", transport.calls("get_payment"));
    assert_eq!(transport.calls("get_payment"), 3);
    Ok(())
}
