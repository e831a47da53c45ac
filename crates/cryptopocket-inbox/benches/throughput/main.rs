//! Intake and handling a second, on this disk, beside one transaction an event.
//!
//! `INBOX_BENCH_ROWS` sets how many events are stored beforehand for the comparison by size (default one million).
//! `INBOX_BENCH_ONLY=sqlite|load|size|postgres` runs one part.

#![allow(clippy::unwrap_used, reason = "a bench that fails says where")]
#![allow(clippy::disallowed_methods, reason = "a bench measures real time")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../../tests/stores/cluster.rs"]
mod cluster;
mod postgres;
mod sqlite;

use std::time::Instant;

use cryptopocket_inbox::{Inbox, Store};
use cryptopocket_webhooks::{Sighting, Signer, Verifier};

fn main() {
    let only = std::env::var("INBOX_BENCH_ONLY").ok();
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if wanted("sqlite") {
            sqlite::beside_one_transaction_an_event().await;
        }
        if wanted("load") {
            sqlite::under_a_steady_load().await;
        }
        if wanted("size") {
            sqlite::with_many_stored().await;
        }
        if wanted("postgres") {
            postgres::one_and_two_consumers().await;
        }
    });
}

/// Receives events `from..to`, `concurrent` at a time, and returns the events a second.
async fn receive_all<S: Store>(inbox: &Inbox<S>, from: u64, to: u64, concurrent: u64) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..concurrent)
        .map(|first| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                let mut number = from + first;
                while number < to {
                    receive(&inbox, number).await;
                    number += concurrent;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    (to - from) as f64 / start.elapsed().as_secs_f64()
}

/// Signs, verifies and receives one event.
async fn receive<S: Store>(inbox: &Inbox<S>, number: u64) {
    let body = body(number);
    let headers = Signer::new("secret").unwrap().sign(body.as_bytes());
    let verifier = Verifier::new("secret").unwrap();
    let delivery = verifier.verify(&headers, body.as_bytes()).unwrap();
    let receipt = inbox.receive(&delivery).await.unwrap();
    assert_eq!(receipt.sighting, Sighting::New);
}

fn body(number: u64) -> String {
    format!(
        r#"{{"type":"PAY_IN","data":{{"id":"8k2xq0w9v7b6n5m4a3{number:08}","user_id":"100067","status":"payment_received","fiat_amount":15050,"fiat_symbol":"EUR","coin_amount":148.32,"coin_symbol":"USDC","channel":"app"}}}}"#
    )
}
