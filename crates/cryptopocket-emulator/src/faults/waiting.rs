//! The faults that wait, for whoever wants to see them.

use super::armed::Armed;
use super::{Fault, Faults, TransferFault, WebhookFault};

/// A fault that has not struck as often yet as it was to.
#[derive(Debug)]
pub struct Waiting {
    /// What suffers it: `call`, `webhook` or `transfer`.
    pub of: &'static str,
    /// An operation, an event, `transfer`, or `*` for any.
    pub on: String,
    pub name: &'static str,
    pub detail: Option<String>,
    pub skip: u32,
    pub left: u32,
}

impl<F> Armed<F> {
    fn waiting(&self, of: &'static str, name: &'static str, detail: Option<String>) -> Waiting {
        Waiting {
            of,
            on: self.on.clone(),
            name,
            detail,
            skip: self.skip,
            left: self.left,
        }
    }
}

impl Faults {
    /// What waits to go wrong, the oldest of each kind first.
    pub fn waiting(&self) -> Vec<Waiting> {
        let call = |one: &Armed<Fault>| one.waiting("call", one.fault.name(), one.fault.detail());
        let event = |one: &Armed<WebhookFault>| one.waiting("webhook", one.fault.name(), one.fault.detail());
        let transfer = |one: &Armed<TransferFault>| Waiting {
            on: "transfer".to_owned(),
            ..one.waiting("transfer", one.fault.name(), one.fault.detail())
        };
        let calls = self.calls.iter().map(call);
        calls
            .chain(self.events.iter().map(event))
            .chain(self.transfers.iter().map(transfer))
            .collect()
    }
}
