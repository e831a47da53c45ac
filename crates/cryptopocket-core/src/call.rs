use std::borrow::Cow;

use bytes::Bytes;
use cryptopocket_types::debug_fields;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::getters::getters;
use crate::operation::Operation;
use crate::transport::{WireRequest, WireResponse};

/// A call, described to its end.
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    /// The path with its parameters in braces.
    pub(crate) template: Cow<'static, str>,
    /// Without token and time limit, which each attempt adds.
    pub(crate) request: WireRequest,
    /// Names in replies of ids that the call creates, besides those that look like one.
    pub(crate) created: Vec<String>,
}

/// The reply to a raw call, as it came.
///
/// `Debug` shows the status alone: headers and body may hold secrets and personal data.
#[derive(Clone)]
pub struct RawReply {
    pub(crate) operation: &'static Operation,
    pub(crate) response: WireResponse,
    /// What the envelope holds.
    pub(crate) answer: Bytes,
    pub(crate) says_success: bool,
}

impl RawReply {
    getters! { |reply|
        /// The HTTP status, from 200 to 299.
        pub status: u16 = reply.response.status;
        /// All headers.
        pub headers: &HeaderMap = &reply.response.headers;
        /// The whole body, byte for byte. The memory is zeroed when the last handle is dropped.
        pub body: &Bytes = &reply.response.body;
        /// Whether the reply reports success in one of the provider's words: `ok`, `success` or `sucess`.
        ///
        /// If not, it is no refusal either; read the body to learn what it says.
        pub says_success: bool = reply.says_success;
    }

    /// Decodes the body as JSON, envelope included.
    ///
    /// # Errors
    ///
    /// `UnexpectedReply`, which names the position and keeps the body. If the reply
    /// [`says_success`](Self::says_success), the effect of an unsafe call is [`Effect::Done`](crate::Effect::Done).
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # ScriptedSession::new().always("raw", r#"{"status":"ok","data":{"level":"gold"}}"#).run(async |session| {
    /// use cryptopocket_core::{ErrorKind, Method};
    ///
    /// #[derive(Debug, serde::Deserialize)]
    /// struct Loyalty { level: String }
    /// #[derive(Debug, serde::Deserialize)]
    /// struct Envelope { data: Loyalty }
    ///
    /// let reply = session.raw(Method::GET, "/loyalty").send().await?;
    /// assert_eq!(reply.decode::<Envelope>()?.data.level, "gold");
    /// // The envelope is part of the body.
    /// assert_eq!(reply.decode::<Loyalty>().unwrap_err().kind(), ErrorKind::UnexpectedReply);
    /// # Ok(())
    /// # });
    /// ```
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(self.body()).map_err(|error| {
            // The message of the error may quote a value, its position does not.
            let (line, column) = (error.line(), error.column());
            self.misread(format!(
                "the reply is not of the form that was asked for, at line {line}, column {column}"
            ))
        })
    }

    /// The error for a reply that passed for a success and cannot be read.
    pub(crate) fn misread(&self, detail: String) -> Error {
        let error = Error::unexpected_reply(self.operation, detail).found_in(self.body());
        if self.says_success {
            error.done(self.operation)
        } else {
            error
        }
    }
}

debug_fields! { RawReply => |reply| status: reply.status(), body_length: reply.body().len() }
