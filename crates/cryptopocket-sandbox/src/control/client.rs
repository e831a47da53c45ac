//! The control calls, typed, for an emulator that runs in another process.

use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::Decimal;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::exchange::exchange;
use super::{ArmedFault, BankCredit, ControlError, ControlState, Misattribution, Timer, Transfer};
use crate::faults::{Fault, TransferFault, WebhookFault};
use crate::scenario::Scenario;
use crate::world::Outage;

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
}

#[derive(Deserialize)]
struct Transaction {
    transaction_id: String,
}

#[derive(Deserialize)]
struct Credentials {
    api_key: String,
    api_secret: String,
}

#[derive(Serialize)]
struct Arming<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    fault: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    times: u32,
}

#[derive(Serialize)]
struct Credit<'a> {
    amount: String,
    iban: Option<&'a str>,
    concept: Option<&'a str>,
    payer_name: Option<&'a str>,
    payer_iban: Option<&'a str>,
    end_to_end_id: Option<&'a str>,
    meant_for: Option<&'a str>,
}

type Done = Result<(), ControlError>;

impl ControlClient {
    /// A client of the control plane at `url`, such as `http://127.0.0.1:8080/_sandbox`.
    pub fn new(url: impl Into<String>) -> Self {
        let url: String = url.into();
        Self {
            url: url.trim_end_matches('/').to_owned(),
        }
    }

    /// What the emulator holds, in numbers.
    pub async fn state(&self) -> Result<ControlState, ControlError> {
        read(&self.send(Method::GET, "state", Bytes::new()).await?)
    }

    /// See [`Sandbox::advance`](crate::Sandbox::advance); counts whole seconds.
    pub async fn advance(&self, by: Duration) -> Done {
        self.post("clock/advance", &[("seconds", by.as_secs())]).await
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
        let path = format!("customers/{user}/kyc");
        self.post(&path, &[("status", status)]).await
    }

    /// See [`Sandbox::ban`](crate::Sandbox::ban).
    pub async fn ban(&self, user: u64, banned: bool) -> Done {
        let path = format!("customers/{user}/ban");
        self.post(&path, &[("banned", banned)]).await
    }

    /// See [`Sandbox::pay`](crate::Sandbox::pay).
    pub async fn pay(&self, payment: &str) -> Done {
        self.payment(payment, "pay").await
    }

    /// See [`Sandbox::fail_payment`](crate::Sandbox::fail_payment).
    pub async fn fail_payment(&self, payment: &str) -> Done {
        self.payment(payment, "fail").await
    }

    /// See [`Sandbox::announce_transfer`](crate::Sandbox::announce_transfer).
    pub async fn announce_transfer(&self, payment: &str) -> Done {
        self.payment(payment, "announce").await
    }

    /// See [`Sandbox::pay_transfer`](crate::Sandbox::pay_transfer).
    pub async fn pay_transfer(&self, payment: &str) -> Done {
        self.payment(payment, "transfer").await
    }

    /// See [`Sandbox::set_payment_status`](crate::Sandbox::set_payment_status).
    pub async fn set_payment_status(&self, payment: &str, status: &str) -> Done {
        let path = format!("payments/{payment}/status");
        self.post(&path, &[("status", status)]).await
    }

    /// See [`Sandbox::credit_bank`](crate::Sandbox::credit_bank).
    pub async fn credit_bank(&self, credit: &BankCredit) -> Result<String, ControlError> {
        let one = &credit.0;
        let body = Credit {
            amount: one.amount.to_string(),
            iban: one.iban.as_deref(),
            concept: one.concept.as_deref(),
            payer_name: one.payer_name.as_deref(),
            payer_iban: one.payer_iban.as_deref(),
            end_to_end_id: one.end_to_end_id.as_deref(),
            meant_for: one.meant_for.as_deref(),
        };
        let answer = self.send(Method::POST, "bank/credits", json(&body)).await?;
        Ok(read::<Transaction>(&answer)?.transaction_id)
    }

    /// See [`Sandbox::misattributed`](crate::Sandbox::misattributed).
    pub async fn misattributed(&self) -> Result<Vec<Misattribution>, ControlError> {
        read(&self.send(Method::GET, "misattributed", Bytes::new()).await?)
    }

    /// See [`Sandbox::transfers`](crate::Sandbox::transfers).
    pub async fn transfers(&self) -> Result<Vec<Transfer>, ControlError> {
        read(&self.send(Method::GET, "transfers", Bytes::new()).await?)
    }

    /// See [`Sandbox::timers`](crate::Sandbox::timers).
    pub async fn timers(&self) -> Result<Vec<Timer>, ControlError> {
        read(&self.send(Method::GET, "timers", Bytes::new()).await?)
    }

    /// See [`Sandbox::deposit_crypto`](crate::Sandbox::deposit_crypto).
    pub async fn deposit_crypto(&self, offramp: u64, amount: Option<Decimal>) -> Done {
        let path = format!("offramps/{offramp}/deposit");
        self.post(&path, &[("amount", amount.map(|amount| amount.to_string()))])
            .await
    }

    /// See [`Sandbox::set_offramp_status`](crate::Sandbox::set_offramp_status).
    pub async fn set_offramp_status(&self, offramp: u64, status: &str) -> Done {
        let path = format!("offramps/{offramp}/status");
        self.post(&path, &[("status", status)]).await
    }

    /// See [`Sandbox::expire_tokens`](crate::Sandbox::expire_tokens).
    pub async fn expire_tokens(&self) -> Done {
        self.post("tokens/expire", NOTHING).await
    }

    /// See [`Sandbox::whitelist`](crate::Sandbox::whitelist).
    pub async fn whitelist(&self, listed: bool) -> Done {
        self.post("whitelist", &[("listed", listed)]).await
    }

    /// See [`Sandbox::bar_method`](crate::Sandbox::bar_method).
    pub async fn bar_method(&self, payment_type: &str, barred: bool) -> Done {
        let barred = if barred { "true" } else { "false" };
        let body = format!(r#"{{"payment_type":{},"barred":{barred}}}"#, quoted(payment_type));
        self.send(Method::POST, "methods", body.into()).await.map(drop)
    }

    /// See [`Sandbox::set_outage`](crate::Sandbox::set_outage).
    pub async fn set_outage(&self, outage: Outage, down: bool) -> Done {
        let body = format!(r#"{{"part":"{outage}","down":{down}}}"#);
        self.send(Method::POST, "outages", body.into()).await.map(drop)
    }

    /// See [`Sandbox::fail_next`](crate::Sandbox::fail_next).
    pub async fn fail_next(&self, operation: &str, fault: &Fault) -> Done {
        self.fail_times(operation, fault, 1).await
    }

    /// See [`Sandbox::fail_times`](crate::Sandbox::fail_times).
    pub async fn fail_times(&self, operation: &str, fault: &Fault, times: u32) -> Done {
        let (operation, event) = (Some(operation), None);
        let (fault, detail) = (fault.name(), fault.detail());
        self.arm(
            "faults",
            &Arming {
                operation,
                event,
                fault,
                detail,
                times,
            },
        )
        .await
    }

    /// See [`Sandbox::fail_next_webhook`](crate::Sandbox::fail_next_webhook).
    pub async fn fail_next_webhook(&self, event: &str, fault: WebhookFault) -> Done {
        let (operation, event) = (None, Some(event));
        let (fault, detail, times) = (fault.name(), fault.detail(), 1);
        self.arm(
            "webhook-faults",
            &Arming {
                operation,
                event,
                fault,
                detail,
                times,
            },
        )
        .await
    }

    /// See [`Sandbox::fail_next_transfer`](crate::Sandbox::fail_next_transfer).
    pub async fn fail_next_transfer(&self, fault: TransferFault) -> Done {
        let (operation, event) = (None, None);
        let (fault, detail, times) = (fault.name(), fault.detail(), 1);
        self.arm(
            "transfer-faults",
            &Arming {
                operation,
                event,
                fault,
                detail,
                times,
            },
        )
        .await
    }

    /// See [`Sandbox::armed_faults`](crate::Sandbox::armed_faults).
    pub async fn armed_faults(&self) -> Result<Vec<ArmedFault>, ControlError> {
        read(&self.send(Method::GET, "faults", Bytes::new()).await?)
    }

    /// See [`Sandbox::clear_faults`](crate::Sandbox::clear_faults).
    pub async fn clear_faults(&self) -> Done {
        self.send(Method::DELETE, "faults", Bytes::new()).await.map(drop)
    }

    /// See [`Sandbox::add_integration`](crate::Sandbox::add_integration).
    pub async fn add_integration(&self) -> Result<(String, String), ControlError> {
        let answer = self.send(Method::POST, "integrations", "{}".into()).await?;
        let Credentials { api_key, api_secret } = read(&answer)?;
        Ok((api_key, api_secret))
    }

    /// See [`Sandbox::redeliver`](crate::Sandbox::redeliver).
    pub async fn redeliver(&self, delivery: u64) -> Done {
        self.post(&format!("deliveries/{delivery}/redeliver"), NOTHING)
            .await
    }

    /// See [`Sandbox::journal`](crate::Sandbox::journal).
    pub async fn journal(&self) -> Result<String, ControlError> {
        let answer = self.send(Method::GET, "journal", Bytes::new()).await?;
        String::from_utf8(answer.into()).map_err(|error| unreadable(&error))
    }

    /// See [`Sandbox::restage`](crate::Sandbox::restage).
    pub async fn restage(&self, scenario: &Scenario) -> Done {
        let body = Bytes::copy_from_slice(scenario.source().as_bytes());
        self.send(Method::POST, "scenario", body).await.map(drop)
    }

    /// See [`Sandbox::reset`](crate::Sandbox::reset).
    pub async fn reset(&self) -> Done {
        self.post("reset", NOTHING).await
    }

    async fn payment(&self, payment: &str, what: &str) -> Done {
        self.post(&format!("payments/{payment}/{what}"), NOTHING).await
    }

    async fn arm(&self, path: &str, arming: &Arming<'_>) -> Done {
        self.send(Method::POST, path, json(arming)).await.map(drop)
    }

    async fn post<V: Serialize>(&self, path: &str, fields: &[(&str, V)]) -> Done {
        let body: std::collections::BTreeMap<&str, &V> =
            fields.iter().map(|(name, value)| (*name, value)).collect();
        self.send(Method::POST, path, json(&body)).await.map(drop)
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, ControlError> {
        let url = format!("{}/{path}", self.url);
        let answer = exchange(&url, method, body).await;
        let (status, body) = answer.map_err(|why| ControlError::Unreachable(format!("{url}: {why}")))?;
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

const NOTHING: &[(&str, ())] = &[];

#[derive(Deserialize)]
struct Problem {
    error: Option<String>,
    message: Option<String>,
}

fn json<T: Serialize>(body: &T) -> Bytes {
    serde_json::to_vec(body).unwrap_or_default().into()
}

fn quoted(text: &str) -> Box<RawValue> {
    serde_json::value::to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

fn read<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, ControlError> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn std::fmt::Display) -> ControlError {
    ControlError::Unreachable(format!("the answer is not the emulator's: {error}"))
}
