use std::time::Duration;

use cryptopocket::offramp::Offramp;
use cryptopocket::onramp::Payment;

/// The result of a demo.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Summary {
    /// Whether every check held and every call succeeded.
    pub ok: bool,
    /// How long the demo took.
    pub at: Duration,
    /// How many checks held.
    pub checks: usize,
    /// How many webhooks were verified; `None` for a live run, which receives none.
    pub webhooks_verified: Option<usize>,
    /// The exchanges that were completed.
    pub exchanges: Vec<Exchange>,
}

/// One completed exchange.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// Its flow, such as `onramp`.
    pub flow: &'static str,
    /// The name of the customer.
    pub customer: &'static str,
    /// What the customer paid.
    pub paid: String,
    /// What the customer received.
    pub received: String,
    /// The wallet or the account, shortened.
    pub destination: String,
    /// The transaction or the off-ramp, shortened.
    pub proof: String,
    /// The payment or off-ramp in its final state.
    pub object: Object,
}

/// The payment or off-ramp behind an exchange.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Object {
    /// A payment.
    Payment(Box<Payment>),
    /// An off-ramp.
    Offramp(Box<Offramp>),
}

/// Both ends of a long text.
pub(crate) fn short(text: &str) -> String {
    match (text.get(..8), text.get(text.len().saturating_sub(6)..)) {
        (Some(start), Some(end)) if text.len() > 16 => format!("{start}…{end}"),
        _ => text.to_owned(),
    }
}
