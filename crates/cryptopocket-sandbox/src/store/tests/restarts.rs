//! State that is written to the file and restored.

use std::collections::BTreeMap;
use std::time::Duration;

use cryptopocket_emulator::server::Changes;
use cryptopocket_emulator::{Command, Engine, Fault, Times, TransferFault, WebhookFault};

use super::{CALLS, JSON, Newest, all, apply, call, fresh};
use crate::store::File;

/// An engine restored from the records of another.
fn restored(engine: &Engine) -> Engine {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let records = engine
        .records()
        .into_iter()
        .map(|(name, value)| (name, Some(value)))
        .collect();
    let all_of_it = Changes {
        afresh: true,
        records,
    };
    File::open(&path).unwrap().write(&[all_of_it]).unwrap();
    let mut again = fresh();
    assert!(File::open(&path).unwrap().load(&mut again).unwrap());
    again
}

#[test]
fn every_armed_fault_survives_a_restart() {
    let mut engine = fresh();
    let once = Times { skip: 1, strike: 2 };
    // The control plane refuses some of these.
    for fault in [
        Fault::ErrorBefore(302),
        Fault::HugeBody(300 << 20),
        Fault::Slow(Duration::MAX),
        Fault::Refuse("x".to_owned()),
    ] {
        engine
            .execute(Command::ArmFault {
                operation: "*".to_owned(),
                fault,
                times: once,
            })
            .unwrap();
    }
    let late = WebhookFault::Late(Duration::from_millis(500));
    engine
        .execute(Command::ArmWebhookFault {
            event: "PAY_IN".to_owned(),
            fault: late,
            times: once,
        })
        .unwrap();
    let partial = TransferFault::Partial("0.005".parse().unwrap());
    engine
        .execute(Command::ArmTransferFault {
            fault: partial,
            times: once,
        })
        .unwrap();
    assert_eq!(all(&restored(&engine))["faults"], all(&engine)["faults"]);
}

#[test]
fn unreadable_log_entries_do_not_prevent_opening() {
    let mut engine = fresh();
    let mut newest = Newest::default();
    engine.advance(Duration::MAX);
    call(&mut engine, &mut newest, CALLS[0]);
    let again = restored(&engine);
    assert_eq!(again.call_log().len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let mut records: Vec<_> = engine
        .records()
        .into_iter()
        .map(|(name, value)| (name, Some(value)))
        .collect();
    records.push(("call/00000000000000000009".to_owned(), Some("{}".to_owned())));
    let file = File::open(&path).unwrap();
    file.write(&[Changes {
        afresh: true,
        records,
    }])
    .unwrap();
    assert!(file.load(&mut fresh()).unwrap());
}

#[test]
fn stored_log_is_bounded() {
    let (mut engine, mut newest, mut records) = (fresh(), Newest::default(), BTreeMap::new());
    engine.persist(false);
    for number in 0..2_500 {
        // A login is a change; a list is none.
        let list = ("GET", "/api/customers/list", JSON, "");
        call(
            &mut engine,
            &mut newest,
            if number % 7 == 0 { CALLS[0] } else { list },
        );
        apply(&mut records, engine.changes());
    }
    apply(&mut records, engine.last_changes());
    let logged = |name: &&String| name.starts_with("call/");
    assert_eq!(records.keys().filter(logged).count(), 1_000);
    assert_eq!(records, all(&engine));
    // Calls after the last write before a kill may have been shown, so their numbers are not reused.
    let mut again = restored(&engine);
    again.persist(true);
    let before = again.call_log().values().nth(999).unwrap().number;
    call(&mut again, &mut newest, CALLS[0]);
    assert!(again.call_log().values().nth(999).unwrap().number > before + 1_000);
}

#[test]
fn calls_spared_by_a_fault_write_nothing() {
    let (mut engine, mut newest) = (fresh(), Newest::default());
    call(&mut engine, &mut newest, CALLS[0]);
    engine
        .execute(Command::ArmFault {
            operation: "create_payment".to_owned(),
            fault: Fault::Html,
            times: Times::first(1),
        })
        .unwrap();
    engine.persist(true);
    call(&mut engine, &mut newest, ("GET", "/api/customers/list", JSON, ""));
    assert!(engine.changes().is_empty());
    call(
        &mut engine,
        &mut newest,
        ("POST", "/api/createPayment", JSON, "{}"),
    );
    assert!(engine.changes().records.iter().any(|(name, _)| name == "faults"));
}

fn restage(engine: &mut Engine, text: &str) {
    let scenario = Box::new(text.parse().unwrap());
    engine.execute(Command::Restage(scenario)).unwrap();
}

#[test]
fn restaged_state_survives_a_restart() {
    let mut engine = fresh();
    let first = "speed: 60x\ntoken_life: 60\nstart_at: 2030-01-01T00:00:00Z\nlimits: {min_purchase: 7}";
    restage(&mut engine, first);
    let customers = "customers: [{name: Ana, email: ana@example.com}]";
    restage(&mut engine, customers);
    let mut again = restored(&engine);
    let like = |engine: &Engine| {
        (
            engine.settings().speed,
            engine.settings().token_life,
            engine.settings().limits.min_purchase,
        )
    };
    assert_eq!(like(&again), like(&engine));
    let minimum = again.settings().limits.min_purchase.to_string();
    assert_eq!(minimum, "7", "the second says nothing of it");
    assert_eq!(again.settings().token_life, Duration::from_secs(60));
    again.execute(Command::Reset).unwrap();
    assert_eq!(again.now().to_string()[..10], *"2030-01-01");
    assert_eq!(again.integrations()[0].customers.len(), 1);
    // It is written when it is set, and not with every change.
    engine.persist(true);
    let begun = engine.changes();
    assert!(begun.afresh && begun.records.iter().any(|(name, _)| name == "scenario"));
    engine.advance(Duration::from_secs(1));
    assert!(
        engine
            .changes()
            .records
            .iter()
            .all(|(name, _)| name != "scenario")
    );
}
