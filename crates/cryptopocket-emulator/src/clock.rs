//! The virtual clock, and how fast it runs.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Clock, Timestamp};

use crate::error::UnknownWord;
use crate::moment::Moment;

/// The speed of the emulator's clock.
///
/// # Examples
///
/// ```
/// use cryptopocket_emulator::Speed;
///
/// assert_eq!("60x".parse(), Ok(Speed::Times(60)));
/// assert_eq!("realtime".parse(), Ok(Speed::Times(1)));
/// assert_eq!(Speed::Instant.to_string(), "instant");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Speed {
    /// Everything the provider does by itself (KYC review, buying coins, paying out, webhook retries) takes no time:
    /// it has happened when the call is answered. The clock stands still but for a millisecond a call, until `advance`.
    Instant,
    /// The clock stands still as in [`Speed::Instant`], but everything takes its natural time, so nothing happens
    /// until the clock is advanced. For tests of the states in between.
    Manual,
    /// The clock runs this many times as fast as the wall clock; `1` is real time.
    Times(u32),
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant => f.write_str("instant"),
            Self::Manual => f.write_str("manual"),
            Self::Times(1) => f.write_str("realtime"),
            Self::Times(times) => write!(f, "{times}x"),
        }
    }
}

const SPEEDS: &str =
    "a speed is `instant`, `manual`, `realtime`, or a whole number followed by `x`, such as `60x`";

impl FromStr for Speed {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "instant" => Ok(Self::Instant),
            "manual" => Ok(Self::Manual),
            "realtime" => Ok(Self::Times(1)),
            _ => match text.strip_suffix('x').map(str::parse) {
                Some(Ok(times)) if times > 0 => Ok(Self::Times(times)),
                _ => Err(UnknownWord(SPEEDS)),
            },
        }
    }
}

impl Speed {
    /// How many times as fast as the wall clock it runs; `None` if it stands still.
    const fn times(self) -> Option<u32> {
        match self {
            Self::Instant | Self::Manual => None,
            Self::Times(times) => Some(times),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct VirtualClock {
    wall: Arc<dyn Clock>,
    speed: Speed,
    origin: Moment,
    wall_origin: Moment,
}

impl VirtualClock {
    pub(crate) fn new(wall: Arc<dyn Clock>, speed: Speed, start: Option<Timestamp>) -> Self {
        let wall_origin = Moment::from(wall.now());
        let first = speed.times().map_or(FIRST_MORNING, |_| wall_origin);
        let origin = start.map_or(first, Moment::from);
        Self {
            wall,
            speed,
            origin,
            wall_origin,
        }
    }

    /// Continues from a saved time. A running clock does not go back.
    pub(crate) fn resume(&mut self, at: Moment) {
        self.origin = self.speed.times().map_or(at, |_| self.origin.max(at));
    }

    pub(crate) fn now(&self) -> Moment {
        let times = self.speed.times().unwrap_or(0);
        let wall = self.wall_now().since(self.wall_origin);
        self.origin.plus(wall.saturating_mul(times))
    }

    pub(crate) fn wall_now(&self) -> Moment {
        Moment::from(self.wall.now())
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.origin = self.origin.plus(by);
    }

    /// Moves a standing clock by a millisecond a call, so that no two records have the same creation time.
    pub(crate) fn tick(&mut self) {
        if self.speed.times().is_none() {
            self.advance(Duration::from_millis(1));
        }
    }

    /// How long the wall clock runs until `due`; `None` if the clock stands still.
    pub(crate) fn wall_time_until(&self, due: Moment) -> Option<Duration> {
        Some(due.since(self.now()) / self.speed.times()?)
    }
}

/// The start of a standing clock: a fixed morning, so that replies do not depend on the date of the test run.
const FIRST_MORNING: Moment = Moment::from_micros(1_782_464_400_000_000);

#[cfg(test)]
mod tests {
    use super::{FIRST_MORNING, Speed};

    #[test]
    fn speed_text_round_trips() {
        for text in ["instant", "manual", "realtime", "60x"] {
            assert_eq!(text.parse::<Speed>().unwrap().to_string(), text);
        }
        for text in ["", "0x", "x", "-1x", "fast", "1.5x"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }

    #[test]
    fn standing_clock_starts_on_fixed_morning() {
        assert_eq!(FIRST_MORNING.to_string(), "2026-06-26T09:00:00.000000Z");
    }
}
