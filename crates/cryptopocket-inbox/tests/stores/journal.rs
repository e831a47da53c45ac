//! The journal on every store.

mod answers;
mod machines;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cryptopocket_inbox::journal::{
    Answer, Call, CallCounts, Entry, Found, Journal, JournalStore, Once, Phase, Selection, Sent, Verdict,
};
use cryptopocket_inbox::testing::TestRuntime;
use cryptopocket_inbox::{BodyKey, ErrorKind, Inbox, Keyring};

use crate::stage::sqlite;

fn three() -> Vec<String> {
    ["p-1", "p-2", "p-3"].map(str::to_owned).to_vec()
}

/// Loses its first answer, and is found after that.
#[derive(Default)]
struct Forgetful {
    sent: AtomicU32,
}

impl Call for Forgetful {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, reference: &str) -> Sent {
        match (self.sent.fetch_add(1, Ordering::SeqCst), reference) {
            (0, _) => Sent::Unknown("the connection broke".into()),
            (_, "refused") => Sent::Refused("limit".into()),
            _ => Sent::Done(Answer::of(format!("made-{reference}"), b"made")),
        }
    }

    async fn find(&self, reference: &str) -> Found {
        match reference {
            "found" => Found::One(Answer::of("p-1", b"found")),
            "many" => Found::Many(three()),
            _ => Found::None,
        }
    }
}

on_each_store! {
    cryptopocket_inbox::testing::MemoryStore::new();
    call_goes_through_its_phases
    person_settles_an_open_call
    call_is_given_up_only_if_never_sent
    candidates_of_other_calls_are_left_out
    final_calls_lose_raw_answers_then_all
    dead_worker_holds_its_call_for_a_while
    late_worker_records_nothing
    key_of_another_operation_is_reused
    wrong_request_leaves_the_call_as_it_was
    hold_and_pause_of_a_wrong_clock_end
    clock_far_behind_lets_nobody_settle_a_sending
    hold_and_grace_of_days_are_kept
}

fn in_virtual_time<J: JournalStore>(store: J) -> (Journal<J>, Arc<TestRuntime>) {
    let runtime = Arc::new(TestRuntime::new(1));
    (Journal::new(store).runtime(Arc::clone(&runtime) as _), runtime)
}

async fn call_goes_through_its_phases<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    for key in ["found", "many", "refused", "again"] {
        let call = Forgetful::default();
        let pending = journal.once(key, b"request", &call).await.unwrap();
        assert!(matches!(pending, Once::Pending { .. }), "{key}: {pending:?}");
    }
    let open = journal.unsettled(10).await.unwrap();
    assert_eq!(open.len(), 4);
    assert!(
        open.iter()
            .all(|entry| entry.phase == Phase::Sending && entry.sent_at.is_some())
    );
    assert_eq!(journal.request(&open[0]).unwrap(), b"request");

    runtime.clock().advance(Duration::from_mins(5));
    for _ in 0..2 {
        // The first sending, whose answer was lost, was that of another process.
        let call = Forgetful {
            sent: AtomicU32::new(1),
        };
        let once = async |key| journal.once(key, b"request", &call).await.unwrap();
        let found = Once::Done {
            answer: b"found".to_vec(),
            recovered: true,
        };
        assert!(once("found").await == found);
        assert!(once("many").await == Once::Ambiguous { candidates: three() });
        assert!(
            once("refused").await
                == Once::Refused {
                    reason: "limit".into()
                }
        );
        let made = Once::Done {
            answer: b"made".to_vec(),
            recovered: false,
        };
        assert!(once("again").await == made);
    }
    let other = journal
        .once("found", b"another request", &Forgetful::default())
        .await
        .unwrap_err();
    assert_eq!(other.kind(), ErrorKind::KeyReused);
    let open = journal.unsettled(10).await.unwrap();
    assert_eq!(
        (open.len(), open[0].key.as_str(), open[0].phase),
        (1, "many", Phase::Ambiguous)
    );
}

async fn person_settles_an_open_call<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    let begun = journal.counts().await.unwrap();
    assert_eq!(begun, CallCounts::default());
    for key in ["done", "not_done", "again"] {
        let _ = journal.once(key, b"r", &Forgetful::default()).await.unwrap();
    }
    runtime.clock().advance(Duration::from_mins(1));
    let counts = journal.counts().await.unwrap();
    assert_eq!((counts.sending, counts.ambiguous), (3, 0));
    let open = journal.unsettled(10).await.unwrap();
    assert_eq!(counts.oldest, open[0].begun_at);
    assert_eq!(journal.age(&open[0]), Some(Duration::from_mins(1)));
    assert_eq!(open[0].reason.as_deref(), Some("the connection broke"));
    let Verdict::Done { object } = made() else {
        unreachable!()
    };
    let after = Selection::Open { after: open[1].seq };
    assert_eq!(journal.select(after, 10).await.unwrap().len(), 1);

    let settle = async |key, verdict| journal.settle(key, verdict, "ada", "asked the provider").await;
    settle("done", made()).await.unwrap();
    settle("not_done", Verdict::NotDone).await.unwrap();
    settle("again", Verdict::SendAgain).await.unwrap();
    let call = Forgetful {
        sent: AtomicU32::new(1),
    };
    let once = async |key| journal.once(key, b"r", &call).await.unwrap();
    assert!(once("done").await == Once::Named { object });
    let refused = Once::Refused {
        reason: "asked the provider".into(),
    };
    assert!(once("not_done").await == refused);
    assert!(matches!(once("again").await, Once::Done { recovered: false, .. }));
    for key in ["done", "never"] {
        let error = settle(key, Verdict::SendAgain).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotOpen);
    }
    let entry = journal.entry("done").await.unwrap().unwrap();
    assert_eq!(entry.settled_by.as_deref(), Some("ada"));
    assert_eq!(journal.counts().await.unwrap(), CallCounts::default());
}

/// Never reaches the provider.
struct Unreachable;

impl Call for Unreachable {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, _: &str) -> Sent {
        Sent::NotSent("no connection".into())
    }

    async fn find(&self, _: &str) -> Found {
        Found::Unknown("no connection".into())
    }
}

async fn call_is_given_up_only_if_never_sent<J: JournalStore>(store: J) {
    let (journal, _) = in_virtual_time(store);
    let give_up =
        async |journal: &Journal<J>, key| journal.give_up(key, "shop", "the customer has gone").await;
    let _ = journal.once("unsent", b"r", &Unreachable).await.unwrap();
    let _ = journal.once("sent", b"r", &Forgetful::default()).await.unwrap();
    assert!(!give_up(&journal, "sent").await.unwrap());
    assert_eq!(
        journal.entry("sent").await.unwrap().unwrap().phase,
        Phase::Sending
    );
    let never = give_up(&journal, "never").await.unwrap_err();
    assert_eq!(never.kind(), ErrorKind::NotOpen);
    // A restored journal does not know what was sent.
    let journal = journal.look_first(true);
    assert!(!give_up(&journal, "unsent").await.unwrap());
    let journal = journal.look_first(false);
    assert!(give_up(&journal, "unsent").await.unwrap());
    let refused = journal.once("unsent", b"r", &Forgetful::default()).await.unwrap();
    assert!(matches!(refused, Once::Refused { .. }), "{refused:?}");
    assert!(!give_up(&journal, "unsent").await.unwrap());
}

fn made() -> Verdict {
    Verdict::Done {
        object: "p-9".to_owned(),
    }
}

/// Has no reference; its search shows these objects, and may not show all.
struct Anonymous(&'static [&'static str]);

impl Call for Anonymous {
    fn operation(&self) -> &'static str {
        "sell"
    }

    async fn send(&self, reference: &str) -> Sent {
        match reference {
            "first" => Sent::Done(Answer::of("s-1", b"sold")),
            _ => Sent::Unknown("the connection broke".into()),
        }
    }

    async fn find(&self, _: &str) -> Found {
        Found::Candidates {
            objects: self.0.iter().map(|object| (*object).to_owned()).collect(),
            is_whole: false,
        }
    }
}

async fn candidates_of_other_calls_are_left_out<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    for key in ["first", "second", "third"] {
        let _ = journal.once(key, b"r", &Anonymous(&[])).await.unwrap();
    }
    runtime.clock().advance(Duration::from_mins(5));
    // The search was not whole, so that nothing is left proves nothing.
    let nothing = journal.once("second", b"r", &Anonymous(&["s-1"])).await.unwrap();
    let Once::Pending { reason, .. } = nothing else {
        panic!("{nothing:?}")
    };
    assert_eq!(reason, "nothing proves that the search saw everything");
    for _ in 0..2 {
        let one = journal
            .once("third", b"r", &Anonymous(&["s-1", "s-2"]))
            .await
            .unwrap();
        let candidates = vec!["s-2".to_owned()];
        assert!(one == Once::Ambiguous { candidates }, "{one:?}");
    }
    let entry = journal.entry("third").await.unwrap().unwrap();
    assert_eq!(entry.candidates, ["s-2"]);
    journal.settle("third", made(), "ada", "asked").await.unwrap();
    assert_eq!(
        journal.entry("third").await.unwrap().unwrap().candidates,
        Vec::<String>::new()
    );
}

/// Is refused or done, with a raw answer.
struct Open;

impl Call for Open {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, reference: &str) -> Sent {
        match reference {
            "refused" => Sent::Refused("limit".into()),
            "unknown" => Sent::Unknown("broken".into()),
            _ => Sent::Done(Answer::of("p-1", b"made")),
        }
    }

    async fn find(&self, _: &str) -> Found {
        Found::None
    }

    fn answers(&self) -> Vec<Vec<u8>> {
        vec![b"as it came".to_vec()]
    }
}

async fn final_calls_lose_raw_answers_then_all<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    for key in ["refused", "unknown", "done", "too"] {
        let _ = journal.once(key, b"r", &Open).await.unwrap();
    }
    let entry = async |key| journal.entry(key).await.unwrap().unwrap();
    let raw = async |key| {
        let answers = journal.raw_answers(key).await.unwrap();
        answers
            .into_iter()
            .map(|answer| answer.body.bytes)
            .collect::<Vec<_>>()
    };
    for key in ["refused", "unknown", "done"] {
        assert_eq!(raw(key).await, [b"as it came"], "{key}");
    }
    assert_eq!(journal.finish("p-2").await.unwrap(), 0);
    assert_eq!(journal.finish("p-1").await.unwrap(), 2);
    assert_eq!(journal.finish("p-1").await.unwrap(), 0, "once");
    assert_eq!(raw("done").await, Vec::<Vec<u8>>::new());
    let about = Selection::Object("p-1".to_owned());
    assert_eq!(journal.select(about, 10).await.unwrap().len(), 2);

    let week = Duration::from_hours(7 * 24);
    assert_eq!(journal.erase(week).await.unwrap(), 0);
    runtime.clock().advance(week);
    assert_eq!(journal.erase(week).await.unwrap(), 3);
    assert_eq!(journal.erase(week).await.unwrap(), 0);
    let done = entry("done").await;
    assert!(done.erased && done.request.bytes.is_empty() && done.answer.is_none());
    assert_eq!(raw("unknown").await, [b"as it came"], "open calls stay");
    assert_eq!(raw("refused").await, Vec::<Vec<u8>>::new());
    let named = Once::Named {
        object: "p-1".to_owned(),
    };
    assert!(journal.once("done", b"r", &Open).await.unwrap() == named);
    let other = journal.once("done", b"other", &Open).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::KeyReused);
}

/// Never answers, as a process that dies.
struct Hanging;

impl Call for Hanging {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, _: &str) -> Sent {
        std::future::pending().await
    }

    async fn find(&self, _: &str) -> Found {
        std::future::pending().await
    }
}

#[allow(clippy::disallowed_methods, reason = "a store takes real time")]
async fn dead_worker_holds_its_call_for_a_while<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    // Given up in the middle of the sending. Real time: the stores take some until then.
    let dead = tokio::time::timeout(Duration::from_millis(300), journal.once("found", b"r", &Hanging));
    assert!(dead.await.is_err());
    let Once::Pending { after, .. } = journal.once("found", b"r", &Forgetful::default()).await.unwrap()
    else {
        panic!("taken over too early")
    };
    // Nor may a person settle what is under way.
    let early = journal
        .settle("found", Verdict::SendAgain, "ada", "it hangs")
        .await;
    assert_eq!(early.unwrap_err().kind(), ErrorKind::LeaseLost);
    assert_eq!(after, Duration::from_mins(2));
    runtime.clock().advance(after);
    let done = journal.once("found", b"r", &Forgetful::default()).await.unwrap();
    assert!(matches!(done, Once::Done { recovered: true, .. }), "{done:?}");
}

/// Its worker is overtaken while it sends.
struct Overtaken<'a, J> {
    journal: &'a Journal<J>,
    runtime: &'a TestRuntime,
}

impl<J: JournalStore> Call for Overtaken<'_, J> {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, reference: &str) -> Sent {
        self.runtime.clock().advance(Duration::from_mins(2));
        let other = self
            .journal
            .once(reference, b"r", &Forgetful::default())
            .await
            .unwrap();
        assert!(matches!(other, Once::Done { .. }), "{other:?}");
        Sent::Refused("late".into())
    }

    async fn find(&self, _: &str) -> Found {
        Found::None
    }
}

async fn late_worker_records_nothing<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    let late = Overtaken {
        journal: &journal,
        runtime: &runtime,
    };
    let lost = journal.once("found", b"r", &late).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::LeaseLost);
    let done = journal.once("found", b"r", &Forgetful::default()).await.unwrap();
    assert!(matches!(done, Once::Done { .. }), "{done:?}");
}

async fn key_of_another_operation_is_reused<J: JournalStore>(store: J) {
    let (journal, _) = in_virtual_time(store);
    let _ = journal.once("first", b"r", &Anonymous(&[])).await.unwrap();
    let call = Forgetful::default();
    let other = journal.once("first", b"r", &call).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::KeyReused);
    assert_eq!(call.sent.load(Ordering::SeqCst), 0);
}

async fn wrong_request_leaves_the_call_as_it_was<J: JournalStore>(store: J) {
    let (journal, _) = in_virtual_time(store);
    let _ = journal.once("k", b"r", &Forgetful::default()).await.unwrap();
    let before = journal.entry("k").await.unwrap().unwrap();
    let wrong = journal.once("k", b"other", &Forgetful::default()).await;
    assert_eq!(wrong.unwrap_err().kind(), ErrorKind::KeyReused);
    let after = journal.entry("k").await.unwrap().unwrap();
    assert_eq!(after.reason.as_deref(), Some("the connection broke"));
    let (token, recovered) = (before.token, before.recovered);
    let as_it_was = Entry {
        token,
        recovered,
        ..after
    };
    assert_eq!(as_it_was, before);
    // The right request is not held up.
    let right = journal.once("k", b"r", &Forgetful::default()).await.unwrap();
    let Once::Pending { reason, .. } = right else {
        panic!("{right:?}")
    };
    assert_eq!(reason, "a lost request may still be at work");
}

#[allow(clippy::disallowed_methods, reason = "a store takes real time")]
async fn hold_and_pause_of_a_wrong_clock_end<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    let right = cryptopocket_types::Clock::now(&*runtime);
    runtime.clock().advance(Duration::from_hours(365 * 24));
    let _ = journal.once("again", b"r", &Forgetful::default()).await.unwrap();
    let dead = tokio::time::timeout(Duration::from_millis(300), journal.once("found", b"r", &Hanging));
    assert!(dead.await.is_err());
    runtime.clock().set(right);
    let mut due = journal.due(9).await.unwrap();
    due.sort_by(|one, other| one.key.cmp(&other.key));
    let keys: Vec<_> = due.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["again", "found"]);
    let done = journal.once("found", b"r", &Forgetful::default()).await.unwrap();
    assert!(matches!(done, Once::Done { recovered: true, .. }), "{done:?}");
}

#[allow(clippy::disallowed_methods, reason = "a store takes real time")]
async fn clock_far_behind_lets_nobody_settle_a_sending<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    let behind = cryptopocket_types::Clock::now(&*runtime);
    runtime.clock().advance(Duration::from_hours(48));
    let sending = tokio::time::timeout(Duration::from_millis(300), journal.once("k", b"r", &Hanging));
    assert!(sending.await.is_err());
    runtime.clock().set(behind);
    for verdict in [Verdict::SendAgain, Verdict::NotDone, made()] {
        let early = journal.settle("k", verdict, "ada", "it hangs").await;
        assert_eq!(early.unwrap_err().kind(), ErrorKind::LeaseLost);
    }
    assert_eq!(journal.entry("k").await.unwrap().unwrap().phase, Phase::Sending);
}

#[allow(clippy::disallowed_methods, reason = "a store takes real time")]
async fn hold_and_grace_of_days_are_kept<J: JournalStore>(store: J) {
    let (journal, _) = in_virtual_time(store);
    let days = Duration::from_hours(48);
    let journal = journal.hold(days).grace(days);
    let sending = tokio::time::timeout(Duration::from_millis(300), journal.once("held", b"r", &Hanging));
    assert!(sending.await.is_err());
    let Once::Pending { after, .. } = journal.once("held", b"r", &Forgetful::default()).await.unwrap() else {
        panic!("taken over too early")
    };
    assert_eq!(after, days);
    for _ in 0..2 {
        let call = Forgetful::default();
        let pending = journal.once("lost", b"r", &call).await.unwrap();
        assert!(matches!(pending, Once::Pending { .. }), "{pending:?}");
    }
    assert_eq!(journal.due(9).await.unwrap(), [], "the grace period is not over");
}

#[tokio::test]
async fn journal_of_an_inbox_is_sealed_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let keyring = Keyring::new(BodyKey::new(1, &[1; 32]));
    let call = Forgetful {
        sent: AtomicU32::new(1),
    };
    let journal = Journal::new(inbox.clone()).keyring(keyring.clone());
    let _ = journal.once("order-1", b"iban ES91", &call).await.unwrap();
    let plain: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM cryptopocket_inbox_journal
         WHERE instr(request, CAST('ES91' AS BLOB)) > 0 OR instr(answer, CAST('made' AS BLOB)) > 0",
    )
    .fetch_one(inbox.store().reader())
    .await
    .unwrap();
    assert_eq!(plain, 0);
    let again = Journal::new(inbox)
        .keyring(keyring)
        .once("order-1", b"iban ES91", &call)
        .await
        .unwrap();
    assert!(matches!(again, Once::Done { answer, .. } if answer == b"made"));
}
