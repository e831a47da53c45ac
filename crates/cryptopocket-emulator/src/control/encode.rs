//! Commands written as a path and a JSON object, for an emulator in another process.

use http::Method;
use serde_json::{Value, json};

use crate::command::Command;
use crate::faults::Times;

/// A control call: method, path below `/_sandbox`, and body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlCall {
    /// `POST`, or `DELETE` to disarm faults.
    pub method: Method,
    /// Without a slash at the beginning.
    pub path: String,
    /// A JSON object, or a scenario as it was read.
    pub body: Vec<u8>,
}

fn armed(target: Option<(&str, &str)>, fault: &str, detail: Option<String>, times: Times) -> Value {
    let mut fields = json!({"fault": fault, "times": times.strike, "skip": times.skip});
    if let Some(detail) = detail {
        fields["detail"] = detail.into();
    }
    if let Some((field, word)) = target {
        fields[field] = word.into();
    }
    fields
}

impl Command {
    /// The control call that carries out this command in another process.
    #[allow(clippy::too_many_lines, reason = "one arm for each command")]
    pub fn encode(&self) -> ControlCall {
        let (path, fields) = match self {
            Self::Restage(scenario) => {
                return ControlCall {
                    method: Method::POST,
                    path: "scenario".to_owned(),
                    body: scenario.source.as_bytes().to_vec(),
                };
            }
            Self::ClearFaults => {
                return ControlCall {
                    method: Method::DELETE,
                    path: "faults".to_owned(),
                    body: Vec::new(),
                };
            }
            Self::AdvanceClock { seconds } => ("clock/advance".to_owned(), json!({"seconds": seconds})),
            Self::SetKyc { user, status } => (format!("customers/{user}/kyc"), json!({"status": status})),
            Self::Ban { user, banned } => (format!("customers/{user}/ban"), json!({"banned": banned})),
            Self::SubmitVerification { user, reject } => (
                format!("customers/{user}/verification"),
                json!({"reject": reject}),
            ),
            Self::SubmitDeclaration { user } => (format!("customers/{user}/declaration"), json!({})),
            Self::ChooseMethod {
                payment,
                payment_type,
                wallet,
            } => (
                format!("payments/{payment}/method"),
                json!({"payment_type": payment_type, "wallet": wallet}),
            ),
            Self::Pay {
                payment,
                holder,
                wallet,
            } => (
                format!("payments/{payment}/pay"),
                json!({"holder": holder, "wallet": wallet}),
            ),
            Self::FailPayment { payment } => (format!("payments/{payment}/fail"), json!({})),
            Self::AnnounceTransfer { payment } => (format!("payments/{payment}/announce"), json!({})),
            Self::PayTransfer { payment } => (format!("payments/{payment}/transfer"), json!({})),
            Self::SendCoins { payment } => (format!("payments/{payment}/coins"), json!({})),
            Self::SetPaymentStatus { payment, status } => {
                (format!("payments/{payment}/status"), json!({"status": status}))
            }
            Self::Deposit { offramp, amount } => (
                format!("offramps/{offramp}/deposit"),
                json!({"amount": amount.map(|amount| amount.to_string())}),
            ),
            Self::PayOut { offramp } => (format!("offramps/{offramp}/payout"), json!({})),
            Self::SetOfframpStatus { offramp, status } => {
                (format!("offramps/{offramp}/status"), json!({"status": status}))
            }
            Self::CreditBank { credit, api_key } => (
                "bank/credits".to_owned(),
                json!({
                    "amount": credit.amount.to_string(),
                    "iban": credit.iban,
                    "concept": credit.concept,
                    "payer_name": credit.payer_name,
                    "payer_iban": credit.payer_iban,
                    "end_to_end_id": credit.end_to_end_id,
                    "meant_for": credit.meant_for,
                    "api_key": api_key,
                }),
            ),
            Self::Reconcile {
                payment,
                transaction,
                api_key,
            } => (
                "bank/reconcile".to_owned(),
                json!({"payment_id": payment, "transaction_id": transaction, "api_key": api_key}),
            ),
            Self::ExpireTokens => ("tokens/expire".to_owned(), json!({})),
            Self::SetWhitelisted { listed, api_key } => (
                "whitelist".to_owned(),
                json!({"listed": listed, "api_key": api_key}),
            ),
            Self::BarMethod {
                payment_type,
                barred,
                api_key,
            } => (
                "methods".to_owned(),
                json!({"payment_type": payment_type, "barred": barred, "api_key": api_key}),
            ),
            Self::SetOutage { part, down, api_key } => (
                "outages".to_owned(),
                json!({"part": part.name(), "down": down, "api_key": api_key}),
            ),
            Self::ArmFault {
                operation,
                fault,
                times,
            } => (
                "faults".to_owned(),
                armed(
                    Some(("operation", operation)),
                    fault.name(),
                    fault.detail(),
                    *times,
                ),
            ),
            Self::ArmWebhookFault { event, fault, times } => (
                "webhook-faults".to_owned(),
                armed(Some(("event", event)), fault.name(), fault.detail(), *times),
            ),
            Self::ArmTransferFault { fault, times } => (
                "transfer-faults".to_owned(),
                armed(None, fault.name(), fault.detail(), *times),
            ),
            Self::Redeliver { delivery } => (format!("deliveries/{delivery}/redeliver"), json!({})),
            Self::AddIntegration => ("integrations".to_owned(), json!({})),
            Self::Reset => ("reset".to_owned(), json!({})),
        };
        ControlCall {
            method: Method::POST,
            path,
            body: fields.to_string().into_bytes(),
        }
    }
}
