//! Worlds that were written down and read again.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{CALLS, JSON, Newest, all, apply, call, fresh};
use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::store::file::File;
use crate::trail::Trail;
use crate::world::{Changes, Limits, World};

/// What a world is after it was written down and read again.
fn restored(world: &World) -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let records = world.records().map(|(name, value)| (name, Some(value))).collect();
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
fn every_fault_that_a_program_can_arm_is_the_same_after_a_restart() {
    let mut world = fresh();
    let once = Times { skip: 1, strike: 2 };
    // Some of these the control plane would not take.
    for fault in [
        Fault::ErrorBefore(302),
        Fault::HugeBody(300 << 20),
        Fault::Slow(Duration::MAX),
        Fault::Refuse("x".to_owned()),
    ] {
        world.faults.arm("quote", fault, once);
    }
    let late = WebhookFault::Late(Duration::from_millis(500));
    world.faults.arm_event("PAY_IN", late, once);
    let partial = TransferFault::Partial("0.005".parse().unwrap());
    world.faults.arm_transfer(partial, once);
    assert_eq!(all(&restored(&world))["faults"], all(&world)["faults"]);
}

#[test]
fn a_log_beyond_the_year_9999_and_one_that_makes_no_sense_keep_nothing_from_opening() {
    let mut world = fresh();
    let mut newest = Newest::default();
    world.advance(Duration::MAX);
    call(&mut world, &mut newest, CALLS[0]);
    let again = restored(&world);
    assert_eq!(again.journal.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let mut records: Vec<_> = world.records().map(|(name, value)| (name, Some(value))).collect();
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
fn the_log_in_the_file_is_as_long_as_the_one_in_memory_however_many_calls_there_were() {
    let (mut world, mut newest, mut records) = (fresh(), Newest::default(), BTreeMap::new());
    world.follow_afresh(Trail::kept());
    for number in 0..2_500 {
        // A login now and then is a change; a list is none.
        let list = ("GET", "/api/customers/list", JSON, "");
        call(
            &mut world,
            &mut newest,
            if number % 7 == 0 { CALLS[0] } else { list },
        );
        apply(&mut records, world.changes());
    }
    apply(&mut records, world.last_changes());
    let logged = |name: &&String| name.starts_with("call/");
    assert_eq!(records.keys().filter(logged).count(), 1_000);
    assert_eq!(records, all(&world));
    // What was called since the last write before a kill may have been shown: its numbers are not given again.
    let mut again = restored(&world);
    again.follow(Trail::kept());
    let before = again.journal.at(999).unwrap().0;
    call(&mut again, &mut newest, CALLS[0]);
    assert!(again.journal.at(999).unwrap().0 > before + 1_000);
}

#[test]
fn while_a_fault_waits_for_one_call_others_write_nothing() {
    let (mut world, mut newest) = (fresh(), Newest::default());
    call(&mut world, &mut newest, CALLS[0]);
    world.faults.arm("create_payment", Fault::Html, Times::first(1));
    world.follow(Trail::kept());
    call(&mut world, &mut newest, ("GET", "/api/customers/list", JSON, ""));
    assert!(world.changes().is_empty());
    call(
        &mut world,
        &mut newest,
        ("POST", "/api/createPayment", JSON, "{}"),
    );
    assert!(world.changes().records.iter().any(|(name, _)| name == "faults"));
}

#[test]
fn what_two_scenarios_made_of_the_emulator_is_the_same_after_a_restart() {
    let mut world = fresh();
    let first = "speed: 60x\ntoken_life: 60\nstart_at: 2030-01-01T00:00:00Z\nlimits: {min_purchase: 7}";
    world.restage(crate::scenario::read(first).unwrap());
    let customers = "customers: [{name: Ana, email: ana@example.com}]";
    world.restage(crate::scenario::read(customers).unwrap());
    let mut again = restored(&world);
    let like = |world: &World| {
        (
            world.clock.settings(),
            world.token_life,
            world.limits.min_purchase,
        )
    };
    assert_eq!(like(&again), like(&world));
    assert_eq!(
        again.limits.min_purchase,
        Limits::default().min_purchase,
        "the second says nothing of it"
    );
    assert_eq!(again.token_life, Duration::from_secs(60));
    again.reset();
    assert_eq!(again.now().to_string()[..10], *"2030-01-01");
    assert_eq!(again.integrations[0].customers.len(), 1);
    // It is written down when it comes, and not with every change.
    world.follow(Trail::kept());
    let begun = world.changes();
    assert!(begun.afresh && begun.records.iter().any(|(name, _)| name == "scenario"));
    world.advance(Duration::from_secs(1));
    assert!(world.changes().records.iter().all(|(name, _)| name != "scenario"));
}
