use std::time::Duration;

use cryptopocket::offramp::Offramp;
use cryptopocket::onramp::Payment;
use cryptopocket::{Runtime, TokioRuntime};

use crate::error::{Error, Result};
use crate::step::Step;

/// What a demo tells its listener.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A flow begins.
    Section {
        /// Its title.
        title: &'e str,
        /// What it shows, in one sentence.
        about: &'e str,
    },
    /// A step was made and checked.
    Step(&'e Step),
    /// The demo is over.
    Done(&'e Summary),
}

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

/// The demand to stop the demo, for instance because the output is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a listener makes one")]
pub struct Stopped;

/// Receives the events of a demo, in order.
///
/// # Errors
/// [`Stopped`] ends the demo with [`Error::Stopped`].
pub type Listener<'l> = dyn FnMut(Event<'_>) -> Result<(), Stopped> + 'l;

/// Passes steps on to the listener, with the time since the beginning.
pub(crate) struct Timeline<'l> {
    listener: &'l mut Listener<'l>,
    began: Duration,
    checks: usize,
}

impl<'l> Timeline<'l> {
    pub(crate) fn new(listener: &'l mut Listener<'l>) -> Self {
        Self {
            listener,
            began: TokioRuntime.monotonic(),
            checks: 0,
        }
    }

    fn elapsed(&self) -> Duration {
        TokioRuntime.monotonic().saturating_sub(self.began)
    }

    fn tell(&mut self, event: Event<'_>) -> Result<()> {
        (self.listener)(event).map_err(|Stopped| Error::Stopped)
    }

    pub(crate) fn section(&mut self, title: &str, about: &str) -> Result<()> {
        self.tell(Event::Section { title, about })
    }

    /// Tells a step; fails if one of its checks did.
    pub(crate) fn step(&mut self, mut step: Step) -> Result<()> {
        self.checks += step.checks.len();
        step.at = self.elapsed();
        self.tell(Event::Step(&step))?;
        step.verdict()
    }

    pub(crate) fn done(&mut self, mut summary: Summary) -> Result<()> {
        summary.at = self.elapsed();
        summary.checks = self.checks;
        self.tell(Event::Done(&summary))
    }
}
