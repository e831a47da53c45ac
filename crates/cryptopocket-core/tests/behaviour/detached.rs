//! Calls that are dropped mid-way.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedTransport};
use cryptopocket_core::{
    BoxFuture, Detached, Effect, Error, ErrorKind, Session, Transport, TransportError, WireRequest,
    WireResponse,
};
use tokio::sync::Notify;

use crate::api::{GOOD, Thing, UNSAFE, builder, thing};

/// Sends, and answers once it is allowed to.
#[derive(Debug)]
struct Gate(Arc<ScriptedTransport>, Arc<Notify>);

impl Transport for Gate {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            if request.operation == "unsafe" {
                self.1.notified().await;
            }
            self.0.send(request).await
        })
    }
}

struct Stage {
    session: Session,
    script: Arc<ScriptedTransport>,
    gate: Arc<Notify>,
}

fn stage() -> Stage {
    let (script, gate) = (Arc::new(ScriptedTransport::new()), Arc::new(Notify::new()));
    let transport = Arc::new(Gate(script.clone(), gate.clone()));
    let session = builder().transport(transport).build().unwrap();
    script.always("unsafe", Answer::json(GOOD));
    Stage {
        session,
        script,
        gate,
    }
}

type Reported = Receiver<Result<String, Effect>>;

fn detach(session: &Session) -> (Detached<Thing>, Reported) {
    let (journal, reported) = channel();
    let call = {
        let session = session.clone();
        async move { thing(&session, &UNSAFE).await }
    };
    let handle = session.detach(call, move |outcome: &Result<Thing, Error>| {
        let entry = outcome
            .as_ref()
            .map(|thing| thing.id.clone())
            .map_err(Error::effect);
        journal.send(entry).unwrap();
    });
    (handle, reported)
}

async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn dropped_handle_loses_no_outcome() {
    let stage = stage();
    let (handle, reported) = detach(&stage.session);
    settle().await;
    drop(handle);
    stage.gate.notify_one();
    settle().await;
    assert_eq!(reported.try_recv().unwrap(), Ok("p1".to_owned()));
    assert_eq!(stage.script.calls("unsafe"), 1);
}

#[tokio::test]
#[allow(
    clippy::disallowed_methods,
    reason = "the timeout of a user's program is what is tested"
)]
async fn handle_outlives_a_timeout() {
    let stage = stage();
    let (mut handle, reported) = detach(&stage.session);
    let early = tokio::time::timeout(Duration::from_millis(5), &mut handle).await;
    assert!(early.is_err() && !handle.is_finished());
    stage.gate.notify_one();
    assert_eq!((&mut handle).await.unwrap().id, "p1");
    assert_eq!(reported.try_recv().unwrap(), Ok("p1".to_owned()));
    assert_eq!(handle.await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(stage.script.calls("unsafe"), 1);
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "a handle that hangs must fail the test")]
async fn handle_ends_when_the_report_panics() {
    let stage = stage();
    let call = {
        let session = stage.session.clone();
        async move { thing(&session, &UNSAFE).await }
    };
    let handle = stage.session.detach(call, |_| panic!("the journal is full"));
    stage.gate.notify_one();
    let ended = tokio::time::timeout(Duration::from_secs(5), handle).await;
    let thing = ended.expect("the handle hangs").unwrap();
    assert_eq!(thing.id, "p1", "the outcome is not lost");
}

#[tokio::test]
async fn call_stays_in_the_span_of_its_caller() {
    let stage = stage();
    let _recorded = tracing::subscriber::set_default(tracing_subscriber::registry());
    let call = async { Ok(tracing::Span::current().metadata().map(tracing::Metadata::name)) };
    let handle = tracing::info_span!("order").in_scope(|| stage.session.detach(call, |_| ()));
    assert_eq!(handle.await.unwrap(), Some("order"));
}

#[tokio::test]
async fn panic_of_the_call_is_named() {
    let stage = stage();
    let call = async { panic!("a defect") };
    let error = stage
        .session
        .detach(call, |_: &Result<(), _>| ())
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let said = error.to_string();
    assert!(
        said.contains("a panic stopped the call before it returned"),
        "{said}"
    );
}

#[test]
fn stopped_runtime_reports_unknown_outcome() {
    let stage = stage();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (handle, reported) = runtime.block_on(async {
        let detached = detach(&stage.session);
        settle().await;
        detached
    });
    assert!(reported.try_recv().is_err(), "it is under way");
    drop(runtime);
    assert_eq!(reported.try_recv().unwrap(), Err(Effect::Unknown));
    let error = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(handle)
        .unwrap_err();
    assert_eq!(stage.session.grace_left(&error), stage.session.grace_period());
    assert!(
        error.advice().text().starts_with("Do not simply repeat"),
        "{}",
        error.advice()
    );
}

#[test]
fn outside_of_tokio_the_handle_runs_the_call() {
    let stage = stage();
    let (mut handle, reported) = detach(&stage.session);
    let mut context = Context::from_waker(Waker::noop());
    let mut poll = |handle: &mut Detached<Thing>| std::pin::Pin::new(handle).poll(&mut context);
    assert!(poll(&mut handle).is_pending());
    stage.gate.notify_one();
    assert!(matches!(poll(&mut handle), Poll::Ready(Ok(_))));
    assert_eq!(reported.try_recv().unwrap(), Ok("p1".to_owned()));

    let (mut handle, reported) = detach(&stage.session);
    assert!(poll(&mut handle).is_pending());
    drop(handle);
    assert_eq!(reported.try_recv().unwrap(), Err(Effect::Unknown));
}
