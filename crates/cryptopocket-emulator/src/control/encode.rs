//! Commands written as a path and a JSON object, for an emulator in another process.

use http::Method;

use crate::command::Command;

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

impl Command {
    /// The control call that carries out this command in another process.
    pub fn encode(&self) -> ControlCall {
        let fields = serde_json::to_string(self).unwrap_or_default();
        let (method, body) = match self {
            Self::ClearFaults => (Method::DELETE, String::new()),
            Self::Restage(scenario) => (Method::POST, scenario.source.to_string()),
            // A command without fields.
            _ if fields == "null" => (Method::POST, "{}".to_owned()),
            _ => (Method::POST, fields),
        };
        ControlCall {
            method,
            path: self.path(),
            body: body.into_bytes(),
        }
    }

    fn path(&self) -> String {
        let constant = match self {
            Self::SetKyc { user, .. } => return format!("customers/{user}/kyc"),
            Self::Ban { user, .. } => return format!("customers/{user}/ban"),
            Self::SubmitVerification { user, .. } => return format!("customers/{user}/verification"),
            Self::SubmitDeclaration { user } => return format!("customers/{user}/declaration"),
            Self::ChooseMethod { payment, .. } => return format!("payments/{payment}/method"),
            Self::Pay { payment, .. } => return format!("payments/{payment}/pay"),
            Self::FailPayment { payment } => return format!("payments/{payment}/fail"),
            Self::AnnounceTransfer { payment } => return format!("payments/{payment}/announce"),
            Self::PayTransfer { payment } => return format!("payments/{payment}/transfer"),
            Self::SendCoins { payment } => return format!("payments/{payment}/coins"),
            Self::SetPaymentStatus { payment, .. } => return format!("payments/{payment}/status"),
            Self::Deposit { offramp, .. } => return format!("offramps/{offramp}/deposit"),
            Self::PayOut { offramp } => return format!("offramps/{offramp}/payout"),
            Self::SetOfframpStatus { offramp, .. } => return format!("offramps/{offramp}/status"),
            Self::Redeliver { delivery } => return format!("deliveries/{delivery}/redeliver"),
            Self::AdvanceClock { .. } => "clock/advance",
            Self::CreditBank { .. } => "bank/credits",
            Self::Reconcile { .. } => "bank/reconcile",
            Self::ExpireTokens => "tokens/expire",
            Self::SetWhitelisted { .. } => "whitelist",
            Self::BarMethod { .. } => "methods",
            Self::SetOutage { .. } => "outages",
            Self::ArmFault { .. } | Self::ClearFaults => "faults",
            Self::ArmWebhookFault { .. } => "webhook-faults",
            Self::ArmTransferFault { .. } => "transfer-faults",
            Self::AddIntegration => "integrations",
            Self::Restage(_) => "scenario",
            Self::Reset => "reset",
        };
        constant.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use crate::command::Command;
    use crate::engine::Engine;
    use crate::faults::{Fault, Times, TransferFault, WebhookFault};
    use crate::outage::Outage;
    use crate::records::BankCredit;
    use crate::request::Request;

    fn commands() -> Vec<Command> {
        let (payment, offramp, user, api_key) = ("p".to_owned(), 1, 1, None::<String>);
        let (wallet, status) = (Some("w".to_owned()), "valid".to_owned());
        let (times, by) = (Times { skip: 1, strike: 2 }, "2.50".parse().unwrap());
        let (event, word) = ("PAY_IN".to_owned(), "card".to_owned());
        vec![
            Command::AdvanceClock { seconds: 1 },
            Command::SetKyc {
                user,
                status: status.clone(),
            },
            Command::Ban { user, banned: true },
            Command::SubmitVerification { user, reject: true },
            Command::SubmitDeclaration { user },
            Command::ChooseMethod {
                payment: payment.clone(),
                payment_type: word.clone(),
                wallet: wallet.clone(),
            },
            Command::Pay {
                payment: payment.clone(),
                holder: None,
                wallet,
            },
            Command::FailPayment {
                payment: payment.clone(),
            },
            Command::AnnounceTransfer {
                payment: payment.clone(),
            },
            Command::PayTransfer {
                payment: payment.clone(),
            },
            Command::SendCoins {
                payment: payment.clone(),
            },
            Command::SetPaymentStatus {
                payment: payment.clone(),
                status: status.clone(),
            },
            Command::Deposit {
                offramp,
                amount: Some(by),
            },
            Command::PayOut { offramp },
            Command::SetOfframpStatus { offramp, status },
            Command::CreditBank {
                credit: BankCredit::new(by).concept("c"),
                api_key: api_key.clone(),
            },
            Command::Reconcile {
                payment,
                transaction: "t".to_owned(),
                api_key: api_key.clone(),
            },
            Command::ExpireTokens,
            Command::SetWhitelisted {
                listed: true,
                api_key: api_key.clone(),
            },
            Command::BarMethod {
                payment_type: word,
                barred: true,
                api_key: api_key.clone(),
            },
            Command::SetOutage {
                part: Outage::Gateway,
                down: true,
                api_key,
            },
            Command::ArmFault {
                operation: "*".to_owned(),
                fault: Fault::ErrorAfter(503),
                times,
            },
            Command::ArmWebhookFault {
                event,
                fault: WebhookFault::Skew(-5),
                times,
            },
            Command::ArmTransferFault {
                fault: TransferFault::Partial(by),
                times,
            },
            Command::ClearFaults,
            Command::Redeliver { delivery: 1 },
            Command::AddIntegration,
            Command::Reset,
        ]
    }

    /// Its answer in another process is its answer in this one.
    #[test]
    fn every_encoded_command_is_decoded_as_itself() {
        for command in commands() {
            let call = command.encode();
            let mut request = Request::post(&format!("/_sandbox/{}", call.path), Bytes::from(call.body));
            request.method = call.method;
            let reply = Engine::new(1).handle(&request).reply.unwrap();
            let told: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            let mut engine = Engine::new(1);
            match engine.execute(command.clone()) {
                Ok(outcome) => assert_eq!(told, serde_json::to_value(&outcome).unwrap(), "{command:?}"),
                Err(error) => assert_eq!(told["error"], error.to_string(), "{command:?}"),
            }
            let mut decoded = Engine::new(1);
            decoded.handle(&request);
            assert_eq!(decoded.export(), engine.export(), "{command:?}");
        }
    }
}
