use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::error::Error;
use crate::operation::Operation;

/// A call without its token and time limit, which each attempt adds.
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    /// The path with its parameters in braces.
    pub(crate) template: Cow<'static, str>,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Names in replies of ids that the call creates, besides those that look like one.
    pub(crate) created: Vec<String>,
}

/// A success reply.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The whole reply as it came.
    pub(crate) body: Bytes,
    /// What the envelope holds.
    pub(crate) answer: Bytes,
    /// The provider reported success in so many words.
    pub(crate) says_success: bool,
}

/// A failed attempt.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// The answer proves that nothing was done.
    pub(crate) is_refused: bool,
}

impl From<Error> for Failure {
    /// A failure that proves nothing.
    fn from(error: Error) -> Self {
        Self {
            error,
            is_refused: false,
        }
    }
}
