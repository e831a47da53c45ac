//! Clocks and journals that cannot be trusted.

use cryptopocket_types::Timestamp;

use super::*;

/// A machine whose clock is wrong, and whose timer is right.
#[derive(Debug)]
struct WrongClock {
    right: Arc<TestRuntime>,
    ahead: Mutex<Duration>,
    deadlines: Mutex<Vec<Duration>>,
}

impl WrongClock {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            right: Arc::new(TestRuntime::new(1)),
            ahead: Mutex::default(),
            deadlines: Mutex::default(),
        })
    }
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
        self.deadlines.lock().unwrap().push(duration);
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
    let machine = WrongClock::new();
    let right = Arc::clone(&machine.right);
    let journal = Journal::new(MemoryStore::new()).runtime(Arc::clone(&machine) as _);
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

/// A journal on a machine to which something happens while it records that a call leaves.
fn delayed(
    machine: &Arc<WrongClock>,
    delay: impl Fn(&WrongClock) + Send + Sync + 'static,
) -> Journal<impl JournalStore> {
    let delayed = Arc::clone(machine);
    let store = Hooked {
        inner: MemoryStore::new(),
        before: move |record: &Record| {
            if record.leaves {
                delay(&delayed);
            }
            Ok(())
        },
    };
    Journal::new(store).runtime(Arc::clone(machine) as _)
}

#[test]
fn machine_that_was_suspended_sends_nothing() {
    let machine = WrongClock::new();
    // Its timer stood still meanwhile.
    let journal = delayed(&machine, |machine| {
        *machine.ahead.lock().unwrap() = Duration::from_mins(10);
    });
    let provider = Provider::new(&machine.right, vec![], vec![]);
    let pending = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(pending, Once::Pending { .. }), "{pending:?}");
    assert_eq!(provider.count("k"), 0);
}

#[test]
fn slow_record_leaves_less_time_to_send() {
    let machine = WrongClock::new();
    let journal = delayed(&machine, |machine| {
        machine.right.clock().advance(Duration::from_secs(50));
    });
    let provider = Provider::new(&machine.right, vec![], vec![]);
    let done = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(done, Once::Done { .. }), "{done:?}");
    // Others know of the sending for 50 seconds, and count on its end after a minute.
    assert_eq!(*machine.deadlines.lock().unwrap(), [Duration::from_secs(10)]);
}

#[test]
fn attempt_of_another_process_may_go_on_for_half_of_the_hold() {
    let runtime = Arc::new(TestRuntime::new(1));
    let journal = journal(&runtime).grace(Duration::from_secs(1));
    let provider = Provider::new(&runtime, vec![], vec![]);
    // It is left while the request is under way, as by a crash.
    assert!(crash_after(1, journal.once("k", b"r", &provider)).is_none());
    runtime.clock().advance(Duration::from_mins(2));
    for waits in [61, 1] {
        let Once::Pending { after, .. } = whole(journal.once("k", b"r", &provider)).unwrap() else {
            panic!("sent while the other may be sending")
        };
        assert_eq!(after, Duration::from_secs(waits));
        runtime.clock().advance(Duration::from_mins(1));
    }
    let done = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(done, Once::Done { .. }), "{done:?}");
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
