use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptopocket_types::debug_fields;

use super::Answer;
use crate::runtime::BoxFuture;
use crate::transport::{Transport, TransportError, WireRequest, WireResponse};

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
        let text = |request: WireRequest| String::from_utf8_lossy(&request.body).into_owned();
        self.requests(operation).into_iter().map(text).collect()
    }

    /// The addresses that `operation` was sent to.
    pub fn urls(&self, operation: &str) -> Vec<String> {
        let url = |request: WireRequest| request.url;
        self.requests(operation).into_iter().map(url).collect()
    }

    /// The queries of these addresses, empty where there is none.
    pub fn queries(&self, operation: &str) -> Vec<String> {
        let query = |url: String| {
            url.split_once('?')
                .map_or_else(String::new, |(_, query)| query.to_owned())
        };
        self.urls(operation).into_iter().map(query).collect()
    }

    fn answer(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let answer = self.script().choose(&request);
        // The script is free again while a reaction runs, so a reaction may use it.
        let outcome = answer.react(&request);
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
