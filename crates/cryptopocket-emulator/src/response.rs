//! What a client receives: a reply, perhaps late, perhaps cut short, or none at all.

use std::time::Duration;

use crate::wire::Reply;

/// What a client receives for a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response {
    /// The reply; `None` if the connection is closed without one.
    pub reply: Option<Reply>,
    /// How much later it arrives, in real time.
    pub delay: Duration,
    /// Whether the connection is closed in the middle of the body.
    pub cut: bool,
}

impl Response {
    pub(crate) const fn dropped() -> Self {
        Self {
            reply: None,
            delay: Duration::ZERO,
            cut: false,
        }
    }
}

impl From<Reply> for Response {
    fn from(reply: Reply) -> Self {
        Self {
            reply: Some(reply),
            delay: Duration::ZERO,
            cut: false,
        }
    }
}
