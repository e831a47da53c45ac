//! Quality and speed of the matcher on planted data.
//!
//! - `cargo bench -p cryptopocket-banking --bench matcher -- quality [COUNT] [SEED]`
//! - `cargo bench -p cryptopocket-banking --bench matcher -- scale [COUNT] [THREADS]`
//! - `cargo bench -p cryptopocket-banking --bench matcher -- incremental [COUNT]`
//! - `cargo bench -p cryptopocket-banking --bench matcher -- hostile [COUNT]`
//! - `cargo bench -p cryptopocket-banking --bench matcher -- export COUNT FOLDER`: the same data as CSV for other programs,
//!   with the truth, and what this matcher confirms of it after reading it back.

#[path = "export.rs"]
mod export;
#[path = "planted.rs"]
mod planted;
#[path = "score.rs"]
mod score;

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Instant;

use cryptopocket_banking::Transaction;
use cryptopocket_banking::matcher::{Decisions, ExpectedPayment, Matcher, Policy};
use cryptopocket_types::Field;
use planted::{Generator, Planted};
use score::Score;

const SEED: u64 = 20_261_128;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let number = |at: usize, default: u64| {
        arguments
            .get(at)
            .map_or(default, |text| text.replace('_', "").parse().expect("a number"))
    };
    let count = |default| usize::try_from(number(1, default)).expect("a size");
    match arguments.first().map_or("quality", String::as_str) {
        "scale" => scale(count(1_000_000), usize::try_from(number(2, 2)).expect("a count")),
        "incremental" => incremental(count(1_000_000)),
        "hostile" => hostile(count(1_000_000)),
        "export" => export::export(count(2_000), arguments.get(2).expect("a folder")),
        _ => quality(count(100_000), number(2, SEED)),
    }
}

fn quality(count: usize, seed: u64) {
    let planted = Generator::plant(seed, count);
    let mut matcher = Matcher::new(Policy::default()).expect("a policy");
    matcher.add_payments(&planted.payments);
    matcher.add_transactions(&planted.transactions);
    let decisions = matcher.decide();
    let score = Score::of(&planted, &decisions);
    println!("{}", score.table());
    let (right, all) = score.recall();
    println!(
        "{} payments, {} transactions, seed {seed}: {} confirmed, {} wrong; {right} of {all} with an intact or embedded concept",
        planted.payments.len(),
        planted.transactions.len(),
        decisions.confirmed().count(),
        score.wrong.len(),
    );
    let broken = score.broken();
    for line in &broken {
        println!("BROKEN {line}");
    }
    for cut in decisions.cuts() {
        println!("cut: {cut}");
    }
    assert!(broken.is_empty(), "a promise is not kept");
}

/// Peak memory of this process in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    kib / 1024
}

/// Milliseconds of processor time of this process, over all threads.
fn processor() -> u128 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    // User and system time, in hundredths of a second.
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u128>().ok())
        .sum::<u128>()
        * 10
}

/// Wall and processor milliseconds.
#[derive(Clone, Copy, Default)]
struct Spent(u128, u128);

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ms ({} ms of processor time)", self.0, self.1)
    }
}

/// Changes with any decision: what only makes the matcher faster leaves it as it is.
fn fingerprint(decisions: &Decisions<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for decision in decisions.iter() {
        format!("{decision:?}").hash(&mut hasher);
    }
    hasher.finish()
}

/// The time of reading and of deciding, for records that are made in parts, as a program reads a file.
#[allow(clippy::disallowed_methods, reason = "a bench measures real time")]
fn timed(
    matcher: &mut Matcher,
    parts: impl Iterator<Item = (Vec<ExpectedPayment>, Vec<Transaction>)>,
) -> (Spent, Spent) {
    let mut reading = Spent::default();
    for (payments, transactions) in parts {
        let (start, used) = (Instant::now(), processor());
        matcher.add_payments(&payments);
        matcher.add_transactions(&transactions);
        reading.0 += start.elapsed().as_millis();
        reading.1 += processor() - used;
    }
    let (start, used) = (Instant::now(), processor());
    let decisions = matcher.decide();
    let deciding = Spent(start.elapsed().as_millis(), processor() - used);
    println!("  {:?}", decisions.totals());
    println!("  decisions {:016x}", fingerprint(&decisions));
    for cut in decisions.cuts() {
        println!("  cut: {cut}");
    }
    (reading, deciding)
}

fn scale(count: usize, threads: usize) {
    for count in [count / 4, count / 2, count] {
        let mut matcher = Matcher::new(Policy::default())
            .expect("a policy")
            .threads(threads);
        let size = 50_000.min(count);
        let parts = (0..count.div_ceil(size)).map(|part| {
            let planted = Generator::plant_part(SEED, part as u64, size);
            (planted.payments, planted.transactions)
        });
        let (reading, deciding) = timed(&mut matcher, parts);
        println!(
            "{count}: {reading} to add, {deciding} to decide, peak {} MiB",
            peak()
        );
    }
}

/// A thousand payments and a thousand transactions more, three times, after all others were decided.
fn incremental(count: usize) {
    let mut matcher = Matcher::new(Policy::default()).expect("a policy").threads(2);
    let size = 50_000.min(count);
    let parts = count.div_ceil(size);
    let mut late = Vec::new();
    let all = (0..parts).map(|part| {
        let Planted {
            mut payments,
            mut transactions,
            ..
        } = Generator::plant_part(SEED, part as u64, size);
        if part + 1 == parts {
            // They belong to each other and to the rest, as on the next day.
            for _ in 0..3 {
                late.push((
                    payments.split_off(payments.len() - 1000),
                    transactions.split_off(transactions.len() - 1000),
                ));
            }
        }
        (payments, transactions)
    });
    let (reading, deciding) = timed(&mut matcher, all);
    println!("all: {reading} to add, {deciding} to decide, peak {} MiB", peak());
    for batch in late {
        let (reading, deciding) = timed(&mut matcher, std::iter::once(batch));
        println!("1000 more: {reading} to add, {deciding} to decide");
    }
}

/// All amounts, names and references equal, and one text without end.
fn hostile(count: usize) {
    let planted = Generator::plant(SEED, 1);
    let (payment, credit) = (&planted.payments[0], &planted.transactions[0]);
    let mut matcher = Matcher::new(Policy::default()).expect("a policy").threads(2);
    let parts = (0..count.div_ceil(50_000)).map(|part| {
        let ids = part * 50_000..(part + 1) * 50_000;
        let payments = ids.clone().map(|id| {
            let mut payment = payment.clone();
            payment.id = format!("p{id}").into();
            payment
        });
        let credits = ids.map(|id| {
            let mut credit = credit.clone();
            credit.id = format!("t{id}").as_str().into();
            if id == 0 {
                credit.concept = Field::Value("12345678 ".repeat(10_000_000).into());
            }
            credit
        });
        (payments.collect(), credits.collect())
    });
    let (reading, deciding) = timed(&mut matcher, parts);
    println!(
        "{count} equal: {reading} to add, {deciding} to decide, peak {} MiB",
        peak()
    );
}
