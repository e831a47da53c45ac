//! Counters and gauges, if the feature `metrics` is on.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::journal::{CallCounts, Phase};
use crate::store::Counts;
use crate::tracker::Counts as TrackedCounts;

/// Functions that count one under the words of the labels.
macro_rules! counters {
    ($($(#[$doc:meta])* $count:ident $name:literal $($label:ident)+;)+) => {$(
        $(#[$doc])*
        pub(crate) fn $count($($label: &'static str),+) {
            #[cfg(feature = "metrics")]
            metrics::counter!($name, $(stringify!($label) => $label),+).increment(1);
            #[cfg(not(feature = "metrics"))]
            let _ = ($($label),+);
        }
    )+};
}

counters! {
    /// Counts a delivery that was received, by what the store knew of it.
    received "cryptopocket_inbox_received_total" sighting;
    /// Counts a delivery that was answered with something other than 2xx.
    refused "cryptopocket_inbox_refused_total" answer;
    /// Counts an event that a handler was called for, by how that ended.
    handled "cryptopocket_inbox_handled_total" outcome;
    /// Counts an alarm.
    alarm "cryptopocket_inbox_alarms_total" kind;
    /// Counts an event that a tracker found no known object for.
    unmatched "cryptopocket_tracker_unmatched_total" reason;
    /// Counts a poll by what it came to.
    polled "cryptopocket_tracker_polls_total" outcome;
    /// Counts what is known of a call of the journal after it was made or looked for.
    call "cryptopocket_journal_calls_total" operation outcome;
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
    #[cfg(feature = "metrics")]
    for (word, number) in numbers {
        let number = u32::try_from(*number).unwrap_or(u32::MAX);
        metrics::gauge!(name, label => *word).set(number);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = (name, label, numbers);
}

/// Sets the gauge of how long ago something was; zero for never.
fn age(name: &'static str, since: Option<Timestamp>, now: Timestamp) {
    #[cfg(feature = "metrics")]
    metrics::gauge!(name).set(
        since
            .and_then(|since| now.duration_since(since))
            .unwrap_or_default(),
    );
    #[cfg(not(feature = "metrics"))]
    let _ = (name, since, now);
}

/// Records how long after its arrival an event was done.
pub(crate) fn done_after(time: Option<Duration>) {
    #[cfg(feature = "metrics")]
    if let Some(time) = time {
        metrics::histogram!("cryptopocket_inbox_done_after_seconds").record(time);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = time;
}
