mod exactly_once;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};

use cryptopocket_types::Clock as _;

use super::*;
use crate::testing::{MemoryStore, TestRuntime};
use crate::{Error, ErrorKind, Result};

mod distrust;

/// What goes wrong with one sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    NotSent,
    LostRequest,
    LostAnswer,
    /// The request reaches the provider this many seconds after the connection broke.
    Late(u32),
    Refused,
}

/// What goes wrong with one search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blur {
    None,
    Unreachable,
}

/// A provider that makes a payment for every request that reaches it, as the real one does.
struct Provider {
    runtime: Arc<TestRuntime>,
    faults: Mutex<Vec<Fault>>,
    blurs: Mutex<Vec<Blur>>,
    /// Payments by reference, with the time at which each appears.
    payments: Mutex<BTreeMap<String, Vec<cryptopocket_types::Timestamp>>>,
}

impl Provider {
    fn new(runtime: &Arc<TestRuntime>, faults: Vec<Fault>, blurs: Vec<Blur>) -> Self {
        Self {
            runtime: Arc::clone(runtime),
            faults: Mutex::new(faults),
            blurs: Mutex::new(blurs),
            payments: Mutex::default(),
        }
    }

    fn pay(&self, reference: &str, after: u32) {
        let at = self
            .runtime
            .now()
            .saturating_add(Duration::from_secs(after.into()));
        let mut payments = self.payments.lock().unwrap();
        payments.entry(reference.to_owned()).or_default().push(at);
    }

    fn count(&self, reference: &str) -> usize {
        self.payments.lock().unwrap().get(reference).map_or(0, Vec::len)
    }
}

impl Call for Provider {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, reference: &str) -> Sent {
        let fault = self.faults.lock().unwrap().pop().unwrap_or(Fault::None);
        // A crash may come before the request leaves, and after it has its effect.
        tokio::task::yield_now().await;
        match fault {
            Fault::NotSent => return Sent::NotSent("no connection".into()),
            Fault::Refused => return Sent::Refused("limit".into()),
            Fault::LostRequest => {}
            Fault::Late(seconds) => self.pay(reference, seconds),
            Fault::None | Fault::LostAnswer => self.pay(reference, 0),
        }
        tokio::task::yield_now().await;
        match fault {
            Fault::None => Sent::Done(b"answer".into()),
            _ => Sent::Unknown("the connection broke".into()),
        }
    }

    async fn find(&self, reference: &str) -> Found {
        tokio::task::yield_now().await;
        if self.blurs.lock().unwrap().pop() == Some(Blur::Unreachable) {
            return Found::Unknown("no connection".into());
        }
        let now = self.runtime.now();
        let payments = self.payments.lock().unwrap();
        let visible = payments
            .get(reference)
            .map_or(0, |made| made.iter().filter(|at| **at <= now).count());
        match visible {
            0 => Found::None,
            1 => Found::One(b"found".into()),
            many => Found::Many((0..many).map(|index| format!("{reference}/{index}")).collect()),
        }
    }
}

fn journal(runtime: &Arc<TestRuntime>) -> Journal<MemoryStore> {
    Journal::new(MemoryStore::new()).runtime(Arc::clone(runtime) as _)
}

/// Polls a future `steps` times and then drops it, as a crash does. `None` if it was not ready by then.
fn crash_after<F: Future>(steps: u32, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..steps {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

fn whole<F: Future>(future: F) -> F::Output {
    crash_after(u32::MAX, future).expect("it ends")
}

#[test]
fn lost_answer_is_found_and_never_sent_again() {
    let runtime = Arc::new(TestRuntime::new(1));
    let (journal, provider) = (
        journal(&runtime),
        Provider::new(&runtime, vec![Fault::LostAnswer], vec![]),
    );
    let first = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(first, Once::Pending { .. }), "{first:?}");
    let second = whole(journal.once("k", b"r", &provider)).unwrap();
    let found = Once::Done {
        answer: b"found".to_vec(),
        recovered: true,
    };
    assert!(second == found, "{second:?}");
    assert_eq!(provider.count("k"), 1);
}

#[test]
fn lost_request_is_sent_again_only_after_the_grace_period() {
    let runtime = Arc::new(TestRuntime::new(1));
    let (journal, provider) = (
        journal(&runtime),
        Provider::new(&runtime, vec![Fault::LostRequest], vec![]),
    );
    let _ = whole(journal.once("k", b"r", &provider)).unwrap();
    runtime.clock().advance(Duration::from_secs(299));
    let Once::Pending { after, .. } = whole(journal.once("k", b"r", &provider)).unwrap() else {
        panic!("sent again too early")
    };
    assert_eq!((after, provider.count("k")), (Duration::from_secs(1), 0));
    runtime.clock().advance(after);
    let done = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(done, Once::Done { recovered: false, .. }), "{done:?}");
    assert_eq!(provider.count("k"), 1);
}

#[test]
fn refusal_is_kept() {
    let runtime = Arc::new(TestRuntime::new(1));
    let (journal, provider) = (
        journal(&runtime),
        Provider::new(&runtime, vec![Fault::Refused], vec![]),
    );
    for _ in 0..2 {
        let refused = whole(journal.once("k", b"r", &provider)).unwrap();
        assert!(
            refused
                == Once::Refused {
                    reason: "limit".into()
                },
            "{refused:?}"
        );
    }
    assert_eq!(provider.count("k"), 0);
}

#[test]
fn key_is_not_taken_for_another_request() {
    let runtime = Arc::new(TestRuntime::new(1));
    let (journal, provider) = (journal(&runtime), Provider::new(&runtime, vec![], vec![]));
    let _ = whole(journal.once("k", b"15 EUR", &provider)).unwrap();
    let error = whole(journal.once("k", b"16 EUR", &provider)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyReused);
    assert_eq!(provider.count("k"), 1);
}

#[test]
fn several_payments_are_told_and_nothing_is_sent() {
    let runtime = Arc::new(TestRuntime::new(1));
    let (journal, provider) = (
        journal(&runtime),
        Provider::new(&runtime, vec![Fault::LostAnswer], vec![]),
    );
    let _ = whole(journal.once("k", b"r", &provider)).unwrap();
    provider.pay("k", 0);
    for _ in 0..2 {
        let told = whole(journal.once("k", b"r", &provider)).unwrap();
        assert!(
            told == Once::Ambiguous {
                candidates: vec!["k/0".into(), "k/1".into()]
            },
            "{told:?}"
        );
    }
    assert_eq!(provider.count("k"), 2);
    assert_eq!(whole(journal.unsettled(10)).unwrap().len(), 1);
}

#[test]
fn second_worker_waits_for_the_first() {
    let runtime = Arc::new(TestRuntime::new(1));
    let (journal, provider) = (journal(&runtime), Provider::new(&runtime, vec![], vec![]));
    let mut first = Box::pin(journal.once("k", b"r", &provider));
    let mut context = Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    let second = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(second, Once::Pending { .. }), "{second:?}");
    let other = whole(journal.once("k", b"other", &provider)).unwrap_err();
    assert_eq!(other.kind(), ErrorKind::KeyReused);
    let done = whole(first).unwrap();
    assert!(matches!(done, Once::Done { .. }), "{done:?}");
    assert_eq!(provider.count("k"), 1);
}

/// A store that does something before each record, or fails.
struct Hooked<F> {
    inner: MemoryStore,
    before: F,
}

impl<F: Fn(&Record) -> Result<()> + Send + Sync + 'static> JournalStore for Hooked<F> {
    type Store = MemoryStore;

    fn store(&self) -> &MemoryStore {
        &self.inner
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<Entry> {
        (self.before)(&record)?;
        self.inner.record(key, token, record).await
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>> {
        let read = self.inner.select(selection, limit).await;
        // Much may happen before the reader goes on.
        tokio::task::yield_now().await;
        read
    }
}

#[test]
fn answer_survives_a_store_that_fails_for_a_moment() {
    let runtime = Arc::new(TestRuntime::new(1));
    for (failures, recovered) in [(3, false), (4, true)] {
        let left = AtomicU32::new(failures);
        let once_less =
            move || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        let store = Hooked {
            inner: MemoryStore::new(),
            before: move |record: &Record| {
                if record.phase == Phase::Done && once_less().is_ok() {
                    return Err(Error::new(ErrorKind::Full, "the disk is full"));
                }
                Ok(())
            },
        };
        let journal = Journal::new(store).runtime(Arc::clone(&runtime) as _);
        let provider = Provider::new(&runtime, vec![], vec![]);
        let first = whole(journal.once("k", b"r", &provider));
        assert_eq!(first.is_err(), recovered);
        runtime.clock().advance(Duration::from_mins(3));
        let second = whole(journal.once("k", b"r", &provider)).unwrap();
        assert!(
            matches!(second, Once::Done { recovered: was, .. } if was == recovered),
            "{second:?}"
        );
        assert_eq!(provider.count("k"), 1);
    }
}

#[test]
fn call_that_is_sent_meanwhile_is_not_given_up() {
    let runtime = Arc::new(TestRuntime::new(1));
    let store = Hooked {
        inner: MemoryStore::new(),
        before: |_: &Record| Ok(()),
    };
    let journal = Journal::new(store).runtime(Arc::clone(&runtime) as _);
    let provider = Provider::new(&runtime, vec![Fault::LostAnswer, Fault::NotSent], vec![]);
    let _ = whole(journal.once("k", b"r", &provider)).unwrap();
    let mut giving_up = Box::pin(journal.give_up("k", "shop", "the customer has gone"));
    let mut context = Context::from_waker(Waker::noop());
    // It has read that nothing was sent.
    assert!(giving_up.as_mut().poll(&mut context).is_pending());
    let sent = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(sent, Once::Pending { .. }), "{sent:?}");
    assert!(!whole(giving_up).unwrap());
    let found = whole(journal.once("k", b"r", &provider)).unwrap();
    assert!(matches!(found, Once::Done { recovered: true, .. }), "{found:?}");
}
