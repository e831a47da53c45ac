//! Compares `Decimal` with the decimal crates that were considered in its place.
//!
//! `cargo bench -p cryptopocket-types --features bigdecimal,rust_decimal --bench decimal`

use std::hint::black_box;
use std::time::{Duration, Instant};

use bigdecimal::BigDecimal;
use cryptopocket_types::{Decimal, Rounding};
use fastnum::{D512, decimal::Context, decimal::RoundingMode};

const ROUNDS: usize = 5;

/// An amount of euros, an amount of tokens, and the largest amount of base units, 2^256 - 1.
const VALUES: [&str; 3] = [
    "150.50",
    "148.320000000000000001",
    "115792089237316195423570985008687907853269984665640564039457584007913129639935",
];

/// Nanoseconds of one call: the best of several rounds.
#[allow(clippy::disallowed_methods, reason = "a bench measures real time")]
fn nanoseconds<T>(round: Duration, mut call: impl FnMut() -> T) -> f64 {
    let (mut calls, mut best, mut rounds) = (1_u32, f64::INFINITY, 0);
    while rounds < ROUNDS {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
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

/// One line of the table: parse, print, add, compare, times 10^18, round to two decimals.
macro_rules! line {
    ($name:literal, $round:expr, $text:expr, $parse:expr, $add:expr, $scale:expr, $to_cents:expr) => {{
        let text: &str = $text;
        match $parse(text) {
            Some(value) => {
                let other = value.clone();
                let figures = [
                    nanoseconds($round, || $parse(black_box(text))),
                    nanoseconds($round, || black_box(&value).to_string()),
                    nanoseconds($round, || $add(black_box(&value), black_box(&other))),
                    nanoseconds($round, || black_box(&value).cmp(black_box(&other))),
                    nanoseconds($round, || $scale(black_box(&value))),
                    nanoseconds($round, || $to_cents(black_box(&value))),
                ];
                let exact = value.to_string() == text;
                print!("  {:<14}", $name);
                for figure in figures {
                    print!("{figure:>9.0}");
                }
                println!("  {}", if exact { "exact" } else { "CHANGED IN SILENCE" });
            }
            None => println!("  {:<14} refused", $name),
        }
    }};
}

fn compare(round: Duration, text: &str) {
    println!("{} characters: {text:.30}", text.len());
    println!("  ns              parse    print      add  compare    scale    round");
    line!(
        "ours",
        round,
        text,
        |text: &str| text.parse::<Decimal>().ok(),
        |a: &Decimal, b: &Decimal| a.checked_add(*b),
        |a: &Decimal| a.shifted(18),
        |a: &Decimal| a.round(2, Rounding::HalfEven)
    );
    let factor = D512::from(1_000_000_000_000_000_000_u64);
    line!(
        "fastnum D512",
        round,
        text,
        |text: &str| D512::from_str(text, Context::default()).ok(),
        |a: &D512, b: &D512| *a + *b,
        |a: &D512| *a * factor,
        |a: &D512| a.with_rounding_mode(RoundingMode::HalfEven).round(2)
    );
    let factor = BigDecimal::from(1_000_000_000_000_000_000_u64);
    line!(
        "bigdecimal",
        round,
        text,
        |text: &str| text.parse::<BigDecimal>().ok(),
        |a: &BigDecimal, b: &BigDecimal| a + b,
        |a: &BigDecimal| a * &factor,
        |a: &BigDecimal| a.with_scale_round(2, bigdecimal::RoundingMode::HalfEven)
    );
    let factor = rust_decimal::Decimal::from(1_000_000_000_000_000_000_u64);
    line!(
        "rust_decimal",
        round,
        text,
        |text: &str| rust_decimal::Decimal::from_str_exact(text).ok(),
        |a: &rust_decimal::Decimal, b: &rust_decimal::Decimal| a.checked_add(*b),
        |a: &rust_decimal::Decimal| a.checked_mul(factor),
        |a: &rust_decimal::Decimal| a.round_dp(2)
    );
}

fn main() {
    // Without `--bench` the test runner only asks whether it runs.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let round = Duration::from_millis(if measured { 20 } else { 0 });
    for text in VALUES {
        compare(round, text);
    }
    // Of too many digits: refused, or changed?
    compare(Duration::ZERO, &"7".repeat(200));
}
