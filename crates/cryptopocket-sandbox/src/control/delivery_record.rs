//! Webhooks in the delivery log.

use cryptopocket_emulator::Delivery;

/// A webhook in the delivery log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// Its number in the log.
    pub id: u64,
    /// The event type, such as `PAY_IN`.
    pub event: String,
    /// The id of the payment or off-ramp that the event is about.
    pub subject: String,
    /// Where it is posted.
    pub url: String,
    /// The body that was signed.
    pub body: Vec<u8>,
    /// `waiting`, `ready`, `in_flight`, `delivered`, `given_up` or `lost`.
    pub state: &'static str,
    /// The result of each attempt: an HTTP status, or the reason why there was no answer.
    pub attempts: Vec<Result<u16, String>>,
}

impl From<&Delivery> for DeliveryRecord {
    fn from(delivery: &Delivery) -> Self {
        let attempts = delivery.attempts.iter();
        Self {
            id: delivery.id,
            event: delivery.event.clone(),
            subject: delivery.subject.clone(),
            url: delivery.url.clone(),
            body: delivery.body.to_vec(),
            state: delivery.state.name(),
            attempts: attempts.map(|attempt| attempt.result.clone()).collect(),
        }
    }
}
