//! A client of the control plane of an emulator in another process.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_emulator::{Command, Fault, Outage, Outcome, Times, TransferFault, WebhookFault};
use cryptopocket_types::Decimal;
use http::{Method, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

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
/// control.fail_next("create_payment", &Fault::DropAfter).await?;
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

    /// See [`Sandbox::approve_kyc`](crate::Sandbox::approve_kyc).
    pub async fn approve_kyc(&self, user: u64) -> Done {
        self.set_kyc(user, "valid").await
    }

    /// See [`Sandbox::reject_kyc`](crate::Sandbox::reject_kyc).
    pub async fn reject_kyc(&self, user: u64) -> Done {
        self.set_kyc(user, "fail").await
    }

    /// See [`Sandbox::set_kyc`](crate::Sandbox::set_kyc).
    pub async fn set_kyc(&self, user: u64, status: &str) -> Done {
        let status = status.to_owned();
        self.done(Command::SetKyc { user, status }).await
    }

    /// See [`Sandbox::ban`](crate::Sandbox::ban).
    pub async fn ban(&self, user: u64, banned: bool) -> Done {
        self.done(Command::Ban { user, banned }).await
    }

    /// See [`Sandbox::pay`](crate::Sandbox::pay).
    pub async fn pay(&self, payment: &str) -> Done {
        self.done(Command::Pay {
            payment: payment.to_owned(),
            holder: None,
            wallet: None,
        })
        .await
    }

    /// See [`Sandbox::fail_payment`](crate::Sandbox::fail_payment).
    pub async fn fail_payment(&self, payment: &str) -> Done {
        let payment = payment.to_owned();
        self.done(Command::FailPayment { payment }).await
    }

    /// See [`Sandbox::announce_transfer`](crate::Sandbox::announce_transfer).
    pub async fn announce_transfer(&self, payment: &str) -> Done {
        let payment = payment.to_owned();
        self.done(Command::AnnounceTransfer { payment }).await
    }

    /// See [`Sandbox::pay_transfer`](crate::Sandbox::pay_transfer).
    pub async fn pay_transfer(&self, payment: &str) -> Done {
        let payment = payment.to_owned();
        self.done(Command::PayTransfer { payment }).await
    }

    /// See [`Sandbox::set_payment_status`](crate::Sandbox::set_payment_status).
    pub async fn set_payment_status(&self, payment: &str, status: &str) -> Done {
        let (payment, status) = (payment.to_owned(), status.to_owned());
        self.done(Command::SetPaymentStatus { payment, status }).await
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

    /// See [`Sandbox::deposit_crypto`](crate::Sandbox::deposit_crypto).
    pub async fn deposit_crypto(&self, offramp: u64, amount: Option<Decimal>) -> Done {
        self.done(Command::Deposit { offramp, amount }).await
    }

    /// See [`Sandbox::set_offramp_status`](crate::Sandbox::set_offramp_status).
    pub async fn set_offramp_status(&self, offramp: u64, status: &str) -> Done {
        let status = status.to_owned();
        self.done(Command::SetOfframpStatus { offramp, status }).await
    }

    /// See [`Sandbox::expire_tokens`](crate::Sandbox::expire_tokens).
    pub async fn expire_tokens(&self) -> Done {
        self.done(Command::ExpireTokens).await
    }

    /// See [`Sandbox::whitelist`](crate::Sandbox::whitelist).
    pub async fn whitelist(&self, listed: bool) -> Done {
        let api_key = None;
        self.done(Command::SetWhitelisted { listed, api_key }).await
    }

    /// See [`Sandbox::bar_method`](crate::Sandbox::bar_method).
    pub async fn bar_method(&self, payment_type: &str, barred: bool) -> Done {
        self.done(Command::BarMethod {
            payment_type: payment_type.to_owned(),
            barred,
            api_key: None,
        })
        .await
    }

    /// See [`Sandbox::set_outage`](crate::Sandbox::set_outage).
    pub async fn set_outage(&self, outage: Outage, down: bool) -> Done {
        self.done(Command::SetOutage {
            part: outage,
            down,
            api_key: None,
        })
        .await
    }

    /// See [`Sandbox::fail_next`](crate::Sandbox::fail_next).
    pub async fn fail_next(&self, operation: &str, fault: &Fault) -> Done {
        self.fail_times(operation, fault, 1).await
    }

    /// See [`Sandbox::fail_times`](crate::Sandbox::fail_times).
    pub async fn fail_times(&self, operation: &str, fault: &Fault, times: u32) -> Done {
        self.done(Command::ArmFault {
            operation: operation.to_owned(),
            fault: fault.clone(),
            times: Times::first(times),
        })
        .await
    }

    /// See [`Sandbox::fail_next_webhook`](crate::Sandbox::fail_next_webhook).
    pub async fn fail_next_webhook(&self, event: &str, fault: WebhookFault) -> Done {
        self.done(Command::ArmWebhookFault {
            event: event.to_owned(),
            fault,
            times: Times::first(1),
        })
        .await
    }

    /// See [`Sandbox::fail_next_transfer`](crate::Sandbox::fail_next_transfer).
    pub async fn fail_next_transfer(&self, fault: TransferFault) -> Done {
        let times = Times::first(1);
        self.done(Command::ArmTransferFault { fault, times }).await
    }

    /// See [`Sandbox::armed_faults`](crate::Sandbox::armed_faults).
    pub async fn armed_faults(&self) -> Result<Vec<ArmedFault>, ControlError> {
        self.get("faults").await
    }

    /// See [`Sandbox::clear_faults`](crate::Sandbox::clear_faults).
    pub async fn clear_faults(&self) -> Done {
        self.done(Command::ClearFaults).await
    }

    /// See [`Sandbox::add_integration`](crate::Sandbox::add_integration).
    pub async fn add_integration(&self) -> Result<(String, String), ControlError> {
        match self.execute(&Command::AddIntegration).await? {
            Outcome::Added { api_key, api_secret } => Ok((api_key, api_secret)),
            other => Err(unreadable(&format!("{other:?}"))),
        }
    }

    /// See [`Sandbox::redeliver`](crate::Sandbox::redeliver).
    pub async fn redeliver(&self, delivery: u64) -> Done {
        self.done(Command::Redeliver { delivery }).await
    }

    /// See [`Sandbox::journal`](crate::Sandbox::journal).
    pub async fn journal(&self) -> Result<String, ControlError> {
        self.text("journal").await
    }

    /// See [`Sandbox::export`](crate::Sandbox::export).
    pub async fn export(&self) -> Result<String, ControlError> {
        self.text("export").await
    }

    /// See [`Sandbox::restage`](crate::Sandbox::restage).
    pub async fn restage(&self, scenario: &Scenario) -> Done {
        self.done(Command::Restage(Box::new(scenario.0.clone()))).await
    }

    /// See [`Sandbox::reset`](crate::Sandbox::reset).
    pub async fn reset(&self) -> Done {
        self.done(Command::Reset).await
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
