//! The events that the provider sends.

use cryptopocket_types::{Evidence, words};

pub use crate::generated::events::EVENTS;

/// Kind of an event, independent of its spelling.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{Domain, EventKind};
///
/// assert_eq!(EventKind::from_name("RAMPOFF_FINISHED"), EventKind::OfframpFinished);
/// assert_eq!(EventKind::OfframpFinished.name(), Some("TRANSFER_RAMPOFF_FINISHED"));
/// assert_eq!(EventKind::PayIn.domain(), Some(Domain::OnRamp));
///
/// // An event that the provider adds is not an error.
/// assert_eq!(EventKind::from_name("PAYMENT_REJECTED"), EventKind::Unknown);
/// assert_eq!(EventKind::Unknown.name(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// `PAY_IN`: the customer's payment was detected.
    PayIn,
    /// `COINS_SENT`: the tokens were sent to the customer's wallet.
    CoinsSent,
    /// `CRYPTO_RECEIVED`: the customer's tokens arrived for exchange.
    CryptoReceived,
    /// `TRANSFER_RAMPOFF_FINISHED`, in the older edition `RAMPOFF_FINISHED`: the bank transfer to the customer is done.
    OfframpFinished,
    /// An event that this version does not know; [`Event::name`](crate::Event::name) has its spelling.
    Unknown,
}

impl EventKind {
    /// The kind with the spelling `name`; case counts.
    pub fn from_name(name: &str) -> Self {
        EventInfo::find(name).map_or(Self::Unknown, |info| info.kind)
    }

    /// The entry of the catalogue; `None` for [`Unknown`](Self::Unknown).
    pub fn info(self) -> Option<&'static EventInfo> {
        EVENTS.iter().find(|info| info.kind == self)
    }

    /// The kind of object; `None` for [`Unknown`](Self::Unknown).
    pub fn domain(self) -> Option<Domain> {
        self.info().map(|info| info.domain)
    }

    /// The spelling to subscribe with; `None` for [`Unknown`](Self::Unknown).
    pub fn name(self) -> Option<&'static str> {
        self.info().map(|info| info.name)
    }
}

words! {
    /// The kind of object that an event is about.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Domain {
        /// A payment: money in, tokens out.
        OnRamp = "on-ramp",
        /// An off-ramp: tokens in, money out.
        OffRamp = "off-ramp",
    }
}

/// An entry of the event catalogue, [`EVENTS`].
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{Domain, EVENTS, Event, EventInfo};
///
/// let of_payments: Vec<_> = EVENTS.iter().filter(|info| info.domain == Domain::OnRamp).collect();
/// assert_eq!(of_payments.iter().map(|info| info.name).collect::<Vec<_>>(), ["PAY_IN", "COINS_SENT"]);
///
/// // By any spelling. The sample is a body for the tests of your handler.
/// let info = EventInfo::find("RAMPOFF_FINISHED").unwrap();
/// assert_eq!(info.aliases, ["RAMPOFF_FINISHED"]);
/// assert_eq!(Event::parse(info.sample.as_bytes())?.kind(), info.kind);
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventInfo {
    /// The kind.
    pub kind: EventKind,
    /// The spelling of the current edition.
    pub name: &'static str,
    /// Other spellings of the same event.
    pub aliases: &'static [&'static str],
    /// The kind of object.
    pub domain: Domain,
    /// When the event is sent.
    pub summary: &'static str,
    /// Evidence for the name.
    pub evidence: Evidence,
    /// Evidence for the form of the payload.
    pub payload_evidence: Evidence,
    /// The provider's page that names the event.
    pub source: &'static str,
    /// A body as we expect it, with values of our own.
    pub sample: &'static str,
}

impl EventInfo {
    /// The event with this name, in any of its spellings.
    pub fn find(name: &str) -> Option<&'static Self> {
        EVENTS
            .iter()
            .find(|info| info.name == name || info.aliases.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_spellings_are_unique() {
        let kinds = [
            EventKind::PayIn,
            EventKind::CoinsSent,
            EventKind::CryptoReceived,
            EventKind::OfframpFinished,
        ];
        assert_eq!(EVENTS.iter().map(|info| info.kind).collect::<Vec<_>>(), kinds);
        let mut spellings: Vec<_> = EVENTS
            .iter()
            .flat_map(|info| [info.name].into_iter().chain(info.aliases.iter().copied()))
            .collect();
        let all = spellings.len();
        spellings.sort_unstable();
        spellings.dedup();
        assert_eq!(spellings.len(), all);
    }

    #[test]
    fn both_spellings_of_offramp_end_are_one_kind() {
        let info = EventKind::OfframpFinished.info().unwrap();
        assert_eq!(info.name, "TRANSFER_RAMPOFF_FINISHED");
        assert_eq!(EventInfo::find("RAMPOFF_FINISHED"), Some(info));
    }

    #[test]
    fn samples_are_events_of_their_kind() {
        for info in EVENTS {
            let event = crate::Event::parse(info.sample.as_bytes()).unwrap();
            assert_eq!((event.name(), event.kind()), (info.name, info.kind));
            assert!(event.object_id().is_some() && event.surprises().is_empty());
        }
    }

    #[test]
    fn unknown_kind_has_no_entry() {
        assert_eq!(EventKind::Unknown.info(), None);
        assert_eq!(EventKind::from_name("pay_in"), EventKind::Unknown);
    }
}
