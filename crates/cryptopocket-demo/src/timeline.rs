use std::time::Duration;

use cryptopocket::{Runtime, TokioRuntime};

use crate::error::{Error, Result};
use crate::step::Step;
use crate::summary::Summary;

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
