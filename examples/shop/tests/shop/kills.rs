//! The sweeper's process is killed at random moments: `CRYPTOPOCKET_KILLS=50` kills that often on each store, and
//! `CRYPTOPOCKET_KILL_SEED` repeats the choices, though not the timing of the system.

use std::time::{Duration, Instant};

use cryptopocket_sandbox::Speed;

use crate::process::Process;
use crate::provider::Provider;
use crate::{number_in, on_both_stores, wait};

on_both_stores! {
    killed_sweeper_confirms_each_payment_once
}

/// `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the rate of a process is one of real time"
)]
async fn killed_sweeper_confirms_each_payment_once(database: &str) {
    let (kills, seed) = (
        number("CRYPTOPOCKET_KILLS", 10),
        number("CRYPTOPOCKET_KILL_SEED", 1),
    );
    let mut dice = Dice(seed);
    let provider = Provider::start(Speed::Instant).await;
    let mut shop = Process::start(&provider, database);
    provider.subscribe(&shop.url, &shop.url).await;
    let begun = Instant::now();
    let orders = usize::try_from(kills.max(20)).unwrap();
    let mut payments = Vec::new();
    for number in 0..orders {
        payments.push(shop.pay(&provider.order(number)).await);
    }
    for kill in 0..kills {
        wait(Duration::from_millis(20 + dice.below(600))).await;
        shop.kill();
        // Webhooks that meet a dead process never come again.
        if let Some(payment) = payments.pop() {
            provider.receive(&payment);
        }
        provider.sandbox.advance(Duration::from_mins(10));
        if dice.below(4) == 0 {
            shop.flash(Duration::from_millis(dice.below(30))).await;
        }
        shop.begin();
        if kill % 2 == 0
            && let Some(payment) = payments.pop()
        {
            provider.receive(&payment);
        }
    }
    for payment in payments {
        provider.receive(&payment);
    }
    provider.settle(&[&shop], orders).await;

    // Five a second and ten at once, over all its lives.
    let polls = provider.sandbox.calls("get_payment") as u64;
    let most = 15 + 5 * begun.elapsed().as_secs();
    assert!(
        polls <= most,
        "seed {seed}: {polls} polls, and {most} were allowed"
    );
    let expected = [
        "cryptopocket_tracker_objects{state=\"open\"} 0",
        "cryptopocket_tracker_objects{state=\"due\"} 0",
        "cryptopocket_inbox_events{state=\"leased\"} 0",
        "cryptopocket_inbox_events{state=\"ready\"} 0",
        "cryptopocket_journal_open_calls{phase=\"sending\"} 0",
        "shop_unmatched_payments 0",
    ];
    let mut metrics = String::new();
    for _ in 0..100 {
        metrics = shop.get("/metrics").await;
        if expected.iter().all(|line| metrics.contains(line)) {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    for line in expected {
        assert!(metrics.contains(line), "seed {seed}: {line} in {metrics}");
    }
    assert_eq!(shop.stop(), "stopped");
    let sql = "SELECT count(*) FROM cryptopocket_inbox_changes WHERE change LIKE '%\"confirmed\"%' GROUP BY object_id";
    let confirmed = number_in(database, sql).await;
    assert_eq!(confirmed.len(), orders, "seed {seed}");
    assert!(
        confirmed.iter().all(|times| *times == 1),
        "seed {seed}: {confirmed:?}"
    );
    println!("{kills} kills: {orders} payments final once each, {polls} polls of at most {most}");
}
