//! Commands: everything that can be made to happen to the emulated provider from outside its API.
//!
//! One table defines every command: its variant, its fields, and its path and JSON form in the control plane.

use cryptopocket_types::Decimal;
use http::Method;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::catalogue::{EVENT_TYPES, GUIDED_TYPES, PAYMENT_TYPES};
use crate::faults::{Fault, NamedFault, Times, TransferFault, WebhookFault};
use crate::input::Input;
use crate::outage::Outage;
use crate::queries::State;
use crate::records::BankCredit;
use crate::request::captures;
use crate::routes::operations;
use crate::scenario::Scenario;

/// A century, in seconds: the longest time by which a command moves the clock.
pub(crate) const LONGEST_ADVANCE: u64 = 3_155_760_000;

/// Defines the commands. The first list is of those with fields, each with the method of [`Input`] that reads it; the
/// second is of those without.
macro_rules! commands {
    (
        $($(#[$doc:meta])* $name:ident $path:literal {
            $($(#[$field_meta:meta])* $field:ident: $type:ty = $read:ident($($argument:expr),*),)*
        })*
        $(;$(#[$unit_doc:meta])* $unit:ident $method:ident $unit_path:literal)*
    ) => {
        /// An action of a customer, a bank, a chain, a reviewer or the network.
        ///
        /// Customers and off-ramps are named by their numbers and payments by their ids, in any integration. An `api_key`
        /// names an integration; the default is the first.
        #[derive(Clone, Debug, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Command {
            $($(#[$doc])* $name { $($(#[$field_meta])* $field: $type,)* },)*
            $($(#[$unit_doc])* $unit,)*
            /// Starts over with another scenario. Settings it does not name stay as they were.
            #[serde(skip)]
            Restage(Box<Scenario>),
        }

        impl Command {
            /// The method and the path of every command; an id in a path is in braces.
            pub const PATHS: &[(&str, &str)] =
                &[$(("POST", $path),)* $((stringify!($method), $unit_path),)* ("POST", "scenario")];

            /// Reads the command with this path. Errors are recorded in the input; the command counts only without any.
            pub(crate) fn read(method: &Method, path: &[&str], input: &mut Input<'_>) -> Option<Self> {
                $(if let Some(ids) = captures($path, path).filter(|_| method == Method::POST) {
                    input.set_id(ids.first().copied());
                    return Some(Self::$name { $($field: input.$read($($argument),*),)* });
                })*
                $(if method == Method::$method && captures($unit_path, path).is_some() {
                    return Some(Self::$unit);
                })*
                None
            }

            #[allow(unused_variables, reason = "the fields that are no ids in the path")]
            fn place(&self) -> (Method, String) {
                match self {
                    $(Self::$name { $($field),* } => (Method::POST, format!($path)),)*
                    $(Self::$unit => (Method::$method, $unit_path.to_owned()),)*
                    Self::Restage(_) => (Method::POST, "scenario".to_owned()),
                }
            }
        }
    };
}

commands! {
    /// Moves the virtual clock forward. Timers that become due fire in their order.
    AdvanceClock "clock/advance" {
        /// At most a century.
        seconds: u64 = required_count("seconds", 0..=LONGEST_ADVANCE),
    }

    /// Sets a customer's verification to any status, documented or not.
    SetKyc "customers/{user}/kyc" {
        /// The customer's id.
        #[serde(skip)]
        user: u64 = number("a customer"),
        /// `unused`, `processing`, `valid`, `fail`, or any other word.
        status: String = required_text("status", 64),
    }

    /// Bans a customer, or lifts the ban.
    Ban "customers/{user}/ban" {
        /// The customer's id.
        #[serde(skip)]
        user: u64 = number("a customer"),
        /// Whether the customer is banned.
        banned: bool = flag("banned"),
    }

    /// The customer submits the verification. The review decides two minutes later.
    SubmitVerification "customers/{user}/verification" {
        /// The customer's id.
        #[serde(skip)]
        user: u64 = number("a customer"),
        /// Whether the review rejects it.
        reject: bool = optional_flag("reject"),
    }

    /// The customer submits the declaration of the enhanced verification.
    SubmitDeclaration "customers/{user}/declaration" {
        /// The customer's id.
        #[serde(skip)]
        user: u64 = number("a customer"),
    }

    /// The customer chooses how to pay a guided payment, and where the coins go.
    ChooseMethod "payments/{payment}/method" {
        /// The payment's id.
        #[serde(skip)]
        payment: String = id(),
        /// The method in the spelling of payments, such as `card`.
        payment_type: String = required_word("payment_type", "payment method", GUIDED_TYPES),
        /// The wallet. Default: a generated one.
        wallet: Option<String> = text("wallet", 128),
    }

    /// The customer pays at the gateway. Transfers are paid with [`Command::PayTransfer`].
    Pay "payments/{payment}/pay" {
        /// The payment's id.
        #[serde(skip)]
        payment: String = id(),
        /// The name of the holder of the account or card. Default: the customer's.
        holder: Option<String> = text("holder", 255),
        /// The wallet of a guided payment that has none yet. Default: a generated one.
        wallet: Option<String> = text("wallet", 128),
    }

    /// The payment fails at the gateway, or the transfer is cancelled: `payment_rejected`.
    FailPayment "payments/{payment}/fail" {
        /// The payment's id.
        #[serde(skip)]
        payment: String = id(),
    }

    /// The customer says that the transfer is under way: `pending_bank`.
    AnnounceTransfer "payments/{payment}/announce" {
        /// The payment's id.
        #[serde(skip)]
        payment: String = id(),
    }

    /// The customer announces and sends the transfer; the money arrives in twenty minutes of virtual time. Armed transfer
    /// faults apply to it.
    PayTransfer "payments/{payment}/transfer" {
        /// The payment's id.
        #[serde(skip)]
        payment: String = id(),
    }

    /// Sends the coins of a payment that is `payment_received` without waiting.
    SendCoins "payments/{payment}/coins" {
        /// The payment's id.
        #[serde(skip)]
        payment: String = id(),
    }

    /// Sets a payment to any status, documented or not, without a webhook.
    SetPaymentStatus "payments/{payment}/status" {
        /// The payment's id.
        #[serde(skip)]
        payment: String = id(),
        /// The status.
        status: String = required_text("status", 64),
    }

    /// Coins arrive for an off-ramp.
    Deposit "offramps/{offramp}/deposit" {
        /// The off-ramp's id.
        #[serde(skip)]
        offramp: u64 = number("an off-ramp"),
        /// In coin units. Default: all that are missing.
        amount: Option<Decimal> = amount("amount"),
    }

    /// Pays out an off-ramp that is `crypto_received` without waiting.
    PayOut "offramps/{offramp}/payout" {
        /// The off-ramp's id.
        #[serde(skip)]
        offramp: u64 = number("an off-ramp"),
    }

    /// Sets an off-ramp to any status, documented or not, without a webhook.
    SetOfframpStatus "offramps/{offramp}/status" {
        /// The off-ramp's id.
        #[serde(skip)]
        offramp: u64 = number("an off-ramp"),
        /// The status.
        status: String = required_text("status", 64),
    }

    /// Money arrives on a bank account.
    CreditBank "bank/credits" {
        /// The credit.
        #[serde(flatten)]
        credit: BankCredit = credit(),
        /// The integration's API key.
        api_key: Option<String> = api_key(),
    }

    /// Reconciles a credit with a payment, as `reconcile_payment` does.
    Reconcile "bank/reconcile" {
        /// The payment's id, or an external id that only one payment has.
        payment_id: String = trimmed_text("payment_id"),
        /// The id of the bank transaction.
        transaction_id: String = trimmed_text("transaction_id"),
        /// The integration's API key.
        api_key: Option<String> = api_key(),
    }

    /// Puts an integration on the whitelist or takes it off. Off it, every token is refused.
    SetWhitelisted "whitelist" {
        /// Whether it is on the whitelist.
        listed: bool = flag("listed"),
        /// The integration's API key.
        api_key: Option<String> = api_key(),
    }

    /// Bars a payment method (`method_not_allowed`), or allows it again.
    BarMethod "methods" {
        /// The method in the spelling of payments, such as `card`.
        payment_type: String = required_word("payment_type", "payment method", PAYMENT_TYPES),
        /// Whether it is barred.
        barred: bool = flag("barred"),
        /// The integration's API key.
        api_key: Option<String> = api_key(),
    }

    /// Takes a part of the provider down, or brings it up again.
    SetOutage "outages" {
        /// The part.
        part: Outage = outage("part"),
        /// Whether it is down.
        down: bool = flag("down"),
        /// The integration's API key.
        api_key: Option<String> = api_key(),
    }

    /// Makes calls fail.
    ArmFault "faults" {
        /// The operation, such as `create_payment`; `*` for any.
        operation: String = target("operation", &operations()),
        /// The fault.
        #[serde(flatten, serialize_with = "named")]
        fault: Fault = fault(Fault::read, Fault::Html),
        /// How many calls it strikes, and how many it spares first.
        #[serde(flatten)]
        times: Times = times(),
    }

    /// Makes webhooks fail.
    ArmWebhookFault "webhook-faults" {
        /// The event type, such as `PAY_IN`; `*` for any.
        event: String = target("event", &[EVENT_TYPES, &["*"]].concat()),
        /// The fault.
        #[serde(flatten, serialize_with = "named")]
        fault: WebhookFault = fault(WebhookFault::read, WebhookFault::Lost),
        /// How many webhooks it strikes, and how many it spares first.
        #[serde(flatten)]
        times: Times = times(),
    }

    /// Makes transfers of customers go wrong.
    ArmTransferFault "transfer-faults" {
        /// The fault.
        #[serde(flatten, serialize_with = "named")]
        fault: TransferFault = fault(TransferFault::read, TransferFault::Lost),
        /// How many transfers it strikes, and how many it spares first.
        #[serde(flatten)]
        times: Times = times(),
    }

    /// Delivers a webhook of the delivery log again.
    Redeliver "deliveries/{delivery}/redeliver" {
        /// The number in the delivery log.
        #[serde(skip)]
        delivery: u64 = number("a delivery"),
    }

    ;
    /// Makes every token issued so far invalid.
    ExpireTokens POST "tokens/expire"
    ;
    /// Disarms every fault.
    ClearFaults DELETE "faults"
    ;
    /// Adds an integration, which shares no records with the others.
    AddIntegration POST "integrations"
    ;
    /// Drops everything but the first integration's credentials, as after a start.
    Reset POST "reset"
}

/// A control call: method, path below `/_sandbox`, and body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlCall {
    /// `POST`, or `DELETE` to disarm faults.
    pub method: Method,
    /// The path, without a slash at the beginning.
    pub path: String,
    /// A JSON object, or the text of a scenario.
    pub body: Vec<u8>,
}

impl Command {
    /// The control call that executes this command in another process.
    pub fn encode(&self) -> ControlCall {
        let (method, path) = self.place();
        let body = match self {
            Self::Restage(scenario) => scenario.source.to_string(),
            // A command without fields is written as `null`.
            _ => serde_json::to_string(self)
                .ok()
                .filter(|json| json != "null")
                .unwrap_or_else(|| "{}".to_owned()),
        };
        ControlCall {
            method,
            path,
            body: body.into_bytes(),
        }
    }
}

/// The result of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Outcome {
    /// [`Command::CreditBank`]: the transaction's id.
    Credited {
        /// The transaction's id.
        transaction_id: String,
    },
    /// [`Command::AddIntegration`]: its credentials.
    Added {
        /// The API key.
        api_key: String,
        /// The API secret.
        api_secret: String,
    },
    /// [`Command::AdvanceClock`]: the state afterwards.
    Advanced(State),
    /// Every other command.
    Done {
        /// Always `true`.
        done: bool,
    },
}

/// Writes a fault as its name and detail.
fn named<S: Serializer, F: NamedFault>(fault: &F, serializer: S) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_map(None)?;
    fields.serialize_entry("fault", fault.name())?;
    if let Some(detail) = fault.detail() {
        fields.serialize_entry("detail", &detail)?;
    }
    fields.end()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Command;
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
                payment_id: payment,
                transaction_id: "t".to_owned(),
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
