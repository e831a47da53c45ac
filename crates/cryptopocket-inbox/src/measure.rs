//! Counters and gauges, if the feature `metrics` is on.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::journal::{CallCounts, Phase};
use crate::store::Counts;
use crate::tracker::Counts as TrackedCounts;

/// Counts a delivery that was received, by what the store knew of it.
pub(crate) fn received(sighting: &'static str) {
    count("cryptopocket_inbox_received_total", "sighting", sighting);
}

/// Counts a delivery that was answered with something other than 2xx.
pub(crate) fn refused(answer: &'static str) {
    count("cryptopocket_inbox_refused_total", "answer", answer);
}

/// Counts an event that a handler was called for, by how that ended.
pub(crate) fn handled(outcome: &'static str) {
    count("cryptopocket_inbox_handled_total", "outcome", outcome);
}

/// Counts an alarm.
pub(crate) fn alarm(kind: &'static str) {
    count("cryptopocket_inbox_alarms_total", "kind", kind);
}

/// Counts an event that a tracker found no known object for.
pub(crate) fn unmatched(reason: &'static str) {
    count("cryptopocket_tracker_unmatched_total", "reason", reason);
}

/// Counts a poll by what it came to.
pub(crate) fn polled(outcome: &'static str) {
    count("cryptopocket_tracker_polls_total", "outcome", outcome);
}

/// Counts what is known of a call of the journal after it was made or looked for.
pub(crate) fn call(operation: &'static str, outcome: &'static str) {
    #[cfg(feature = "metrics")]
    metrics::counter!("cryptopocket_journal_calls_total", "operation" => operation, "outcome" => outcome)
        .increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = (operation, outcome);
}

/// Sets the gauges of open calls.
pub(crate) fn open_calls(counts: &CallCounts, now: Timestamp) {
    let phases = [
        (Phase::Intended.as_str(), counts.intended),
        (Phase::Sending.as_str(), counts.sending),
        (Phase::Ambiguous.as_str(), counts.ambiguous),
        (Phase::Confirmed.as_str(), counts.confirmed),
    ];
    numbers("cryptopocket_journal_open_calls", "phase", &phases);
    age("cryptopocket_journal_oldest_open_seconds", counts.oldest, now);
}

/// Sets the gauges of the states.
pub(crate) fn counts(counts: &Counts, now: Timestamp) {
    let states = [
        ("ready", counts.ready),
        ("scheduled", counts.scheduled),
        ("leased", counts.leased),
        ("dead", counts.dead),
        ("quarantined", counts.quarantined),
    ];
    numbers("cryptopocket_inbox_events", "state", &states);
    age("cryptopocket_inbox_oldest_seconds", counts.oldest, now);
}

/// Sets the gauges of tracked objects.
pub(crate) fn tracked(counts: &TrackedCounts, now: Timestamp) {
    let states = [
        ("open", counts.open),
        ("due", counts.due),
        ("missing", counts.missing),
    ];
    numbers("cryptopocket_tracker_objects", "state", &states);
    age("cryptopocket_tracker_lag_seconds", counts.due_since, now);
}

/// Sets a gauge for each word of a label.
fn numbers(name: &'static str, label: &'static str, numbers: &[(&'static str, u64)]) {
    for (word, number) in numbers {
        let number = u32::try_from(*number).unwrap_or(u32::MAX);
        #[cfg(feature = "metrics")]
        metrics::gauge!(name, label => *word).set(number);
        #[cfg(not(feature = "metrics"))]
        let _ = (name, label, word, number);
    }
}

/// Sets the gauge of how long ago something was; zero for never.
fn age(name: &'static str, since: Option<Timestamp>, now: Timestamp) {
    let age = since
        .and_then(|since| now.duration_since(since))
        .unwrap_or_default();
    #[cfg(feature = "metrics")]
    metrics::gauge!(name).set(age);
    #[cfg(not(feature = "metrics"))]
    let _ = (name, age);
}

#[cfg(feature = "metrics")]
fn count(name: &'static str, label: &'static str, value: &'static str) {
    metrics::counter!(name, label => value).increment(1);
}

#[cfg(not(feature = "metrics"))]
fn count(_: &'static str, _: &'static str, _: &'static str) {}

/// Records how long after its arrival an event was done.
pub(crate) fn done_after(time: Option<Duration>) {
    #[cfg(feature = "metrics")]
    if let Some(time) = time {
        metrics::histogram!("cryptopocket_inbox_done_after_seconds").record(time);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = time;
}
