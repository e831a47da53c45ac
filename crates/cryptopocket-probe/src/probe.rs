use std::fmt;

use cryptopocket_core::{Error, Session};

use crate::report::Report;
use crate::walk::Walk;

type Listener = Box<dyn Fn(&str) + Send + Sync>;

/// Walks the API and holds what it answers against the specification.
///
/// Only read calls are made, unless [`allow_writes`](Self::allow_writes) was asked for. What one call shows, such as the id
/// of a payment, is what the next asks with; no such value reaches the report.
#[must_use = "a probe asks nothing until it runs"]
pub struct Probe {
    session: Session,
    writes: bool,
    listener: Listener,
}

impl Probe {
    /// A probe with the credentials and the choices of a session.
    pub fn new(session: Session) -> Self {
        Self {
            session,
            writes: false,
            listener: Box::new(|_| ()),
        }
    }

    /// Also makes the calls that write: it creates three customers, two payments, an off-ramp, a link to a declaration and
    /// a subscription to the event `RAMPOFF_FINISHED`, uploads a document, and reconciles its payment with a free credit.
    ///
    /// No call takes any of this back.
    ///
    /// # Errors
    ///
    /// `Configuration`, unless the base URL is that of the provider's sandbox or of this machine.
    pub fn allow_writes(mut self) -> Result<Self, Error> {
        if !self.session.is_for_tests() {
            return Err(Error::configuration(
                "a probe writes only at the provider's sandbox or on this machine",
                "Leave the writing out, or give the base URL of the sandbox.",
            ));
        }
        self.writes = true;
        Ok(self)
    }

    /// Tells `listener` the id of each operation before it is asked.
    pub fn listener(mut self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.listener = Box::new(listener);
        self
    }

    /// Asks everything.
    ///
    /// If the login is answered in a form in which no token is found, the report tells what was seen of it.
    ///
    /// # Errors
    ///
    /// Those of a login that is refused or not answered. What any other call answers stands in the report.
    pub async fn run(self) -> Result<Report, Error> {
        let mut walk = Walk::new(&self.session, &*self.listener, self.writes);
        match self.session.login().await {
            Ok(()) => walk.everything().await,
            Err(error) => walk.without_token(error)?,
        }
        Ok(walk.report)
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("session", &self.session)
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}
