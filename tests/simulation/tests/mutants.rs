//! Broken variants of the code under test: the invariants catch each of them.

use cryptopocket_simulation::{Settings, Variant, Violation, simulate};

/// How many worlds a broken variant may survive.
const WORLDS: u64 = 60;

fn caught(variant: Variant) -> Violation {
    let settings = Settings {
        variant,
        orders: 60,
        sqlite_every: 0,
    };
    let caught = (1..=WORLDS).find_map(|seed| simulate(seed, settings).err());
    *caught.unwrap_or_else(|| panic!("{variant:?} survives {WORLDS} worlds"))
}

#[test]
fn each_broken_variant_is_caught() {
    for variant in Variant::BROKEN {
        let violation = caught(*variant);
        println!(
            "{variant:?} is caught by seed {}: {}",
            violation.seed, violation.invariant
        );
        let is_one_of = variant.breaks().contains(&violation.invariant);
        assert!(is_one_of, "{variant:?} breaks another invariant: {violation}");
    }
}

#[test]
fn violation_names_seed_trace_and_replay() {
    let violation = caught(Variant::NoGrace);
    let text = violation.to_string();
    assert!(
        text.starts_with(&format!("seed {}: violated: ", violation.seed)),
        "{text}"
    );
    assert!(
        text.contains(&format!("--seed {} --orders 60", violation.seed)),
        "{text}"
    );
    assert!(
        violation
            .trace
            .iter()
            .any(|line| line.contains("created at the provider")),
        "{text}"
    );
    assert!(!text.contains("not deterministic"), "{text}");
}
