//! A client of the control plane of an emulator in another process.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_emulator::{Command, Fault, Outage, Outcome, Times, TransferFault, WebhookFault};
use cryptopocket_types::Decimal;
use http::{Method, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::methods::command_methods;
use super::{ArmedFault, BankCredit, ControlError, ControlState, Misattribution, Timer, Transfer};
use crate::http_client::HttpClient;
use crate::scenario::Scenario;

/// What [`Sandbox`](crate::Sandbox) can be asked to do, for an emulator in another process: `cryptopocket sandbox`
/// prints the `control_url` to give it.
///
/// Every call fails with [`ControlError::Unreachable`] where no emulator answers at the URL, and with
/// [`ControlError::Refused`] where it says no; nothing has changed then.
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

const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_REPLY_BYTES: usize = 64 << 20;

type Done = Result<(), ControlError>;

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) => $command:expr;)*
     -- $($(#[$word_doc:meta])* $word_name:ident($($word:ident: $word_kind:ty),*) => $word_command:expr;)*) => {
        impl ControlClient {
            $($(#[$doc])* pub async fn $name(&self $(, $argument: $kind)*) -> Done {
                self.execute(&$command).await.map(drop)
            })*

            $($(#[$word_doc])* pub async fn $word_name(&self $(, $word: $word_kind)*) -> Done {
                self.execute(&$word_command).await.map(drop)
            })*
        }
    };
}

command_methods!(methods);

impl ControlClient {
    /// A client of the control plane at `url`, such as `http://127.0.0.1:8080/_sandbox`.
    pub fn new(url: impl Into<String>) -> Self {
        let url: String = url.into();
        Self {
            url: url.trim_end_matches('/').to_owned(),
            client: Arc::default(),
        }
    }

    /// Carries out a command: every one that there is, the methods below included.
    pub async fn execute(&self, command: &Command) -> Result<Outcome, ControlError> {
        let call = command.encode();
        let answer = self.send(call.method, &call.path, call.body.into()).await?;
        read(&answer)
    }

    /// The emulator's state, in numbers.
    pub async fn state(&self) -> Result<ControlState, ControlError> {
        self.get("state").await
    }

    /// See [`Sandbox::advance`](crate::Sandbox::advance); counts whole seconds.
    pub async fn advance(&self, by: Duration) -> Done {
        let seconds = by.as_secs();
        self.done(Command::AdvanceClock { seconds }).await
    }

    /// See [`Sandbox::credit_bank`](crate::Sandbox::credit_bank).
    pub async fn credit_bank(&self, credit: &BankCredit) -> Result<String, ControlError> {
        let command = Command::CreditBank {
            credit: credit.clone(),
            api_key: None,
        };
        match self.execute(&command).await? {
            Outcome::Credited { transaction_id } => Ok(transaction_id),
            other => Err(unreadable(&format!("{other:?}"))),
        }
    }

    /// See [`Sandbox::misattributed`](crate::Sandbox::misattributed).
    pub async fn misattributed(&self) -> Result<Vec<Misattribution>, ControlError> {
        self.get("misattributed").await
    }

    /// See [`Sandbox::transfers`](crate::Sandbox::transfers).
    pub async fn transfers(&self) -> Result<Vec<Transfer>, ControlError> {
        self.get("transfers").await
    }

    /// See [`Sandbox::timers`](crate::Sandbox::timers).
    pub async fn timers(&self) -> Result<Vec<Timer>, ControlError> {
        self.get("timers").await
    }

    /// See [`Sandbox::armed_faults`](crate::Sandbox::armed_faults).
    pub async fn armed_faults(&self) -> Result<Vec<ArmedFault>, ControlError> {
        self.get("faults").await
    }

    /// See [`Sandbox::add_integration`](crate::Sandbox::add_integration).
    pub async fn add_integration(&self) -> Result<(String, String), ControlError> {
        match self.execute(&Command::AddIntegration).await? {
            Outcome::Added { api_key, api_secret } => Ok((api_key, api_secret)),
            other => Err(unreadable(&format!("{other:?}"))),
        }
    }

    /// See [`Sandbox::journal`](crate::Sandbox::journal).
    pub async fn journal(&self) -> Result<String, ControlError> {
        self.text("journal").await
    }

    /// See [`Sandbox::export`](crate::Sandbox::export).
    pub async fn export(&self) -> Result<String, ControlError> {
        self.text("export").await
    }

    async fn done(&self, command: Command) -> Done {
        self.execute(&command).await.map(drop)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        read(&self.send(Method::GET, path, Bytes::new()).await?)
    }

    async fn text(&self, path: &str) -> Result<String, ControlError> {
        let answer = self.send(Method::GET, path, Bytes::new()).await?;
        String::from_utf8(answer.into()).map_err(|error| unreadable(&error))
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, ControlError> {
        let url = format!("{}/{path}", self.url);
        let unreachable = |why: String| ControlError::Unreachable(format!("{url}: {why}"));
        let request = Request::builder().method(method).uri(&url);
        let request = request.header("content-type", "application/json").body(body);
        let request = request.map_err(|error| unreachable(error.to_string()))?;
        let answer = self.client.send(request, TIMEOUT, MAX_REPLY_BYTES).await;
        let (status, body) = answer.map_err(unreachable)?;
        if status == 200 {
            return Ok(body);
        }
        let why = read::<Problem>(&body)
            .ok()
            .and_then(|one| one.error.or(one.message));
        let why = why.unwrap_or_else(|| "the answer says no more".to_owned());
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

fn unreadable(error: &dyn std::fmt::Display) -> ControlError {
    ControlError::Unreachable(format!("the answer is not the emulator's: {error}"))
}
