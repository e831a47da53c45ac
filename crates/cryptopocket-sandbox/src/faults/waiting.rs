//! The faults that wait, for whoever wants to see them.

use super::armed::Armed;
use super::{Fault, Faults, TransferFault, WebhookFault};

/// A fault that has not struck as often yet as it was to.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// An operation, an event, `transfer`, or `*` for any.
    pub(crate) on: String,
    pub(crate) name: &'static str,
    pub(crate) detail: Option<String>,
    pub(crate) skip: u32,
    pub(crate) left: u32,
}

impl<F> Armed<F> {
    fn waiting(&self, name: &'static str, detail: Option<String>) -> Waiting {
        Waiting {
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
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        let call = |one: &Armed<Fault>| one.waiting(one.fault.name(), one.fault.detail());
        let event = |one: &Armed<WebhookFault>| one.waiting(one.fault.name(), one.fault.detail());
        let transfer = |one: &Armed<TransferFault>| Waiting {
            on: "transfer".to_owned(),
            ..one.waiting(one.fault.name(), one.fault.detail())
        };
        let calls = self.calls.iter().map(call);
        calls
            .chain(self.events.iter().map(event))
            .chain(self.transfers.iter().map(transfer))
            .collect()
    }
}
