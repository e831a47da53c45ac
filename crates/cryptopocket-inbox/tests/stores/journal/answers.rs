//! What the provider answered stays, whoever brings it and however late.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cryptopocket_inbox::ErrorKind;
use cryptopocket_inbox::journal::{Answer, Call, Found, Journal, JournalStore, Once, Phase, Sent, Verdict};
use cryptopocket_inbox::testing::{MemoryStore, TestRuntime};
use tokio::sync::Notify;

use super::in_virtual_time;

on_each_store! {
    cryptopocket_inbox::testing::MemoryStore::new();
    every_answer_is_kept_up_to_a_limit
    late_done_ends_the_search_of_another_worker
    late_done_brings_what_a_search_could_not
    late_done_outweighs_a_later_refusal
    call_that_was_done_twice_goes_to_a_person
    second_sending_that_may_be_done_goes_to_a_person
    late_unknown_beside_a_refusal_goes_to_a_person
    late_unknown_is_looked_for_before_another_sending
    done_beside_a_confirmation_goes_to_a_person
    lost_answer_of_what_was_found_disturbs_nobody
    late_refusal_changes_nothing_and_is_kept
    late_confirmation_keeps_another_from_sending
    late_confirmation_outweighs_a_later_refusal
    late_search_leaves_the_verdict_of_a_person
    late_verdict_that_does_not_count_disturbs_nobody
    late_done_keeps_a_final_call_final
    due_calls_are_those_whose_pause_is_over
}

/// Comes to this, and is found so.
struct Script {
    sent: Sent,
    found: Found,
    sendings: AtomicU32,
}

impl Script {
    fn new(sent: Sent, found: Found) -> Self {
        Self {
            sent,
            found,
            sendings: AtomicU32::new(0),
        }
    }

    fn unknown() -> Self {
        Self::new(Sent::Unknown("broken".into()), Found::Unknown("broken".into()))
    }
}

impl Call for Script {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, _: &str) -> Sent {
        self.sendings.fetch_add(1, Ordering::SeqCst);
        self.sent.clone()
    }

    async fn find(&self, _: &str) -> Found {
        self.found.clone()
    }

    fn answers(&self) -> Vec<Vec<u8>> {
        let number = self.sendings.load(Ordering::SeqCst);
        vec![format!("{number}a").into(), format!("{number}b").into()]
    }
}

async fn raw<J: JournalStore>(journal: &Journal<J>) -> Vec<String> {
    let answers = journal.raw_answers("k").await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    answers
        .into_iter()
        .map(|answer| text(answer.body.bytes))
        .collect()
}

async fn every_answer_is_kept_up_to_a_limit<J: JournalStore>(store: J) {
    let (journal, _) = in_virtual_time(store);
    let call = Script::unknown();
    let mut expected = Vec::new();
    for sending in 1..=20 {
        let _ = journal.once("k", b"r", &call).await.unwrap();
        journal
            .settle("k", Verdict::SendAgain, "ada", "the desk says no")
            .await
            .unwrap();
        expected.extend([format!("{sending}a"), format!("{sending}b")]);
        let kept = expected.len().saturating_sub(32);
        assert_eq!(raw(&journal).await, expected[kept..]);
    }
}

/// Is overtaken by another worker while it sends, since the clock of that one is wrong.
struct Late<'a, J> {
    journal: &'a Journal<J>,
    runtime: &'a TestRuntime,
    other: Script,
    brings: Sent,
}

impl<J: JournalStore> Call for Late<'_, J> {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, reference: &str) -> Sent {
        // Half of the hold is over before the other one sends again.
        for minutes in [2, 1] {
            self.runtime.clock().advance(Duration::from_mins(minutes));
            let _ = self.journal.once(reference, b"r", &self.other).await.unwrap();
        }
        self.brings.clone()
    }

    async fn find(&self, _: &str) -> Found {
        Found::None
    }

    fn answers(&self) -> Vec<Vec<u8>> {
        vec![b"late".to_vec()]
    }
}

fn done(object: &str) -> Sent {
    Sent::Done(Answer::of(object, format!("iban and concept of {object}")))
}

fn whole(object: &str) -> Once {
    Once::Done {
        answer: format!("iban and concept of {object}").into(),
        recovered: false,
    }
}

/// A call that is overtaken by `other`, and then brings an answer.
async fn overtaken<J: JournalStore>(
    store: J,
    other: Script,
    brings: Sent,
) -> (Journal<J>, Result<Once, ErrorKind>) {
    let (journal, runtime) = in_virtual_time(store);
    let journal = journal.grace(Duration::ZERO);
    let late = Late {
        journal: &journal,
        runtime: &runtime,
        other,
        brings,
    };
    let once = journal.once("k", b"r", &late).await.map_err(|error| error.kind());
    assert!(raw(&journal).await.contains(&"late".to_owned()));
    (journal, once)
}

async fn late_done_ends_the_search_of_another_worker<J: JournalStore>(store: J) {
    let (journal, once) = overtaken(store, Script::unknown(), done("p-1")).await;
    assert!(once == Ok(whole("p-1")));
    let never = Script::unknown();
    assert!(journal.once("k", b"r", &never).await.unwrap() == whole("p-1"));
    assert_eq!(never.sendings.load(Ordering::SeqCst), 0);
}

async fn late_done_brings_what_a_search_could_not<J: JournalStore>(store: J) {
    let found = Found::One(Answer::of("p-1", "found"));
    let other = Script::new(Sent::Unknown("broken".into()), found);
    let (journal, once) = overtaken(store, other, done("p-1")).await;
    assert!(once == Ok(whole("p-1")));
    assert!(journal.once("k", b"r", &Script::unknown()).await.unwrap() == whole("p-1"));
}

async fn late_done_outweighs_a_later_refusal<J: JournalStore>(store: J) {
    let other = Script::new(Sent::Refused("a payment with this id exists".into()), Found::None);
    let (journal, once) = overtaken(store, other, done("p-1")).await;
    assert!(once == Ok(whole("p-1")));
    let entry = journal.entry("k").await.unwrap().unwrap();
    assert_eq!((entry.phase, entry.final_at), (Phase::Done, None));
}

async fn call_that_was_done_twice_goes_to_a_person<J: JournalStore>(store: J) {
    let other = Script::new(done("p-2"), Found::None);
    let (journal, once) = overtaken(store, other, done("p-1")).await;
    let candidates = vec!["p-2".to_owned(), "p-1".to_owned()];
    let both = Once::Ambiguous {
        candidates: candidates.clone(),
    };
    assert!(once == Ok(both), "{once:?}");
    let told = journal.once("k", b"r", &Script::unknown()).await.unwrap();
    assert!(told == Once::Ambiguous { candidates });
    assert_eq!(raw(&journal).await, ["1a", "1b", "late"]);
    // The answer that is kept is that of p-2.
    let object = "p-1".to_owned();
    let keep = Verdict::Done {
        object: object.clone(),
    };
    journal
        .settle("k", keep, "ada", "p-2 was cancelled")
        .await
        .unwrap();
    let told = journal.once("k", b"r", &Script::unknown()).await.unwrap();
    assert!(told == Once::Named { object });
}

async fn second_sending_that_may_be_done_goes_to_a_person<J: JournalStore>(store: J) {
    for brings in [
        Sent::Confirmed("cannot be read".into()),
        Sent::Unknown("broken".into()),
    ] {
        let other = Script::new(done("p-2"), Found::None);
        let (journal, once) = overtaken(MemoryStore::new(), other, brings).await;
        let told = Once::Ambiguous {
            candidates: vec!["p-2".to_owned()],
        };
        assert!(once == Ok(told.clone()), "{once:?}");
        assert!(journal.once("k", b"r", &Script::unknown()).await.unwrap() == told);
    }
    let other = Script::new(done("p-2"), Found::None);
    let (journal, once) = overtaken(store, other, Sent::Unknown("broken".into())).await;
    assert!(matches!(once, Ok(Once::Ambiguous { .. })), "{once:?}");
    // The person finds out that the second one was not done.
    let object = "p-2".to_owned();
    journal
        .settle("k", Verdict::Done { object }, "ada", "the desk knows one")
        .await
        .unwrap();
    assert!(journal.once("k", b"r", &Script::unknown()).await.unwrap() == whole("p-2"));
}

async fn late_unknown_beside_a_refusal_goes_to_a_person<J: JournalStore>(store: J) {
    let refused = Sent::Refused("a payment with this id exists".into());
    let other = Script::new(refused, Found::None);
    let (journal, once) = overtaken(store, other, Sent::Unknown("broken".into())).await;
    let nobody_knows = Once::Ambiguous { candidates: vec![] };
    assert!(once == Ok(nobody_knows.clone()), "{once:?}");
    let never = Script::unknown();
    assert!(journal.once("k", b"r", &never).await.unwrap() == nobody_knows);
    assert_eq!(never.sendings.load(Ordering::SeqCst), 0);
    let entry = journal.entry("k").await.unwrap().unwrap();
    assert_eq!(entry.final_at, None, "it is not erased");
}

async fn late_unknown_is_looked_for_before_another_sending<J: JournalStore>(store: J) {
    let other = Script::new(Sent::NotSent("closed".into()), Found::None);
    let (journal, once) = overtaken(store, other, Sent::Unknown("broken".into())).await;
    assert!(matches!(once, Ok(Once::Pending { .. })), "{once:?}");
    let found = Found::One(Answer::of("p-1", "found"));
    let again = Script::new(done("p-2"), found);
    let told = journal.once("k", b"r", &again).await.unwrap();
    assert!(matches!(told, Once::Done { recovered: true, .. }), "{told:?}");
    assert_eq!(again.sendings.load(Ordering::SeqCst), 0);
}

async fn done_beside_a_confirmation_goes_to_a_person<J: JournalStore>(store: J) {
    let other = Script::new(Sent::Confirmed("cannot be read".into()), Found::None);
    let (journal, once) = overtaken(store, other, done("p-1")).await;
    let object = "p-1".to_owned();
    let told = Once::Ambiguous {
        candidates: vec![object.clone()],
    };
    assert!(once == Ok(told), "{once:?}");
    let keep = Verdict::Done { object };
    journal
        .settle("k", keep, "ada", "the other was cancelled")
        .await
        .unwrap();
    assert!(journal.once("k", b"r", &Script::unknown()).await.unwrap() == whole("p-1"));
}

async fn lost_answer_of_what_was_found_disturbs_nobody<J: JournalStore>(store: J) {
    let found = Found::One(Answer::of("p-1", "found"));
    let other = Script::new(Sent::Unknown("broken".into()), found);
    let (journal, once) = overtaken(store, other, Sent::Unknown("broken".into())).await;
    assert_eq!(once, Err(ErrorKind::LeaseLost));
    assert_eq!(journal.entry("k").await.unwrap().unwrap().phase, Phase::Done);
}

async fn late_refusal_changes_nothing_and_is_kept<J: JournalStore>(store: J) {
    let other = Script::new(Sent::Unknown("broken".into()), Found::Unknown("broken".into()));
    let (journal, once) = overtaken(store, other, Sent::Refused("limit".into())).await;
    assert_eq!(once, Err(ErrorKind::LeaseLost));
    assert_eq!(journal.entry("k").await.unwrap().unwrap().phase, Phase::Sending);
}

/// Waits before it is answered.
struct Waiting<'a> {
    begun: &'a Notify,
    go_on: &'a Notify,
    script: Script,
}

impl Call for Waiting<'_> {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, reference: &str) -> Sent {
        self.begun.notify_one();
        self.go_on.notified().await;
        self.script.send(reference).await
    }

    async fn find(&self, reference: &str) -> Found {
        self.begun.notify_one();
        self.go_on.notified().await;
        self.script.find(reference).await
    }
}

/// What a call comes to that brings its answer while `other` searches, and what that one comes to.
async fn beside<J: JournalStore>(
    journal: &Journal<J>,
    runtime: &TestRuntime,
    late: Script,
    other: Script,
) -> [Result<Once, ErrorKind>; 2] {
    let [sends, answered, looks, recorded] = [(); 4].map(|()| Notify::new());
    let late = Waiting {
        begun: &sends,
        go_on: &answered,
        script: late,
    };
    let other = Waiting {
        begun: &looks,
        go_on: &recorded,
        script: other,
    };
    let (first, second, ()) = tokio::join!(
        async {
            let once = journal.once("k", b"r", &late).await;
            recorded.notify_one();
            once
        },
        async {
            sends.notified().await;
            // Half of the hold is over before the other one would send again.
            for minutes in [2, 1] {
                runtime.clock().advance(Duration::from_mins(minutes));
                let _ = journal.once("k", b"r", &Script::unknown()).await.unwrap();
            }
            journal.once("k", b"r", &other).await
        },
        async {
            looks.notified().await;
            answered.notify_one();
        },
    );
    assert_eq!(other.script.sendings.load(Ordering::SeqCst), 0);
    [first, second].map(|once| once.map_err(|error| error.kind()))
}

async fn late_confirmation_keeps_another_from_sending<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    let journal = journal.grace(Duration::ZERO);
    let late = Script::new(Sent::Confirmed("cannot be read".into()), Found::None);
    let other = Script::new(done("p-2"), Found::None);
    let [first, second] = beside(&journal, &runtime, late, other).await;
    assert!(matches!(first, Ok(Once::Pending { .. })), "{first:?}");
    assert_eq!(second, Err(ErrorKind::LeaseLost));
    assert_eq!(journal.entry("k").await.unwrap().unwrap().phase, Phase::Confirmed);
}

async fn late_confirmation_outweighs_a_later_refusal<J: JournalStore>(store: J) {
    let other = Script::new(Sent::Refused("a payment with this id exists".into()), Found::None);
    let confirmed = Sent::Confirmed("cannot be read".into());
    let (journal, once) = overtaken(store, other, confirmed).await;
    assert!(matches!(once, Ok(Once::Pending { .. })), "{once:?}");
    let entry = journal.entry("k").await.unwrap().unwrap();
    assert_eq!((entry.phase, entry.final_at), (Phase::Confirmed, None));
    let found = Found::One(Answer::of("p-1", "found"));
    let again = Script::new(done("p-2"), found);
    let told = journal.once("k", b"r", &again).await.unwrap();
    assert!(matches!(told, Once::Done { recovered: true, .. }), "{told:?}");
    assert_eq!(again.sendings.load(Ordering::SeqCst), 0);
}

/// Shows nothing, and a person settles the call while it is looked for.
struct Settled<'a, J>(&'a Journal<J>, Verdict);

impl<J: JournalStore> Call for Settled<'_, J> {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, _: &str) -> Sent {
        Sent::Confirmed("cannot be read".into())
    }

    async fn find(&self, reference: &str) -> Found {
        let settled = self
            .0
            .settle(reference, self.1.clone(), "ada", "the desk says no");
        settled.await.unwrap();
        Found::None
    }
}

async fn late_search_leaves_the_verdict_of_a_person<J: JournalStore>(store: J) {
    let (journal, _) = in_virtual_time(store);
    for (key, verdict, phase) in [
        ("no", Verdict::NotDone, Phase::Refused),
        ("again", Verdict::SendAgain, Phase::Intended),
    ] {
        let call = Settled(&journal, verdict);
        let _ = journal.once(key, b"r", &call).await.unwrap();
        let lost = journal.once(key, b"r", &call).await.unwrap_err();
        assert_eq!(lost.kind(), ErrorKind::LeaseLost);
        assert_eq!(journal.entry(key).await.unwrap().unwrap().phase, phase);
    }
}

async fn late_verdict_that_does_not_count_disturbs_nobody<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    let found = || Answer::of("p-1", "found");
    let late = Script::new(Sent::Found(found()), Found::None);
    let other = Script::new(Sent::Unknown("broken".into()), Found::One(found()));
    let [first, second] = beside(&journal, &runtime, late, other).await;
    assert_eq!(first, Err(ErrorKind::LeaseLost));
    assert!(
        matches!(second, Ok(Once::Done { recovered: true, .. })),
        "{second:?}"
    );
}

/// Is overtaken by a search, and its payment is final before it brings its answer.
struct Finished<'a, J> {
    journal: &'a Journal<J>,
    runtime: &'a TestRuntime,
}

impl<J: JournalStore> Call for Finished<'_, J> {
    fn operation(&self) -> &'static str {
        "pay"
    }

    async fn send(&self, reference: &str) -> Sent {
        self.runtime.clock().advance(Duration::from_mins(2));
        let found = Found::One(Answer::of("p-1", "found"));
        let other = Script::new(Sent::Unknown("broken".into()), found);
        let _ = self.journal.once(reference, b"r", &other).await.unwrap();
        assert_eq!(self.journal.finish("p-1").await.unwrap(), 1);
        if reference == "erased" {
            assert_eq!(self.journal.erase(Duration::ZERO).await.unwrap(), 1);
        }
        done("p-1")
    }

    async fn find(&self, _: &str) -> Found {
        Found::None
    }

    fn answers(&self) -> Vec<Vec<u8>> {
        vec![b"late".to_vec()]
    }
}

async fn late_done_keeps_a_final_call_final<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    for key in ["kept", "erased"] {
        let late = Finished {
            journal: &journal,
            runtime: &runtime,
        };
        assert!(journal.once(key, b"r", &late).await.unwrap() == whole("p-1"));
        let entry = journal.entry(key).await.unwrap().unwrap();
        assert!(entry.final_at.is_some(), "{key}");
        assert!(journal.raw_answers(key).await.unwrap().is_empty(), "{key}");
        assert_eq!(journal.erase(Duration::ZERO).await.unwrap(), 1, "{key}");
        let entry = journal.entry(key).await.unwrap().unwrap();
        assert!(entry.erased && entry.request.bytes.is_empty() && entry.answer.is_none());
    }
}

async fn due_calls_are_those_whose_pause_is_over<J: JournalStore>(store: J) {
    let (journal, runtime) = in_virtual_time(store);
    let not_sent = Script::new(Sent::NotSent("closed".into()), Found::None);
    let _ = journal.once("not sent", b"r", &not_sent).await.unwrap();
    let refused = Script::new(Sent::Refused("limit".into()), Found::None);
    let _ = journal.once("refused", b"r", &refused).await.unwrap();
    let _ = journal.once("k", b"r", &Script::unknown()).await.unwrap();
    let due = async || {
        let due = journal.due(9).await.unwrap();
        due.into_iter().map(|entry| entry.key).collect::<Vec<_>>()
    };
    assert_eq!(due().await, Vec::<String>::new());
    let mut pauses = Vec::new();
    for _ in 0..60 {
        let at = journal.entry("k").await.unwrap().unwrap().due_at.unwrap();
        pauses.push(
            at.duration_since(cryptopocket_types::Clock::now(&*runtime))
                .unwrap(),
        );
        runtime.clock().set(at);
        assert_eq!(due().await, ["k"]);
        let _ = journal.once("k", b"r", &Script::unknown()).await.unwrap();
    }
    assert!(pauses.is_sorted(), "{pauses:?}");
    let ends = [pauses[0], pauses[59]].map(|pause| pause.as_secs());
    assert_eq!(ends, [5, 600], "{pauses:?}");
}
