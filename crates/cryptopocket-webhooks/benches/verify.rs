//! What a verification costs beside `standardwebhooks` and hand-written HMAC: `cargo bench -p cryptopocket-webhooks`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cryptopocket_webhooks::{SignatureHeaders, Signer, Verifier};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SECRET: &[u8] = b"a-secret-of-thirty-two-bytes-len";
const ROUNDS: usize = 7;

/// Nanoseconds of one call: the best of several rounds, which the rest of the machine disturbed least.
#[allow(clippy::disallowed_methods, reason = "a bench measures real time")]
fn nanoseconds(round: Duration, mut call: impl FnMut()) -> f64 {
    let mut calls = 1u32;
    let mut best = f64::INFINITY;
    let mut rounds = 0;
    while rounds < ROUNDS {
        let start = Instant::now();
        for _ in 0..calls {
            call();
        }
        let took = start.elapsed();
        if took < round {
            calls *= 2;
            continue;
        }
        best = best.min(took.as_secs_f64() * 1e9 / f64::from(calls));
        rounds += 1;
    }
    best
}

fn body(length: usize) -> Vec<u8> {
    let head = r#"{"type":"COINS_SENT","data":{"id":"8k2xq0w9v7b6n5m4a3s2d1f0g","external_id":"order-1","user_id":"100067","status":"coins_sent","fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.32,"created_at":"2026-04-08T10:00:00.250000Z","txid":"0x"#;
    let tail = "\"}}";
    let fill = "a".repeat(length.saturating_sub(head.len() + tail.len()));
    format!("{head}{fill}{tail}").into_bytes()
}

fn by_hand(headers: &SignatureHeaders<'_>, body: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("any length");
    mac.update(body);
    mac.update(headers.timestamp().as_bytes());
    let mut tag = [0u8; 32];
    for (byte, pair) in tag.iter_mut().zip(headers.signature().as_bytes().chunks_exact(2)) {
        let digit = |c: u8| {
            char::from(c)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
                .unwrap_or(0)
        };
        *byte = digit(pair[0]) << 4 | digit(pair[1]);
    }
    mac.verify_slice(&tag).is_ok()
}

fn compare(length: usize, round: Duration) {
    let body = body(length);
    let text = String::from_utf8(SECRET.to_vec()).expect("ASCII");
    let headers = Signer::new(text.as_str()).expect("a secret").sign(&body);
    let forged = Signer::new("another").expect("a secret").sign(&body);
    let verifier = Verifier::new(text).expect("a secret");
    let silent = verifier.clone().diagnose(false);

    let peer = standardwebhooks::Webhook::from_bytes(SECRET.to_vec()).expect("a secret");
    let time: i64 = headers.timestamp().parse().expect("digits");
    let tag = peer.sign("msg_1", time, &body).expect("signed");
    let mut peer_headers = http::HeaderMap::new();
    for (name, value) in [
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", headers.timestamp()),
        ("webhook-signature", &tag),
    ] {
        peer_headers.insert(name, value.parse().expect("a header"));
    }

    let parse = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).expect("JSON");
    println!("body of {} bytes", body.len());
    let show = |name: &str, ns: f64| println!("  {name:<46} {ns:>9.0} ns");
    show(
        "hmac by hand, no further check",
        nanoseconds(round, || assert!(by_hand(black_box(&headers), black_box(&body)))),
    );
    show(
        "Verifier::verify",
        nanoseconds(round, || {
            black_box(
                verifier
                    .verify(black_box(&headers), black_box(&body))
                    .expect("authentic"),
            );
        }),
    );
    show(
        "standardwebhooks verify",
        nanoseconds(round, || {
            peer.verify(black_box(&body), black_box(&peer_headers))
                .expect("authentic");
        }),
    );
    show(
        "hmac by hand, then serde_json::Value",
        nanoseconds(round, || {
            assert!(by_hand(black_box(&headers), black_box(&body)));
            black_box(parse(&body));
        }),
    );
    show(
        "Verifier::event",
        nanoseconds(round, || {
            black_box(
                verifier
                    .event(black_box(&headers), black_box(&body))
                    .expect("authentic"),
            );
        }),
    );
    show(
        "standardwebhooks verify, then serde_json::Value",
        nanoseconds(round, || {
            peer.verify(black_box(&body), black_box(&peer_headers))
                .expect("authentic");
            black_box(parse(&body));
        }),
    );
    show(
        "refusing a forgery, searching for the reason",
        nanoseconds(round, || {
            black_box(
                verifier
                    .verify(black_box(&forged), black_box(&body))
                    .expect_err("forged"),
            );
        }),
    );
    show(
        "refusing a forgery, without",
        nanoseconds(round, || {
            black_box(
                silent
                    .verify(black_box(&forged), black_box(&body))
                    .expect_err("forged"),
            );
        }),
    );
}

fn main() {
    // Without `--bench` the test runner asks only whether it runs at all.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let round = Duration::from_millis(if measured { 60 } else { 0 });
    for length in [286, 16 * 1024] {
        compare(length, round);
    }
}
