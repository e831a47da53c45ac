//! Invariants under faults: many worlds, each drawn by its seed.

use cryptopocket_simulation::{ORDERS, Settings, simulate, simulate_many};

/// How many payments are simulated. An unoptimised build is some twenty times slower.
fn payments() -> u64 {
    let set = std::env::var("CRYPTOPOCKET_SIMULATED_PAYMENTS").ok();
    let default = if cfg!(debug_assertions) { 2_000 } else { 100_000 };
    set.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn invariants_hold_under_faults() {
    let worlds = payments().div_ceil(u64::from(ORDERS));
    match simulate_many(1, worlds, Settings::default(), |_| {}) {
        Ok(figures) => println!("{figures}"),
        Err(violation) => panic!("{violation}"),
    }
}

#[test]
fn same_seed_gives_the_same_world() {
    let settings = Settings {
        orders: 40,
        ..Settings::default()
    };
    for seed in 1..=5 {
        assert_eq!(simulate(seed, settings), simulate(seed, settings));
    }
    assert_ne!(simulate(1, settings), simulate(2, settings));
}

#[test]
fn same_seed_gives_the_same_world_on_sqlite() {
    let settings = Settings {
        orders: 20,
        sqlite_every: 1,
        ..Settings::default()
    };
    for seed in 300..306 {
        assert_eq!(simulate(seed, settings), simulate(seed, settings), "seed {seed}");
    }
}

/// A request leaves, then the store is restored from a backup without its row, and then the request arrives.
#[test]
fn payment_of_a_forgotten_request_is_tracked() {
    let settings = Settings {
        sqlite_every: 0,
        ..Settings::default()
    };
    if let Err(violation) = simulate(1235, settings) {
        panic!("{violation}");
    }
}
