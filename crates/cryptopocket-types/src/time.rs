//! Timestamps, dates and clocks.

mod clock;
mod date;
#[cfg(test)]
mod tests;
mod timestamp;

pub use clock::{Clock, ManualClock, SystemClock};
pub use date::Date;
pub use timestamp::Timestamp;
