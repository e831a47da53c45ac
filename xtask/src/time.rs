//! The real clock, for time limits and for waiting for other programs.

use std::time::{Duration, Instant};

#[allow(
    clippy::disallowed_methods,
    reason = "limits a run and times out a program; no result depends on it"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::disallowed_methods, reason = "waits for another program to come up")]
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
