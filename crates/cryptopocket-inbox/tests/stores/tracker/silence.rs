//! Nothing personal reaches traces, errors or `Debug`.

use std::io;
use std::sync::{Arc, Mutex};

use cryptopocket_inbox::Failure;
use cryptopocket_inbox::testing::{MemoryStore, Table};
use cryptopocket_inbox::tracker::{ChangeHandler, Changed, Object, Observation, Polled, Selection, Source};
use cryptopocket_types::PaymentStatus;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use super::Stage;
use crate::stage::receive;

const CANARY: &str = "ES9121000418450200051332";

#[derive(Clone, Default)]
struct Traced(Arc<Mutex<Vec<u8>>>);

impl io::Write for Traced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Traced {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

/// Fails with personal words.
struct Talkative;

impl ChangeHandler<Table> for Talkative {
    async fn change(&self, _: &Changed, _: &mut Table) -> Result<(), Failure> {
        Err(Failure::retry(CANARY))
    }
}

#[test]
fn tracker_shows_no_personal_words() {
    let traced = Traced::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(traced.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut shown = Vec::new();
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let stage = Stage::new(MemoryStore::new()).with(Talkative);
            stage.track("p1").await;
            let body =
                format!(r#"{{"type":"PAY_IN","data":{{"id":"p1","status":"{CANARY}","iban":"{CANARY}"}}}}"#);
            receive(&stage.inbox, &body).await.unwrap();
            stage.inbox.run_until_idle(stage.tracker.clone()).await.unwrap();
            stage.advance(60);
            stage
                .provider
                .always("p1", Polled::State(PaymentStatus::CoinsSent.into()));
            stage.sweep().await;
            let failed = Polled::Failed {
                retry_after: None,
                reason: CANARY.to_owned(),
            };
            shown.push(format!("{failed:?}"));
            stage.provider.always("p1", failed);
            stage.advance(60);
            assert_eq!(stage.sweep().await, 1);
            let says = Observation::new(Source::Bank, PaymentStatus::PaymentReceived, stage.now());
            let error = stage
                .tracker
                .observe(&Object::payment("p1"), says)
                .await
                .unwrap_err();
            let rows = stage.tracker.objects(Selection::All, None, 9).await.unwrap();
            assert_eq!(rows[0].reason.as_deref(), Some(CANARY));
            shown.push(format!("{error} {error:?} {rows:?} {:?}", stage.tracker));
        });
    });
    let written = String::from_utf8(traced.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("p1") && written.contains("poll"), "{written}");
    assert!(!written.contains(CANARY), "{written}");
    assert!(shown.iter().all(|text| !text.contains(CANARY)), "{shown:?}");
}
