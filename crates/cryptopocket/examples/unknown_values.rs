//! Reads a reply with a status and a field that this version does not know.
//!
//! `cargo run -p cryptopocket --features testing --example unknown_values`

use std::error::Error;

use cryptopocket::testing::ScriptedSession;
use cryptopocket::{Client, Field, PaymentId, PaymentStatus, RawJson};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let reply = r#"{"status":"ok","data":{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":null,"user_id":"100067",
        "status":"refund_pending","fiat_amount":15050,"fiat_symbol":"euro?","coin_symbol":"USDC","coin_amount":148.32,
        "created_at":"2026-06-20T10:15:30.123456Z","holder":null,"refund":{"fee":0.10}}}"#;
    let client = Client::from(ScriptedSession::new().next("get_payment", &[reply]).session);

    let payment = client
        .onramp()
        .payment(&PaymentId::from("pay4H8nC2wY6jTf5QdV1xRk9m"))
        .await?;
    match &payment.status {
        PaymentStatus::CoinsSent => println!("delivered"),
        status if !status.is_known() => {
            println!("the provider says {status}, which this version does not know");
        }
        status => println!("still {status}"),
    }
    // A field that cannot be read fails nothing: what came is in `extra`, and why in its surprises.
    match &payment.fiat {
        Field::Value(money) => println!("{money}"),
        Field::Absent => println!("no amount"),
        Field::Unreadable => println!(
            "the amount cannot be read: {:?}, with {:?}",
            payment.extra.surprises(),
            payment.extra.get("fiat_amount").map(RawJson::get)
        ),
    }
    assert_eq!(payment.fiat, Field::Unreadable);
    // Unknown fields keep their exact text: 0.10 does not become 0.1.
    let refund = payment.extra.get("refund").ok_or("the field is kept")?;
    assert_eq!(refund.get(), r#"{"fee":0.10}"#);
    assert!(!payment.is_final());
    Ok(())
}
