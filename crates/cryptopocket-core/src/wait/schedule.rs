use std::time::Duration;

use crate::runtime::{Runtime, up_to};

const SHORTEST: Duration = Duration::from_millis(100);

/// The pauses of a wait between two polls.
///
/// Each pause is half as long again as the one before, up to the longest. A tenth of it is random, so that many waits
/// that start at the same time do not poll at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Schedule {
    first: Duration,
    longest: Duration,
}

impl Default for Schedule {
    /// Pauses from 2 s to 30 s.
    fn default() -> Self {
        Self::new(Duration::from_secs(2), Duration::from_secs(30))
    }
}

impl Schedule {
    /// Pauses that grow from `first` to `longest`.
    ///
    /// The first pause is at least 100 ms, or `longest` if that is shorter: a pause of zero would never grow.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let longest = longest.max(first);
        let longest = if longest.is_zero() { SHORTEST } else { longest };
        Self {
            first: first.max(SHORTEST).min(longest),
            longest,
        }
    }

    /// Pauses of the same length; zero means 100 ms.
    pub fn every(pause: Duration) -> Self {
        Self::new(pause, pause)
    }

    /// The pause after `polls` polls in a row without a new state.
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
