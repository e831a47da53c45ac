//! Waiting for an object to reach a state: polling at growing intervals, up to a limit.

mod polling;
mod progress;
mod running;
mod schedule;
#[cfg(test)]
mod tests;
mod waiter;

pub use self::progress::Progress;
pub use self::running::{Wait, WakeHandle};
pub use self::schedule::Schedule;
pub use self::waiter::Waiter;
