//! Armed faults, and which of them strike.

use serde::{Deserialize, Serialize};

use super::{Fault, NamedFault, TransferFault, WebhookFault};

/// The number of times that a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The number of calls, webhooks or transfers that are spared first.
    pub skip: u32,
    /// The number that are struck after those.
    #[serde(rename = "times")]
    pub strike: u32,
}

impl Times {
    /// The next `strike` of them.
    pub const fn first(strike: u32) -> Self {
        Self { skip: 0, strike }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry<F> {
    /// An operation or event type, or `*` for any.
    on: String,
    fault: F,
    times: Times,
}

impl<F> Entry<F> {
    /// Whether it strikes now; counts down the skips or the strikes.
    fn strikes(&mut self, target: &str) -> bool {
        let times = &mut self.times;
        if times.strike == 0 || (self.on != "*" && self.on != target) {
            return false;
        }
        if times.skip > 0 {
            times.skip -= 1;
            return false;
        }
        times.strike -= 1;
        true
    }
}

/// The armed faults of one kind, oldest first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Armed<F>(Vec<Entry<F>>);

impl<F> Default for Armed<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: NamedFault + Clone + PartialEq> Armed<F> {
    /// Arms a fault for a target: an operation, an event type, or `*` for any.
    pub(crate) fn arm(&mut self, target: &str, fault: F, times: Times) {
        let on = target.to_owned();
        self.0.push(Entry { on, fault, times });
    }

    /// The oldest fault that strikes.
    pub(crate) fn take_first(&mut self, target: &str) -> Option<F> {
        let mut entries = self.0.iter_mut();
        let struck = entries.find_map(|entry| entry.strikes(target).then(|| entry.fault.clone()));
        self.0.retain(|entry| entry.times.strike > 0);
        struck
    }

    /// Every fault that strikes, each once however often it is armed.
    pub(crate) fn take_all(&mut self, target: &str) -> Vec<F> {
        let mut taken: Vec<F> = Vec::new();
        for entry in &mut self.0 {
            if !taken.contains(&entry.fault) && entry.strikes(target) {
                taken.push(entry.fault.clone());
            }
        }
        self.0.retain(|entry| entry.times.strike > 0);
        taken
    }

    fn list(&self, of: &str) -> impl Iterator<Item = ArmedFault> {
        self.0.iter().map(move |entry| ArmedFault {
            what: entry.fault.name().to_owned(),
            of: of.to_owned(),
            on: entry.on.clone(),
            detail: entry.fault.detail(),
            skip: entry.times.skip,
            left: entry.times.strike,
        })
    }
}

/// All armed faults.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    pub(crate) calls: Armed<Fault>,
    pub(crate) events: Armed<WebhookFault>,
    pub(crate) transfers: Armed<TransferFault>,
}

impl Faults {
    /// All armed faults, the oldest of each kind first.
    pub(crate) fn list(&self) -> Vec<ArmedFault> {
        let of_messages = self.calls.list("call").chain(self.events.list("webhook"));
        of_messages.chain(self.transfers.list("transfer")).collect()
    }
}

/// An armed fault that has strikes left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArmedFault {
    /// The fault's name, such as `drop_after`.
    pub what: String,
    /// The kind of its target: `call`, `webhook` or `transfer`.
    pub of: String,
    /// The operation or event type it waits for, `*` for any; for a transfer, `transfer`.
    pub on: String,
    /// Its detail, such as a status.
    pub detail: Option<String>,
    /// The number that are spared before it strikes.
    pub skip: u32,
    /// The number that it strikes after those.
    pub left: u32,
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Times, WebhookFault};

    #[test]
    fn fault_strikes_as_often_and_where_armed() {
        let mut faults = Faults::default();
        faults.calls.arm("quote", Fault::Html, Times::first(2));
        assert_eq!(faults.calls.take_first("create_payment"), None);
        assert_eq!(faults.calls.take_first("quote"), Some(Fault::Html));
        assert_eq!(faults.calls.take_first("quote"), Some(Fault::Html));
        assert_eq!(faults.calls.take_first("quote"), None);
    }

    #[test]
    fn event_suffers_several_kinds_of_fault() {
        let mut faults = Faults::default();
        faults.events.arm("*", WebhookFault::Duplicate, Times::first(1));
        faults
            .events
            .arm("PAY_IN", WebhookFault::Skew(-900), Times::first(1));
        assert_eq!(
            faults.events.take_all("PAY_IN"),
            [WebhookFault::Duplicate, WebhookFault::Skew(-900)]
        );
        assert!(faults.events.take_all("PAY_IN").is_empty());
    }

    #[test]
    fn fault_spares_skipped_calls() {
        let mut faults = Faults::default();
        faults
            .calls
            .arm("quote", Fault::Html, Times { skip: 1, strike: 1 });
        faults
            .calls
            .arm("*", Fault::EmptyBody, Times { skip: 2, strike: 1 });
        let struck: Vec<_> = (0..4).map(|_| faults.calls.take_first("quote")).collect();
        assert_eq!(struck, [None, Some(Fault::Html), None, Some(Fault::EmptyBody)]);
    }
}
