use std::time::Duration;

use crate::runtime::{Runtime, up_to};

const SHORTEST: Duration = Duration::from_millis(100);

/// How long a wait pauses between two looks.
///
/// Pauses grow by half from the first to the longest, each jittered by a tenth, so that many waits begun at once do
/// not ask in step.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use cryptopocket_core::Schedule;
///
/// let card = Schedule::new(Duration::from_secs(1), Duration::from_secs(10));
/// let steady = Schedule::every(Duration::from_secs(30));
/// assert_ne!(card, steady);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    first: Duration,
    longest: Duration,
}

impl Default for Schedule {
    /// From two seconds to thirty.
    fn default() -> Self {
        Self::new(Duration::from_secs(2), Duration::from_secs(30))
    }
}

impl Schedule {
    /// Pauses that grow from `first` to `longest`. They begin with a tenth of a second at least, or with `longest`
    /// where that is shorter: from nothing, nothing grows.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let longest = longest.max(first);
        let longest = if longest.is_zero() { SHORTEST } else { longest };
        Self {
            first: first.max(SHORTEST).min(longest),
            longest,
        }
    }

    /// Pauses of one length; zero counts as a tenth of a second.
    pub fn every(pause: Duration) -> Self {
        Self::new(pause, pause)
    }

    /// The pause after `polls` looks in a row without news.
    pub(super) fn pause(&self, polls: u32, runtime: &dyn Runtime) -> Duration {
        let mut pause = self.first;
        for _ in 1..polls {
            pause = pause.saturating_add(pause / 2);
            if pause >= self.longest {
                pause = self.longest;
                break;
            }
        }
        let spread = pause / 10;
        pause
            .saturating_sub(spread / 2)
            .saturating_add(up_to(runtime, spread))
    }
}
