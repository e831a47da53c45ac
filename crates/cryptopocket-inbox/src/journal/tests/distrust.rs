//! Clocks and journals that cannot be trusted.

use super::*;

/// A machine whose clock is wrong, and whose timer is right.
#[derive(Debug)]
struct WrongClock {
    right: Arc<TestRuntime>,
    ahead: Mutex<Duration>,
}

impl cryptopocket_types::Clock for WrongClock {
    fn now(&self) -> Timestamp {
        self.right.now().saturating_add(*self.ahead.lock().unwrap())
    }
}

impl Runtime for WrongClock {
    fn sleep(&self, duration: Duration) -> crate::BoxFuture<'static, ()> {
        self.right.sleep(duration)
    }

    fn deadline(&self, duration: Duration) -> crate::BoxFuture<'static, ()> {
        self.right.deadline(duration)
    }

    fn monotonic(&self) -> Duration {
        self.right.monotonic()
    }

    fn random(&self) -> u64 {
        self.right.random()
    }
}

#[test]
fn clock_that_jumps_does_not_end_the_grace_period() {
    let right = Arc::new(TestRuntime::new(1));
    let machine = Arc::new(WrongClock {
        right: Arc::clone(&right),
        ahead: Mutex::default(),
    });
    let journal = Journal::new(MemoryJournal::default()).runtime(Arc::clone(&machine) as _);
    let provider = Provider::new(&right, vec![Fault::Late(200)], vec![]);
    let _ = whole(journal.once("k", b"r", &provider)).unwrap();
    *machine.ahead.lock().unwrap() = Duration::from_hours(5);
    let early = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(early, Once::Pending { .. }), "{early:?}");
    right.clock().advance(Duration::from_mins(5));
    let late = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(late, Once::Done { recovered: true, .. }), "{late:?}");
    assert_eq!(provider.count("k"), 1);
}

#[test]
fn restored_journal_looks_before_it_sends() {
    let runtime = Arc::new(TestRuntime::new(1));
    let provider = Provider::new(&runtime, vec![], vec![]);
    // Made after the backup: the restored journal does not know it.
    provider.pay("known to the provider", 0);
    let journal = journal(&runtime).look_first(true);
    let found = whole(journal.once("known to the provider", b"r", &provider)).unwrap();
    assert!(matches!(found, Once::Done { recovered: true, .. }), "{found:?}");
    let waits = whole(journal.once("new", b"r", &provider)).unwrap();
    assert!(matches!(waits, Once::Pending { .. }), "{waits:?}");
    runtime.clock().advance(Duration::from_mins(5));
    let sent = whole(journal.once("new", b"r", &provider)).unwrap();
    assert!(matches!(sent, Once::Done { recovered: false, .. }), "{sent:?}");
    assert_eq!(
        (provider.count("known to the provider"), provider.count("new")),
        (1, 1)
    );
}
