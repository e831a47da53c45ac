//! Calls that the SDK does not know.

use std::borrow::Cow;
use std::time::Duration;

use cryptopocket_types::evidence::Evidence;
use http::Method;
use percent_encoding::utf8_percent_encode;

use crate::call::RawReply;
use crate::error::Error;
use crate::operation::{Envelope, Idempotency, Operation, RAW};
use crate::request::{Request, SEGMENT};
use crate::session::Session;

const fn raw(idempotency: Idempotency) -> Operation {
    Operation {
        id: "raw",
        page: "",
        method: "",
        path: "",
        tag: RAW,
        idempotency,
        envelope: Envelope::Data,
        evidence: Evidence::Assumed,
        source: "",
        auth: true,
        // Of its codes nothing is known, so they prove nothing.
        refusals: &[],
    }
}

static SAFE: Operation = raw(Idempotency::Safe);
static KEYED: Operation = raw(Idempotency::Keyed);
static UNSAFE: Operation = raw(Idempotency::Unsafe);

impl Session {
    /// Starts a call of any path below the base URL, also one that this SDK does not know.
    ///
    /// The call logs in, retries, limits its time and reports errors as every other call does. The path begins with `/`
    /// and is percent-encoded; a parameter stands in it as `{name}` and is filled by [`Request::path`]. Parameters of
    /// the query are given to [`Request::query`].
    ///
    /// [`Choices`](crate::Choices) do not apply: path and names are sent as they are given, also if a file of choices has
    /// some for an operation `raw`.
    ///
    /// **Idempotency.** Unsafe unless [`RawRequest::idempotency`] says otherwise, whatever the method is: it is sent again
    /// only if nothing was sent for certain, or after a refused token.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let test = ScriptedSession::new().next("raw", &[r#"{"status":"ok","data":{"level":"gold"}}"#]);
    /// # let session = test.session;
    /// use cryptopocket_core::{Idempotency, Method};
    ///
    /// let reply = session
    ///     .raw(Method::GET, "/customers/{user_id}/loyalty")
    ///     .path(&100_067)
    ///     .query("year", &2026)
    ///     .idempotency(Idempotency::Safe)
    ///     .send()
    ///     .await?;
    /// assert_eq!((reply.status(), reply.says_success()), (200, true));
    /// assert_eq!(&reply.body()[..], br#"{"status":"ok","data":{"level":"gold"}}"#);
    /// # assert!(test.provider.urls("raw")[0].ends_with("/customers/100067/loyalty?year=2026"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(&self, method: Method, path: &str) -> RawRequest<'_> {
        let method = match method {
            Method::CONNECT => Err("the method CONNECT opens a tunnel and is no call"),
            method => Ok(method),
        };
        Request::new(self, &UNSAFE, method, encoded(path).map(Cow::Owned))
    }
}

/// A call that the SDK does not know, so its caller reads the reply.
#[derive(Debug)]
pub enum Raw {}

/// A call of any path, described step by step; see [`Session::raw`].
pub type RawRequest<'a> = Request<'a, Raw>;

impl Request<'_, Raw> {
    /// Says what a second call would do. Default: [`Idempotency::Unsafe`].
    ///
    /// [`Idempotency::Safe`] promises that the call only reads, so it is retried after every transient failure. Only the
    /// provider's documentation can tell: an HTTP `GET` that starts something is not safe.
    pub fn idempotency(mut self, class: Idempotency) -> Self {
        self.call.operation = match class {
            Idempotency::Safe => &SAFE,
            Idempotency::Keyed => &KEYED,
            Idempotency::Unsafe => &UNSAFE,
        };
        self
    }

    /// Sends the call.
    ///
    /// A reply with a status of 2xx that is no refusal is returned as it came, whatever its form is; also one that is no
    /// JSON, if its `content-type` says so. That the call succeeded is proven only by
    /// [`RawReply::says_success`].
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a path that leaves the base URL or lacks a parameter; otherwise as every call. For an unsafe
    /// call, a refusal leaves the outcome unknown unless the token was refused, or HTTP 422 brings field errors: the SDK
    /// knows no codes of a call that it does not know.
    pub async fn send(self) -> Result<RawReply, Error> {
        let session = self.session;
        session.call(self.into_call()?, Duration::MAX).await
    }
}

/// The path with each segment percent-encoded, and its `{parameters}` as they are.
fn encoded(path: &str) -> Result<String, &'static str> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err("the path does not begin with /");
    };
    if path.contains(['?', '#']) {
        return Err("the path holds a query or a fragment; parameters are given to query(…)");
    }
    let mut encoded = String::with_capacity(path.len());
    for segment in rest.split('/') {
        // An empty segment or one of dots is another call for the server, and may leave the base URL.
        if matches!(segment, "" | "." | "..") {
            return Err("the path has an empty segment, or one of dots");
        }
        encoded.push('/');
        if segment.starts_with('{') && segment.ends_with('}') {
            encoded.push_str(segment);
        } else {
            encoded.extend(utf8_percent_encode(segment, SEGMENT));
        }
    }
    Ok(encoded)
}
