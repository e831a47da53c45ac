//! Armed faults as queries show them.

use serde::{Deserialize, Serialize};

use super::armed::Armed;
use super::{Faults, NamedFault};

/// An armed fault that has strikes left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArmedFault {
    /// The fault's name, such as `drop_after`.
    pub what: String,
    /// What suffers it: `call`, `webhook` or `transfer`.
    pub of: String,
    /// The operation or event type it waits for, `*` for any; for a transfer, `transfer`.
    pub on: String,
    /// Its detail, such as a status.
    pub detail: Option<String>,
    /// How many are spared before it strikes.
    pub skip: u32,
    /// How many suffer it then.
    pub left: u32,
}

impl<F: NamedFault> Armed<F> {
    fn show(&self, of: &str, on: &str) -> ArmedFault {
        ArmedFault {
            what: self.fault.name().to_owned(),
            of: of.to_owned(),
            on: on.to_owned(),
            detail: self.fault.detail(),
            skip: self.skip,
            left: self.left,
        }
    }
}

impl Faults {
    /// All armed faults, the oldest of each kind first.
    pub(crate) fn armed(&self) -> Vec<ArmedFault> {
        let calls = self.calls.iter().map(|one| one.show("call", &one.on));
        let events = self.events.iter().map(|one| one.show("webhook", &one.on));
        let transfers = self.transfers.iter().map(|one| one.show("transfer", "transfer"));
        calls.chain(events).chain(transfers).collect()
    }
}
