use std::fmt;

use cryptopocket_core::{Error, SANDBOX_BASE_URL, Session};

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
        let url = self.session.base_url();
        if url != SANDBOX_BASE_URL && !is_of_this_machine(url) {
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

fn is_of_this_machine(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_of_this_machine;

    #[test]
    fn loopback_alone_is_this_machine() {
        for url in [
            "http://127.0.0.1:8080/api",
            "http://localhost/api",
            "https://[::1]:1/api",
        ] {
            assert!(is_of_this_machine(url), "{url}");
        }
        for url in [
            "https://api.example.com/api",
            "https://localhost.example.com/api",
            "https://127.0.0.1.example.com",
            "https://10.0.0.1/api",
        ] {
            assert!(!is_of_this_machine(url), "{url}");
        }
    }
}
