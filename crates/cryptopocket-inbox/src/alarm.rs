//! Findings that a person should see.

use std::fmt;

/// A finding that a person should see. None of them loses an event.
///
/// Keys contain ids, no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alarm {
    /// An event came again with other content. The content is in quarantine; the first one is handled.
    Changed {
        /// Key of the event.
        key: String,
    },
    /// Handling an event was given up. It stays as a dead letter until it is replayed.
    Dead {
        /// Key of the event.
        key: String,
        /// Failed attempts.
        attempts: u32,
    },
    /// A process died, or took longer than its lease, each of the last `times` times that it handled this event.
    LeaseLost {
        /// Key of the event.
        key: String,
        /// Leases lost in total.
        times: u32,
    },
    /// A stored body cannot be opened: its key is not in the keyring, or it was altered. The event is kept.
    Sealed {
        /// Key of the event.
        key: String,
    },
}

impl Alarm {
    /// `changed`, `dead`, `lease_lost` or `sealed`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "changed",
            Self::Dead { .. } => "dead",
            Self::LeaseLost { .. } => "lease_lost",
            Self::Sealed { .. } => "sealed",
        }
    }

    /// Key of the event.
    pub fn key(&self) -> &str {
        match self {
            Self::Changed { key }
            | Self::Dead { key, .. }
            | Self::LeaseLost { key, .. }
            | Self::Sealed { key } => key,
        }
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { key } => write!(f, "{key} came again with other content, which is in quarantine"),
            Self::Dead { key, attempts } => {
                write!(f, "{key} is a dead letter after {attempts} failed attempts")
            }
            Self::LeaseLost { key, times } => {
                write!(f, "{key} lost its lease {times} times: does its handler crash?")
            }
            Self::Sealed { key } => write!(
                f,
                "the stored body of {key} cannot be opened; is its key in the keyring?"
            ),
        }
    }
}
