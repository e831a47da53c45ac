//! The control plane in Rust: methods of [`Sandbox`](crate::Sandbox), a client of an emulator in another process, and why a
//! control call fails.

mod methods;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_emulator::{Command, CommandError, Outcome};
use http::{Method, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http_client::HttpClient;

const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_REPLY_BYTES: usize = 64 << 20;

/// A client of the control plane of an emulator in another process.
///
/// It has the methods of [`Sandbox`](crate::Sandbox). `cryptopocket sandbox` prints the `control_url` to give it.
///
/// Every call fails with [`ControlError::Unreachable`] if no emulator answers at the URL, and with
/// [`ControlError::Refused`] if it refuses; nothing has changed then.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket_sandbox::{ControlClient, Fault, Sandbox};
///
/// let elsewhere = Sandbox::builder().start().await?;
/// let control = ControlClient::new(elsewhere.control_url());
/// control.fail_next("create_payment", Fault::DropAfter).await?;
/// assert_eq!(control.state().await?.payments(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ControlClient {
    url: String,
    client: Arc<HttpClient>,
}

impl ControlClient {
    /// A client of the control plane at `url`, such as `http://127.0.0.1:8080/_sandbox`.
    pub fn new(url: impl Into<String>) -> Self {
        let url: String = url.into();
        Self {
            url: url.trim_end_matches('/').to_owned(),
            client: Arc::default(),
        }
    }

    /// Carries out a command. The methods below cover the usual ones.
    pub async fn execute(&self, command: &Command) -> Result<Outcome, ControlError> {
        let (method, path, body) = command.encode();
        let answer = self.send(method, &path, body.into()).await?;
        read(&answer)
    }

    /// See [`Sandbox::advance`](crate::Sandbox::advance). Counts whole seconds.
    pub async fn advance(&self, by: Duration) -> Result<(), ControlError> {
        let seconds = by.as_secs();
        self.execute(&Command::AdvanceClock { seconds }).await.map(drop)
    }

    async fn query<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        read(&self.send(Method::GET, path, Bytes::new()).await?)
    }

    async fn text(&self, path: &str) -> Result<String, ControlError> {
        let answer = self.send(Method::GET, path, Bytes::new()).await?;
        String::from_utf8(answer.into()).map_err(|error| unreadable(&error))
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, ControlError> {
        let url = format!("{}/{path}", self.url);
        let unreachable = |reason: String| ControlError::Unreachable(format!("{url}: {reason}"));
        let request = Request::builder().method(method).uri(&url);
        let request = request.header("content-type", "application/json").body(body);
        let request = request.map_err(|error| unreachable(error.to_string()))?;
        let answer = self.client.send(request, TIMEOUT, MAX_REPLY_BYTES).await;
        let (status, body) = answer.map_err(unreachable)?;
        if status == 200 {
            return Ok(body);
        }
        let problem = read::<Problem>(&body).ok();
        let why = problem.and_then(|problem| problem.error.or(problem.message));
        let why = why.unwrap_or_else(|| "the answer gives no reason".to_owned());
        Err(ControlError::Refused { status, why })
    }
}

#[derive(Deserialize)]
struct Problem {
    error: Option<String>,
    message: Option<String>,
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ControlError> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn fmt::Display) -> ControlError {
    ControlError::Unreachable(format!("the answer is not the emulator's: {error}"))
}

/// Why a control call was not carried out. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The emulator refused, in this process or another one.
    #[error("{why}")]
    Refused {
        /// The HTTP status: 404 for no such object, 409 for the wrong state, 422 for an argument that is not valid.
        status: u16,
        /// The field or the state, the rule, and what to do instead.
        why: String,
    },
    /// No emulator answers in another process.
    #[error("no emulator answers at {0}; start one with `cryptopocket sandbox`")]
    Unreachable(String),
}

impl From<CommandError> for ControlError {
    fn from(error: CommandError) -> Self {
        Self::Refused {
            status: error.status(),
            why: error.to_string(),
        }
    }
}
