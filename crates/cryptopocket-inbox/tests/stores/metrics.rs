//! Counters and gauges.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cryptopocket_inbox::testing::MemoryStore;
use cryptopocket_inbox::tracker::Polled;
use cryptopocket_inbox::{Failure, Intake};
use cryptopocket_webhooks::Verifier;
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

use crate::stage::{body, in_virtual_time, note, note_then, receive};
use crate::tracker::Stage;
use crate::tracker::provider::answer;

/// Values by name and labels.
#[derive(Clone, Default)]
struct Values(Arc<Mutex<BTreeMap<String, f64>>>);

struct Value {
    name: String,
    values: Values,
}

impl Value {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut values = self.values.0.lock().unwrap();
        let value = values.entry(self.name.clone()).or_default();
        *value = change(*value);
    }
}

impl CounterFn for Value {
    fn increment(&self, by: u64) {
        self.change(|value| value + f64::from(u32::try_from(by).unwrap()));
    }

    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Value {
    fn increment(&self, by: f64) {
        self.change(|value| value + by);
    }

    fn decrement(&self, by: f64) {
        self.change(|value| value - by);
    }

    fn set(&self, to: f64) {
        self.change(|_| to);
    }
}

impl HistogramFn for Value {
    fn record(&self, value: f64) {
        self.change(|_| value);
    }
}

impl Values {
    fn value(&self, key: &Key) -> Arc<Value> {
        let labels: Vec<_> = key.labels().map(|label| label.value().to_owned()).collect();
        Arc::new(Value {
            name: format!("{} {}", key.name(), labels.join(" ")).trim().to_owned(),
            values: self.clone(),
        })
    }
}

impl Recorder for Values {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.value(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.value(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.value(key))
    }
}

#[test]
fn each_outcome_is_counted() {
    let values = Values::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    metrics::with_local_recorder(&values, || {
        runtime.block_on(async {
            let (builder, time) = in_virtual_time(MemoryStore::new());
            let inbox = builder.build();
            for fields in ["", "", r#","status":"x""#] {
                receive(&inbox, &body("p1", fields)).await.unwrap();
            }
            receive(&inbox, &body("p2", "")).await.unwrap();
            let intake = Intake::new(inbox.clone(), Verifier::new("secret").unwrap());
            let _ = intake.accept(&[("X-Timestamp", "1")], b"{}").await;
            let handler = note_then::<MemoryStore, _>(|delivery| match delivery.attempt() {
                1 => Err(Failure::retry("no")),
                _ => Ok(()),
            });
            time.clock().advance(Duration::from_secs(30));
            inbox.run_until_idle(handler).await.unwrap();
            inbox.counts().await.unwrap();
            let claim = inbox.claim(1).await.unwrap();
            assert!(claim.is_empty());
            time.clock().advance(Duration::from_secs(30));
            inbox.run_until_idle(note::<MemoryStore>()).await.unwrap();
        });
    });
    let found: Vec<_> = values
        .0
        .lock()
        .unwrap()
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    assert_eq!(
        found,
        [
            "cryptopocket_inbox_alarms_total changed 1",
            "cryptopocket_inbox_done_after_seconds 60",
            "cryptopocket_inbox_events dead 0",
            "cryptopocket_inbox_events leased 0",
            "cryptopocket_inbox_events quarantined 1",
            "cryptopocket_inbox_events ready 0",
            "cryptopocket_inbox_events scheduled 2",
            "cryptopocket_inbox_handled_total done 2",
            "cryptopocket_inbox_handled_total retry 2",
            "cryptopocket_inbox_oldest_seconds 30",
            "cryptopocket_inbox_received_total changed 1",
            "cryptopocket_inbox_received_total duplicate 1",
            "cryptopocket_inbox_received_total new 2",
            "cryptopocket_inbox_refused_total missing_header 1",
        ]
    );
}

#[test]
fn polls_and_unmatched_events_are_counted() {
    let values = Values::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    metrics::with_local_recorder(&values, || {
        runtime.block_on(async {
            let stage = Stage::new(MemoryStore::new());
            for id in ["p1", "p2", "p3"] {
                stage.track(id).await;
            }
            receive(&stage.inbox, "[1]").await.unwrap();
            stage.webhook("PAY_IN", "p4", "payment_received").await;
            stage.provider.next("p1", answer("coins_sent"));
            stage.provider.next("p2", Polled::Missing);
            let failed = Polled::Failed {
                retry_after: None,
                reason: String::new(),
            };
            stage.provider.next("p3", failed);
            stage.advance(30);
            assert_eq!(stage.sweep().await, 3);
            stage.advance(3600);
            stage.tracker.counts().await.unwrap();
        });
    });
    let values = values.0.lock().unwrap();
    let counted = values
        .iter()
        .filter(|(name, _)| name.contains("tracker") && !name.contains("lag"));
    let found: Vec<_> = counted.map(|(name, value)| format!("{name} {value}")).collect();
    assert_eq!(
        found,
        [
            "cryptopocket_tracker_objects due 3",
            "cryptopocket_tracker_objects missing 1",
            "cryptopocket_tracker_objects open 3",
            "cryptopocket_tracker_polls_total failed 1",
            "cryptopocket_tracker_polls_total missing 1",
            "cryptopocket_tracker_polls_total state 1",
            "cryptopocket_tracker_unmatched_total no_object 1",
            "cryptopocket_tracker_unmatched_total not_tracked 1",
        ]
    );
    let lag = values["cryptopocket_tracker_lag_seconds"];
    assert!((3500.0..3600.0).contains(&lag), "{lag}");
}
