//! Random faults, and crashes between any two steps.

use proptest::prelude::*;

use super::*;

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        2 => Just(Fault::None),
        1 => Just(Fault::NotSent),
        1 => Just(Fault::LostRequest),
        2 => Just(Fault::LostAnswer),
        // Less than the grace period.
        2 => (1..290_u32).prop_map(Fault::Late),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever is lost, and wherever this side crashes: one payment, and it is known in the end.
    #[test]
    fn payment_is_made_exactly_once(
        faults in prop::collection::vec(fault(), 0..6),
        blurs in prop::collection::vec(prop_oneof![Just(Blur::None), Just(Blur::Unreachable)], 0..6),
        runs in prop::collection::vec((1..8_u32, 0..400_u32), 0..12),
    ) {
        let runtime = Arc::new(TestRuntime::new(1));
        let (journal, provider) = (journal(&runtime), Provider::new(&runtime, faults, blurs));
        for (steps, seconds) in runs {
            let _ = crash_after(steps, journal.once("k", b"r", &provider));
            prop_assert!(provider.count("k") <= 1);
            runtime.clock().advance(Duration::from_secs(seconds.into()));
        }
        let mut known = false;
        for _ in 0..40 {
            match whole(journal.once("k", b"r", &provider)).unwrap() {
                Once::Done { .. } => {
                    known = true;
                    break;
                }
                Once::Pending { after, .. } => runtime.clock().advance(after),
                Once::NotSent { .. } => {}
                other => prop_assert!(false, "{:?}", other),
            }
            prop_assert!(provider.count("k") <= 1);
        }
        prop_assert!(known);
        prop_assert_eq!(provider.count("k"), 1);
        prop_assert_eq!(whole(journal.unsettled(10)).unwrap(), vec![]);
    }
}
