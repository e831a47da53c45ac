//! The `demo` command.

use serde_json::Value;

use crate::program::{Emulator, Program};

fn played(arguments: &str) -> Vec<Value> {
    let run = Program::new().words(&format!("demo --json {arguments}"));
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let lines = run.lines();
    assert!(lines.iter().all(|line| line["ok"] == true), "{}", run.stdout);
    lines
}

#[test]
fn whole_demo_holds() {
    let lines = played("--flow all");
    let steps: Vec<_> = lines.iter().map(|line| line["step"].as_str().unwrap()).collect();
    for step in [
        "start.authenticate",
        "onramp.quote",
        "customer.kyc",
        "onramp.gateway",
        "onramp.pay_in",
        "onramp.coins_sent",
        "transfer.match",
        "transfer.reconcile",
        "transfer.coins_sent",
        "offramp.crypto_received",
        "offramp.finished",
        "failing.no_kyc",
        "failing.forged",
        "failing.replayed",
        "failing.too_old",
        "failing.token",
        "failing.lost_answer",
        "failing.recovered",
        "end.books",
    ] {
        assert!(steps.contains(&step), "{step} is missing in {steps:?}");
    }
    let last = lines.last().unwrap();
    assert_eq!(last["step"], "done");
    assert!(
        last["webhooks_verified"]
            .as_u64()
            .is_some_and(|count| count >= 10),
        "{last}"
    );
    assert_eq!(last["payments"]["onramp"]["fiat"]["amount"], "150.50");
    assert_eq!(last["payments"]["transfer"]["status"], "coins_sent");
    assert_eq!(
        last["offramps"]["offramp"]["coin"]["amount"],
        "20.000000000000000001"
    );
}

#[test]
fn each_flow_runs_alone() {
    for (flow, step) in [
        ("onramp", "onramp.coins_sent"),
        ("transfer", "transfer.coins_sent"),
        ("offramp", "offramp.finished"),
    ] {
        let lines = played(&format!("--flow {flow}"));
        assert!(lines.iter().any(|line| line["step"] == step), "{flow}");
        assert!(
            !lines.iter().any(|line| line["step"] == "failing.forged"),
            "{flow}"
        );
    }
}

#[test]
fn seed_decides_the_amounts() {
    let amounts = |seed: u32| {
        let last = played(&format!("--seed {seed}")).pop().unwrap();
        ["onramp", "transfer", "lost_answer"].map(|flow| last["payments"][flow]["coin"]["amount"].clone())
    };
    let first = amounts(42);
    assert_eq!(first, amounts(42));
    assert_ne!(first, amounts(43));
}

#[test]
fn demo_prints_timeline_and_table() {
    let run = Program::new().words("demo --flow onramp");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for text in [
        "✓ money read back: 150.50 EUR",
        "COINS_SENT arrived",
        "Ana García",
        "checks held",
    ] {
        assert!(run.stdout.contains(text), "{text} is missing in\n{}", run.stdout);
    }
}

#[test]
fn live_demo_names_skipped_steps() {
    let emulator = Emulator::start();
    let run = emulator.program().words("demo --live --json");
    assert_eq!(run.code, 0, "{}", run.stdout);
    let skipped: Vec<_> = run
        .lines()
        .into_iter()
        .filter(|line| line["skipped"] == true)
        .collect();
    assert_eq!(skipped.len(), 3, "{skipped:?}");
    assert_eq!(emulator.sandbox.payments_created(), 0, "no payment is made");
    assert_eq!(Program::new().words("demo --live --json").code, 3);
}
