//! Armed faults, and which of them strikes.

use serde::{Deserialize, Serialize};

use super::{Fault, TransferFault, WebhookFault};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Armed<F> {
    /// An operation or event, or `*` for any.
    pub(super) on: String,
    pub(super) fault: F,
    /// How many are spared first.
    pub(super) skip: u32,
    pub(super) left: u32,
}

impl<F> Armed<F> {
    fn new(on: &str, fault: F, times: Times) -> Self {
        Self {
            on: on.to_owned(),
            fault,
            skip: times.skip,
            left: times.strike,
        }
    }

    fn waits_for(&self, on: &str) -> bool {
        self.left > 0 && (self.on == "*" || self.on == on)
    }

    /// Whether it strikes now; counts down the skips or the strikes.
    fn strikes(&mut self, on: &str) -> bool {
        if !self.waits_for(on) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.left -= 1;
        true
    }
}

/// How often a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// How many calls, webhooks or transfers are spared first.
    pub skip: u32,
    /// How many suffer the fault then.
    #[serde(rename = "times")]
    pub strike: u32,
}

impl Times {
    /// The next `strike` of them.
    pub const fn first(strike: u32) -> Self {
        Self { skip: 0, strike }
    }
}

/// All armed faults.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    pub(super) calls: Vec<Armed<Fault>>,
    pub(super) events: Vec<Armed<WebhookFault>>,
    pub(super) transfers: Vec<Armed<TransferFault>>,
}

impl Faults {
    pub(crate) fn arm(&mut self, operation: &str, fault: Fault, times: Times) {
        self.calls.push(Armed::new(operation, fault, times));
    }

    pub(crate) fn arm_event(&mut self, event: &str, fault: WebhookFault, times: Times) {
        self.events.push(Armed::new(event, fault, times));
    }

    pub(crate) fn arm_transfer(&mut self, fault: TransferFault, times: Times) {
        self.transfers.push(Armed::new("*", fault, times));
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The oldest fault that strikes a call of this operation.
    pub(crate) fn take_for_call(&mut self, operation: &str) -> Option<Fault> {
        let struck = self.calls.iter_mut().find_map(|armed| {
            let strikes = armed.strikes(operation);
            strikes.then(|| armed.fault.clone())
        });
        self.calls.retain(|armed| armed.left > 0);
        struck
    }

    /// Every fault that strikes a webhook of this event, each kind once.
    pub(crate) fn take_for_event(&mut self, event: &str) -> Vec<WebhookFault> {
        let mut taken: Vec<WebhookFault> = Vec::new();
        for armed in &mut self.events {
            if !taken.contains(&armed.fault) && armed.strikes(event) {
                taken.push(armed.fault);
            }
        }
        self.events.retain(|armed| armed.left > 0);
        taken
    }

    /// Every fault that strikes the transfer being sent, each kind once.
    pub(crate) fn take_for_transfer(&mut self) -> Vec<TransferFault> {
        let mut taken = Vec::new();
        for armed in &mut self.transfers {
            if !taken.contains(&armed.fault) && armed.strikes("*") {
                taken.push(armed.fault);
            }
        }
        self.transfers.retain(|armed| armed.left > 0);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Times, WebhookFault};

    #[test]
    fn fault_strikes_as_often_and_where_armed() {
        let mut faults = Faults::default();
        faults.arm("quote", Fault::Html, Times::first(2));
        assert_eq!(faults.take_for_call("create_payment"), None);
        assert_eq!(faults.take_for_call("quote"), Some(Fault::Html));
        assert_eq!(faults.take_for_call("quote"), Some(Fault::Html));
        assert_eq!(faults.take_for_call("quote"), None);
    }

    #[test]
    fn event_suffers_several_kinds_of_fault() {
        let mut faults = Faults::default();
        faults.arm_event("*", WebhookFault::Duplicate, Times::first(1));
        faults.arm_event("PAY_IN", WebhookFault::Skew(-900), Times::first(1));
        assert_eq!(
            faults.take_for_event("PAY_IN"),
            [WebhookFault::Duplicate, WebhookFault::Skew(-900)]
        );
        assert!(faults.take_for_event("PAY_IN").is_empty());
    }

    #[test]
    fn fault_spares_skipped_calls() {
        let mut faults = Faults::default();
        faults.arm("quote", Fault::Html, Times { skip: 1, strike: 1 });
        faults.arm("*", Fault::EmptyBody, Times { skip: 2, strike: 1 });
        let struck: Vec<_> = (0..4).map(|_| faults.take_for_call("quote")).collect();
        assert_eq!(struck, [None, Some(Fault::Html), None, Some(Fault::EmptyBody)]);
    }
}
