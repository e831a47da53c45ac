use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cryptopocket_types::debug_fields;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::Sent;
use crate::runtime::BoxFuture;
use crate::transport::{Transport, TransportError, TransportErrorKind, WireRequest, WireResponse};

/// Answers from a script, by operation, and keeps what was asked.
///
/// For each operation the answers given with [`next`](Self::next) are used first, in order, then the one given with
/// [`always`](Self::always). `authenticate` has an answer from the start: the token `token-1`, then `token-2` and so
/// on. Any other operation without an answer gets status 501, naming the operation.
#[derive(Default)]
pub struct ScriptedTransport(Mutex<Script>);

#[derive(Default)]
struct Script {
    next: HashMap<String, VecDeque<Answer>>,
    always: HashMap<String, Answer>,
    requests: Vec<WireRequest>,
    logins: u32,
}

impl ScriptedTransport {
    /// An empty script, apart from the login.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one answer to those of `operation`.
    pub fn next(&self, operation: &str, answer: Answer) {
        self.script()
            .next
            .entry(operation.to_owned())
            .or_default()
            .push_back(answer);
    }

    /// Sets the answer of `operation` for when no other is left.
    pub fn always(&self, operation: &str, answer: Answer) {
        self.script().always.insert(operation.to_owned(), answer);
    }

    /// How many requests of `operation` were sent.
    pub fn calls(&self, operation: &str) -> usize {
        self.requests(operation).len()
    }

    /// All requests of `operation`, in order.
    pub fn requests(&self, operation: &str) -> Vec<WireRequest> {
        let mut all = self.script().requests.clone();
        all.retain(|request| request.operation == operation);
        all
    }

    /// The bodies that `operation` was sent with, as text.
    pub fn bodies(&self, operation: &str) -> Vec<String> {
        self.of_each(operation, |request| {
            String::from_utf8_lossy(&request.body).into_owned()
        })
    }

    /// The addresses that `operation` was sent to.
    pub fn urls(&self, operation: &str) -> Vec<String> {
        self.of_each(operation, |request| request.url.clone())
    }

    /// The queries of these addresses, empty where there is none.
    pub fn queries(&self, operation: &str) -> Vec<String> {
        self.of_each(operation, |request| {
            let query = request.url.split_once('?').map(|(_, query)| query);
            query.unwrap_or_default().to_owned()
        })
    }

    /// The body of the last request of `operation`, as text.
    ///
    /// # Panics
    ///
    /// If there was none.
    pub fn body(&self, operation: &str) -> String {
        self.bodies(operation).pop().expect("a request of the operation")
    }

    /// The query of the last request of `operation`.
    ///
    /// # Panics
    ///
    /// If there was none.
    pub fn query(&self, operation: &str) -> String {
        self.queries(operation).pop().expect("a request of the operation")
    }

    fn of_each(&self, operation: &str, part: impl Fn(&WireRequest) -> String) -> Vec<String> {
        self.requests(operation).iter().map(part).collect()
    }

    fn answer(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let answer = self.script().choose(&request);
        // The script is free again while a reaction runs, so a reaction may use it.
        let outcome = (answer.0)(&request);
        self.script().requests.push(request);
        outcome
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script {
    fn choose(&mut self, request: &WireRequest) -> Answer {
        let operation = request.operation;
        if let Some(answer) = self.next.get_mut(operation).and_then(VecDeque::pop_front) {
            return answer;
        }
        if let Some(answer) = self.always.get(operation) {
            return answer.clone();
        }
        if operation == "authenticate" {
            self.logins += 1;
            let token = format!("token-{}", self.logins);
            return Answer::json(format!(
                r#"{{"status":"ok","data":{{"token":"{token}","expires_in":3600}}}}"#
            ));
        }
        Answer::reply(
            501,
            format!(r#"{{"status":"error","message":"nothing scripted for {operation}"}}"#),
        )
    }
}

impl Transport for ScriptedTransport {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(async move { self.answer(request) })
    }
}

debug_fields! { ScriptedTransport => |transport| requests: transport.script().requests.len() }

type Reaction = dyn Fn(&WireRequest) -> Result<WireResponse, TransportError> + Send + Sync;

/// What a [`ScriptedTransport`] does with a request.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::testing::{Answer, ScriptedSession, block_on};
/// use cryptopocket_core::{Effect, Method};
///
/// // One payment whose answer is lost, and one that the provider refuses.
/// let test = ScriptedSession::new().then("raw", [Answer::lost(), Answer::error_code("min_purchase")]);
/// let error = || block_on(test.session.raw(Method::POST, "/vouchers").send()).unwrap_err();
/// assert_eq!(error().effect(), Effect::Unknown);
/// assert!(error().has_code("min_purchase"));
/// ```
#[derive(Clone)]
pub struct Answer(Arc<Reaction>);

impl Answer {
    /// Status 200 with a JSON body.
    pub fn json(body: impl Into<String>) -> Self {
        Self::reply(200, body)
    }

    /// Any status with any body.
    pub fn reply(status: u16, body: impl Into<String>) -> Self {
        let body = Bytes::from(body.into());
        Self::with(move |_| {
            Ok(WireResponse {
                status,
                headers: HeaderMap::new(),
                body: body.clone(),
            })
        })
    }

    /// The same answer with one more header. A name or value that cannot be one is left out.
    #[must_use]
    pub fn header(self, name: &'static str, value: &'static str) -> Self {
        Self::with(move |request| {
            let mut response = (self.0)(request)?;
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers.insert(name, value);
            }
            Ok(response)
        })
    }

    /// The token is refused, as the provider does it: with status 200.
    pub fn refused_token() -> Self {
        Self::json(r#"{"status":"error","error":"authorization_incorrect"}"#)
    }

    /// A business error with this code, as the provider does it: with status 200.
    pub fn error_code(code: &str) -> Self {
        Self::json(format!(r#"{{"status":"error","error":"{code}"}}"#))
    }

    /// Nobody listens.
    pub fn refused_connection() -> Self {
        Self::failure(Sent::No, TransportErrorKind::Connect, "connection refused")
    }

    /// No connection in time.
    pub fn timeout_before_sending() -> Self {
        Self::failure(Sent::No, TransportErrorKind::Timeout, "connecting timed out")
    }

    /// The request went out and no answer came in time.
    pub fn timeout_after_sending() -> Self {
        let kind = TransportErrorKind::Timeout;
        Self::failure(Sent::Maybe, kind, "the operation timed out")
    }

    /// The request went out and the connection broke.
    pub fn lost() -> Self {
        Self::failure(Sent::Maybe, TransportErrorKind::Interrupted, "connection reset")
    }

    /// The answer began with status 200 and broke off.
    pub fn broken_body() -> Self {
        Self::with(|_| {
            let (kind, detail) = (
                TransportErrorKind::Interrupted,
                "end of file before message length reached",
            );
            Err(TransportError::new(Sent::Yes, kind, detail).with_status(200))
        })
    }

    /// Any failure of the transport.
    pub fn failure(sent: Sent, kind: TransportErrorKind, detail: &'static str) -> Self {
        Self::with(move |_| Err(TransportError::new(sent, kind, detail)))
    }

    /// Whatever `reaction` makes of the request.
    pub fn with(
        reaction: impl Fn(&WireRequest) -> Result<WireResponse, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(reaction))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}
