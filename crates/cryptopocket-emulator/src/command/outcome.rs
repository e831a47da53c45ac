//! The results of commands.

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::Command;
use crate::queries::State;

/// The result of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Outcome {
    /// [`Command::CreditBank`]: the transaction's id.
    Credited {
        /// The transaction's id.
        transaction_id: String,
    },
    /// [`Command::AddIntegration`]: its credentials.
    Added {
        /// The API key.
        api_key: String,
        /// The API secret.
        api_secret: String,
    },
    /// [`Command::AdvanceClock`]: the state afterwards.
    Advanced(State),
    /// Every other command.
    Done {
        /// Always `true`.
        done: bool,
    },
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Done { done: true }
    }
}
