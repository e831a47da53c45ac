//! The real clock, for time limits.

use std::time::Instant;

#[allow(clippy::disallowed_methods, reason = "limits a run; no result depends on it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
