//! Time to read a reply field by field, beside the decoder of before and serde's derive over the same bytes.
//!
//! `cargo bench -p cryptopocket-api --features onramp --bench decoding`. With `-- --check` it fails if replies are read
//! slower than before they bent.

mod before;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use cryptopocket_api::onramp::types::Payment;
use cryptopocket_types::id::{ExternalId, PaymentId, TxId, UserId};
use cryptopocket_types::reading::{FromJson, Surprises, read_reply};
use cryptopocket_types::wire::{Cents, CoinUnits};
use cryptopocket_types::{Currency, PaymentStatus, Personal, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const ROUNDS: usize = 200;
const ROUND: Duration = Duration::from_millis(2);
/// Times as long as the decoder of before.
const MOST: f64 = 1.0;

const PAYMENT: &str = r#"{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":"order-2002","user_id":"100067","status":"coins_sent","fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.32,"created_at":"2026-06-20T10:15:30.123456Z","holder":"Ada Lovelace","txid":"0x5f0a"}"#;

/// A struct as the derive macro reads it: no bending, no unknown fields kept, no surprises.
macro_rules! derived {
    ($name:ident { $($field:ident: $type:ty,)+ }) => {
        #[derive(Deserialize)]
        #[allow(dead_code, reason = "decoded to be measured")]
        struct $name { $($field: $type,)+ }
    };
}

derived! { SameTypes {
    id: PaymentId,
    external_id: Option<ExternalId>,
    user_id: UserId,
    status: PaymentStatus,
    fiat_amount: Cents,
    fiat_symbol: Currency,
    coin_symbol: String,
    coin_amount: CoinUnits,
    created_at: Timestamp,
    holder: Option<Personal>,
    txid: Option<TxId>,
} }

derived! { Plain {
    id: String,
    external_id: Option<String>,
    user_id: String,
    status: String,
    fiat_amount: u64,
    fiat_symbol: String,
    coin_symbol: String,
    coin_amount: f64,
    created_at: String,
    holder: Option<String>,
    txid: Option<String>,
} }

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded to be measured")]
struct Page<T> {
    data: Vec<T>,
    pagination: Numbers,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded to be measured")]
struct Numbers {
    current_page: u32,
    per_page: u32,
    last_page: u32,
    total: u64,
}

fn ours<T: FromJson>(json: &[u8]) -> bool {
    let mut surprises = Surprises::new();
    let json = str::from_utf8(json).unwrap_or_default();
    let read = black_box(read_reply::<T>(json, &mut surprises));
    read.is_ok() && surprises.is_empty()
}

fn by_serde<T: DeserializeOwned>(json: &[u8]) -> bool {
    black_box(serde_json::from_slice::<T>(json)).is_ok()
}

type Read = fn(&[u8]) -> bool;

/// Nanoseconds of each call in the best of several rounds, in turns, so that what else the machine does meets all alike.
#[allow(clippy::disallowed_methods, reason = "a bench measures real time")]
fn nanoseconds(json: &str, calls: [Read; 4]) -> [f64; 4] {
    let mut best = [f64::INFINITY; 4];
    for _ in 0..ROUNDS {
        for (best, call) in best.iter_mut().zip(calls) {
            let (start, mut count) = (Instant::now(), 0_u32);
            let took = loop {
                assert!(call(black_box(json.as_bytes())), "the sample can be read");
                count += 1;
                let took = start.elapsed();
                if took >= ROUND {
                    break took;
                }
            };
            *best = best.min(took.as_secs_f64() * 1e9 / f64::from(count));
        }
    }
    best
}

fn page(rows: usize) -> String {
    let data = vec![PAYMENT; rows].join(",");
    format!(
        r#"{{"status":"ok","data":[{data}],"pagination":{{"current_page":1,"per_page":{rows},"last_page":9,"total":900}}}}"#
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let of_one: [Read; 4] = [
        ours::<Payment>,
        by_serde::<before::Payment>,
        by_serde::<SameTypes>,
        by_serde::<Plain>,
    ];
    let of_page: [Read; 4] = [
        ours::<cryptopocket_types::reading::Page<Payment>>,
        by_serde::<before::Page>,
        by_serde::<Page<SameTypes>>,
        by_serde::<Page<Plain>>,
    ];
    let mut is_slower = false;
    for (name, json, calls) in [
        ("a payment", PAYMENT.to_owned(), of_one),
        ("a page of 25", page(25), of_page),
        ("a page of 100", page(100), of_page),
    ] {
        let [ours, before, same, plain] = nanoseconds(&json, calls);
        println!(
            "{name:<14} ours {ours:>7.0} ns   before {before:>7.0} ns ({:.2})   derived: same types {same:>7.0} ns ({:.2}), String and f64 {plain:>7.0} ns ({:.2})",
            ours / before,
            ours / same,
            ours / plain,
        );
        is_slower |= ours / before > MOST;
    }
    if is_slower && std::env::args().any(|argument| argument == "--check") {
        return Err("replies are read slower than before they bent".into());
    }
    Ok(())
}
