//! Queries as methods. One table writes them for [`Sandbox`] and for [`ControlClient`].

use cryptopocket_emulator::{ArmedFault, Delivery, Engine, State as ControlState, Timer, Transfer};

use super::{ControlClient, ControlError};
use crate::sandbox::Sandbox;

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident -> $output:ty: $path:literal, $look:path;)*) => {
        /// Queries: state that the API does not show.
        impl Sandbox {
            $($(#[$doc])* pub fn $name(&self) -> $output {
                self.shared.look($look)
            })*
        }

        impl ControlClient {
            $(
                #[doc = concat!("See [`Sandbox::", stringify!($name), "`](crate::Sandbox::", stringify!($name), ").")]
                pub async fn $name(&self) -> Result<$output, ControlError> {
                    self.query($path).await
                }
            )*
        }
    };
}

queries! {
    /// The state, in numbers.
    state -> ControlState: "state", Engine::state;

    /// The bank transactions that were reconciled with another payment than their payer meant, which is known of
    /// [`Sandbox::pay_transfer`] and of credits with [`BankCredit::meant_for`](crate::BankCredit::meant_for).
    misattributed -> Vec<Transfer>: "misattributed", Engine::misattributed;

    /// Every credit whose payment is known, by integration and account, oldest first: the guide's page `matching` finds
    /// with it what a matcher missed.
    transfers -> Vec<Transfer>: "transfers", Engine::transfers;

    /// The pending timers, in the order in which they fire.
    timers -> Vec<Timer>: "timers", Engine::timers;

    /// The armed faults that have strikes left: of calls, then of webhooks, then of transfers, the oldest of each first.
    armed_faults -> Vec<ArmedFault>: "faults", Engine::armed_faults;
}

impl Sandbox {
    /// The whole state as one JSON object: by kind a list of records, each with its name and value. It holds the
    /// secrets and the personal data of the emulated provider.
    pub fn export(&self) -> String {
        self.shared.look(Engine::export)
    }

    /// The number of payments in all integrations.
    pub fn payments_created(&self) -> usize {
        self.state().payments()
    }

    /// The number of off-ramps in all integrations.
    pub fn offramps_created(&self) -> usize {
        self.state().offramps()
    }

    /// The number of calls of `operation` among the last thousand calls, whatever the answer.
    pub fn calls(&self, operation: &str) -> usize {
        self.shared.look(|engine| engine.call_log().count(operation))
    }

    /// The last thousand calls and their answers as a JSON array, oldest first, with secrets and files redacted.
    pub fn journal(&self) -> String {
        self.shared
            .look(|engine| serde_json::to_string(&engine.call_log().since(0)).unwrap_or_default())
    }

    /// The delivery log of webhooks, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.look(|engine| engine.deliveries().cloned().collect())
    }
}

impl ControlClient {
    /// See [`Sandbox::journal`](crate::Sandbox::journal).
    pub async fn journal(&self) -> Result<String, ControlError> {
        self.text("journal").await
    }

    /// See [`Sandbox::export`](crate::Sandbox::export).
    pub async fn export(&self) -> Result<String, ControlError> {
        self.text("export").await
    }
}
