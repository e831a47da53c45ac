//! Intake on SQLite, side by side with one transaction an event.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use cryptopocket_inbox::Inbox;
use cryptopocket_inbox::sqlite::SqliteStore;

use crate::{folder, median, one_each, receive_all};

const ROUNDS: u64 = 5;
const EACH: u64 = 1500;
const GROUPED: u64 = 50_000;
const HANDLED: u64 = 8192;

pub(crate) async fn beside_one_transaction_an_event() {
    let folder = folder();
    let mut plain = one_each::open(&folder.path().join("plain.db")).await;
    let inbox = Inbox::new(SqliteStore::open(folder.path().join("inbox.db")).await.unwrap());
    println!("SQLite, events a second: one transaction an event | inbox, {CONCURRENT} at once");
    let mut gains = Vec::new();
    for round in 0..ROUNDS {
        // By turns, since other work on the machine comes and goes.
        let sync = sync_micros(folder.path());
        let alone = one_each::receive_all(&mut plain, round * EACH, (round + 1) * EACH).await;
        let (grouped, processor) =
            receive_all(&inbox, round * GROUPED, (round + 1) * GROUPED, CONCURRENT).await;
        gains.push(alone / grouped);
        println!(
            "  {:.0} | {:.0}: {:.1} times; a sync of the disk took {sync:.0} µs; {processor:.1} µs of processor time an event",
            1e6 / alone,
            1e6 / grouped,
            alone / grouped
        );
    }
    println!("  median: {:.1} times", median(gains));
    inbox.close().await;
    handling(&folder.path().join("handled.db")).await;
}

/// Only the inbox, and the processor time that an event takes: other work on the machine changes that least.
pub(crate) async fn grouped() {
    let folder = folder();
    let inbox = Inbox::new(SqliteStore::open(folder.path().join("inbox.db")).await.unwrap());
    let mut times = Vec::new();
    for round in 0..2 * ROUNDS {
        let (from, to) = (round * GROUPED, (round + 1) * GROUPED);
        times.push(receive_all(&inbox, from, to, CONCURRENT).await.1);
    }
    println!("SQLite, processor time an event, median: {:.2} µs", median(times));
    inbox.close().await;
}

async fn handling(path: &Path) {
    for concurrency in [16, 128] {
        let store = SqliteStore::open(path).await.unwrap();
        let inbox = Inbox::builder(store).concurrency(concurrency).build();
        let first = u64::from(concurrency) * HANDLED;
        receive_all(&inbox, first, first + HANDLED, CONCURRENT).await;
        let handler = crate::load::noting(&inbox).await;
        let start = Instant::now();
        let done = inbox.run_until_idle(handler).await.unwrap();
        println!(
            "  handled with a row each, {concurrency} at once: {:.0} a second",
            done as f64 / start.elapsed().as_secs_f64()
        );
        inbox.close().await;
    }
}

/// Deliveries that wait at the same time.
const CONCURRENT: u64 = 1024;

/// The time of a sync after one appended page, median of 50.
fn sync_micros(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("sync")).unwrap();
    let times = (0..50).map(|_| {
        file.write_all(&[7; 4096]).unwrap();
        let start = Instant::now();
        file.sync_data().unwrap();
        start.elapsed().as_secs_f64() * 1e6
    });
    median(times.collect())
}
