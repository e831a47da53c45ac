//! The faults that wait for their calls, events and transfers, and which of them strikes.

use serde::{Deserialize, Serialize};

use super::{Fault, TransferFault, WebhookFault};
use crate::trail::{Kind, Trail};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Armed<F> {
    /// An operation or event, or `*` for any.
    pub(super) on: String,
    pub(super) fault: F,
    /// So many go unharmed first.
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

    /// Whether it strikes now; one strike or one skip less is left then.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How many calls or events go unharmed first.
    pub skip: u32,
    /// How many suffer then.
    pub strike: u32,
}

impl Times {
    pub const fn first(strike: u32) -> Self {
        Self { skip: 0, strike }
    }
}

/// The faults that wait for a call or an event.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Faults {
    #[serde(skip)]
    trail: Trail,
    pub(super) calls: Vec<Armed<Fault>>,
    pub(super) events: Vec<Armed<WebhookFault>>,
    pub(super) transfers: Vec<Armed<TransferFault>>,
}

impl Faults {
    /// From now on changes are noted.
    pub fn follow(&mut self, trail: &Trail) {
        self.trail = trail.clone();
    }

    fn note(&self) {
        self.trail.note(Kind::Faults, 0_u64);
    }

    pub fn arm(&mut self, operation: &str, fault: Fault, times: Times) {
        self.note();
        self.calls.push(Armed::new(operation, fault, times));
    }

    pub fn arm_event(&mut self, event: &str, fault: WebhookFault, times: Times) {
        self.note();
        self.events.push(Armed::new(event, fault, times));
    }

    pub fn arm_transfer(&mut self, fault: TransferFault, times: Times) {
        self.note();
        self.transfers.push(Armed::new("*", fault, times));
    }

    pub fn clear(&mut self) {
        self.note();
        let trail = std::mem::take(&mut self.trail);
        *self = Self {
            trail,
            ..Self::default()
        };
    }

    /// The oldest fault that waits for this operation.
    pub fn take_for_call(&mut self, operation: &str) -> Option<Fault> {
        if self.calls.iter().any(|armed| armed.waits_for(operation)) {
            self.note();
        }
        let struck = self.calls.iter_mut().find_map(|armed| {
            let strikes = armed.strikes(operation);
            strikes.then(|| armed.fault.clone())
        });
        self.calls.retain(|armed| armed.left > 0);
        struck
    }

    /// Every kind of fault that waits for this event, each once.
    pub fn take_for_event(&mut self, event: &str) -> Vec<WebhookFault> {
        let mut taken: Vec<WebhookFault> = Vec::new();
        if self.events.iter().any(|armed| armed.waits_for(event)) {
            self.note();
        }
        for armed in &mut self.events {
            if !taken.contains(&armed.fault) && armed.strikes(event) {
                taken.push(armed.fault);
            }
        }
        self.events.retain(|armed| armed.left > 0);
        taken
    }

    /// Everything that is to go wrong with the transfer that is sent now.
    pub fn take_for_transfer(&mut self) -> Vec<TransferFault> {
        let mut taken = Vec::new();
        if !self.transfers.is_empty() {
            self.note();
        }
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
    fn a_fault_strikes_as_often_as_asked_and_only_where_asked() {
        let mut faults = Faults::default();
        faults.arm("quote", Fault::Html, Times::first(2));
        assert_eq!(faults.take_for_call("create_payment"), None);
        assert_eq!(faults.take_for_call("quote"), Some(Fault::Html));
        assert_eq!(faults.take_for_call("quote"), Some(Fault::Html));
        assert_eq!(faults.take_for_call("quote"), None);
    }

    #[test]
    fn an_event_can_suffer_several_kinds_of_fault_at_once() {
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
    fn a_fault_can_let_some_calls_pass_first() {
        let mut faults = Faults::default();
        faults.arm("quote", Fault::Html, Times { skip: 1, strike: 1 });
        faults.arm("*", Fault::EmptyBody, Times { skip: 2, strike: 1 });
        let struck: Vec<_> = (0..4).map(|_| faults.take_for_call("quote")).collect();
        assert_eq!(struck, [None, Some(Fault::Html), None, Some(Fault::EmptyBody)]);
    }
}
