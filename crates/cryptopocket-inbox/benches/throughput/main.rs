//! Intake and handling a second, on this disk, beside one transaction an event.
//!
//! `cargo bench -p cryptopocket-inbox -- [PART] [STORED]` runs all parts or one: `intake`, `load`, `size`, `size-postgres`,
//! `postgres`; and only by its name `grouped`, the intake by itself, for a profiler. The parts `size…` compare 10,000 stored events with STORED (default one million).

#![allow(clippy::unwrap_used, reason = "a bench that fails says where")]
#![allow(clippy::disallowed_methods, reason = "a bench measures real time")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../../tests/stores/cluster.rs"]
mod cluster;
mod intake;
mod load;
mod one_each;
mod postgres;
mod size;

use std::time::Instant;

use cryptopocket_inbox::{Inbox, Store};
use cryptopocket_webhooks::{Sighting, SignatureHeaders, Signer, Verifier};

fn main() {
    // Cargo adds options of its own.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let stored = words
        .iter()
        .find_map(|word| word.parse().ok())
        .unwrap_or(1_000_000);
    let part = words.iter().find(|word| word.parse::<u64>().is_err());
    let wanted = |name: &str| part.is_none_or(|part| part == name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if wanted("intake") {
            intake::beside_one_transaction_an_event().await;
        }
        if part.is_some_and(|part| part == "grouped") {
            intake::grouped().await;
        }
        if wanted("load") {
            load::steady().await;
        }
        if wanted("size") {
            size::in_a_file(stored).await;
        }
        if wanted("size-postgres") {
            size::in_a_database(stored).await;
        }
        if wanted("postgres") {
            postgres::one_and_two_consumers().await;
        }
    });
}

/// A folder beside the sources: a temporary one may be in memory.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap()
}

/// A delivery as it comes: signing is the work of the provider.
struct Signed {
    headers: SignatureHeaders<'static>,
    body: String,
}

fn signed(number: u64) -> Signed {
    let body = body(number);
    let headers = Signer::new("secret").unwrap().sign(body.as_bytes());
    Signed { headers, body }
}

/// Receives events `from..to`, `concurrent` at a time, and returns the microseconds an event: elapsed, and of processor time.
async fn receive_all<S: Store>(inbox: &Inbox<S>, from: u64, to: u64, concurrent: u64) -> (f64, f64) {
    let work: Vec<Vec<Signed>> = (0..concurrent)
        .map(|first| {
            (from + first..to)
                .step_by(usize::try_from(concurrent).unwrap())
                .map(signed)
                .collect()
        })
        .collect();
    let verifier = Verifier::new("secret").unwrap();
    let (start, processor) = (Instant::now(), processor_micros());
    let tasks: Vec<_> = work
        .into_iter()
        .map(|deliveries| {
            let (inbox, verifier) = (inbox.clone(), verifier.clone());
            tokio::spawn(async move {
                for delivery in deliveries {
                    receive(&inbox, &verifier, &delivery).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let events = (to - from) as f64;
    (
        start.elapsed().as_secs_f64() * 1e6 / events,
        (processor_micros() - processor) / events,
    )
}

/// The processor time of all threads so far, in microseconds; only Linux tells it.
fn processor_micros() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let nanos = threads.filter_map(|thread| {
        let times = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        times.split(' ').next()?.parse::<u64>().ok()
    });
    nanos.sum::<u64>() as f64 / 1e3
}

/// Verifies and receives one event.
async fn receive<S: Store>(inbox: &Inbox<S>, verifier: &Verifier, delivery: &Signed) {
    let genuine = verifier
        .verify(&delivery.headers, delivery.body.as_bytes())
        .unwrap();
    let receipt = inbox.receive(&genuine).await.unwrap();
    assert_eq!(receipt.sighting, Sighting::New);
}

fn body(number: u64) -> String {
    format!(
        r#"{{"type":"PAY_IN","data":{{"id":"{}","user_id":"100067","status":"payment_received","fiat_amount":15050,"fiat_symbol":"EUR","coin_amount":148.32,"coin_symbol":"USDC","channel":"app"}}}}"#,
        id(number)
    )
}

/// An id as those of the provider: 25 characters, in no order.
fn id(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let characters = (0..25).map(|_| {
        state = (state ^ (state >> 31))
            .wrapping_mul(0xbf58_476d_1ce4_e5b9)
            .wrapping_add(number);
        char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[(state >> 40) as usize % 36])
    });
    characters.collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
