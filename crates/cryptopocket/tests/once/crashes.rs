//! Random faults, and crashes between any two steps, for each kind of call.

use std::time::Duration;

use cryptopocket::inbox::journal::Verdict;
use proptest::prelude::*;

use crate::kinds::{Kind, Seen, Subject};
use crate::steps::{crash_after, whole};
use crate::world::Fault;

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        2 => Just(Fault::None),
        1 => Just(Fault::NotSent),
        1 => Just(Fault::LostRequest),
        2 => Just(Fault::LostAnswer),
        1 => Just(Fault::ServerError),
        1 => Just(Fault::BrokenBody),
        // Less than the grace period.
        2 => (1..290_u32).prop_map(Fault::Late),
    ]
}

/// A sequence of faults and crashes.
#[derive(Debug, Clone)]
struct Weather {
    faults: Vec<Fault>,
    blurs: Vec<bool>,
    /// Steps until a crash, and seconds until the next start.
    runs: Vec<(u32, u32)>,
    /// Off-ramps of the same coins that something else makes, after which of the runs.
    strangers: Vec<usize>,
}

fn weather() -> impl Strategy<Value = Weather> {
    let faults = prop::collection::vec(fault(), 0..6);
    let blurs = prop::collection::vec(any::<bool>(), 0..6);
    let runs = prop::collection::vec((1..24_u32, 0..400_u32), 0..12);
    let strangers = prop::collection::vec(0..12_usize, 0..2);
    (faults, blurs, runs, strangers).prop_map(|(faults, blurs, runs, strangers)| Weather {
        faults,
        blurs,
        runs,
        strangers,
    })
}

/// The ids of off-ramps that something else made.
fn intrude(subject: &Subject, weather: &Weather, run: usize, strangers: &mut Vec<String>) {
    if subject.kind != Kind::Offramp || !weather.strangers.contains(&run) {
        return;
    }
    subject.world.disturb(vec![], vec![]);
    let created = whole(subject.client.offramp().create_offramp(subject.offramp())).unwrap();
    strangers.push(created.id.to_string());
}

fn run(kind: Kind, weather: &Weather) -> Result<(), TestCaseError> {
    let subject = Subject::new(kind);
    let mut strangers = Vec::new();
    subject
        .world
        .disturb(weather.faults.clone(), weather.blurs.clone());
    for (run, (steps, seconds)) in weather.runs.iter().enumerate() {
        let _ = crash_after(*steps, subject.once());
        intrude(&subject, weather, run, &mut strangers);
        prop_assert!(subject.effects() <= 1 + strangers.len());
        subject
            .world
            .time()
            .clock()
            .advance(Duration::from_secs((*seconds).into()));
    }
    let mut end = None;
    for _ in 0..60 {
        let seen = whole(subject.once()).unwrap();
        prop_assert!(subject.effects() <= 1 + strangers.len());
        match seen {
            Seen::Pending(after) => subject.world.time().clock().advance(after),
            Seen::NotSent => {}
            Seen::Ambiguous(candidates) => {
                prop_assert_eq!(kind, Kind::Offramp, "only an off-ramp has no reference");
                prop_assert!(!candidates.is_empty());
                settle(&subject, &strangers);
            }
            seen => {
                end = Some(seen);
                break;
            }
        }
    }
    let recovered = if kind == Kind::Offramp {
        None
    } else {
        Some(Seen::Recovered)
    };
    match end {
        Some(Seen::Done) => {}
        Some(Seen::Named(id)) if kind == Kind::Offramp => prop_assert!(!strangers.contains(&id)),
        end => prop_assert_eq!(end, recovered),
    }
    prop_assert_eq!(subject.effects(), 1 + strangers.len());
    prop_assert_eq!(whole(subject.journal.unsettled(10)).unwrap(), vec![]);
    Ok(())
}

/// Does what a person does who asks the provider.
fn settle(subject: &Subject, strangers: &[String]) {
    let engine = subject.world.engine();
    let all = engine.integrations()[0].offramps.values();
    let own = all
        .map(|offramp| offramp.id.to_string())
        .find(|id| !strangers.contains(id));
    drop(engine);
    let verdict = own.map_or(Verdict::SendAgain, |object| Verdict::Done { object });
    whole(
        subject
            .journal
            .settle("k", verdict, "ada", "the provider's desk says so"),
    )
    .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn payment_is_created_exactly_once(weather in weather()) {
        run(Kind::Payment, &weather)?;
    }

    #[test]
    fn guided_payment_is_created_exactly_once(weather in weather()) {
        run(Kind::Guided, &weather)?;
    }

    #[test]
    fn offramp_is_created_once_and_never_mistaken(weather in weather()) {
        run(Kind::Offramp, &weather)?;
    }

    #[test]
    fn credit_is_reconciled_exactly_once(weather in weather()) {
        run(Kind::Reconciliation, &weather)?;
    }
}
