//! Commands: everything that can be made to happen to the emulated provider from outside its API.
//!
//! One table defines every command: its variant and fields, its path and JSON form in the control plane, its effect.

use std::time::Duration;

use cryptopocket_types::Decimal;
use http::Method;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::catalogue::{EVENT_TYPES, GUIDED_TYPES, Outage, PAYMENT_TYPES, find_method};
use crate::engine::Engine;
use crate::error::{CommandError, known};
use crate::faults::{Fault, Faults, NamedFault, Times, TransferFault, WebhookFault};
use crate::fields::Fields;
use crate::input;
use crate::integration::{Integration, set_member};
use crate::queries::State;
use crate::records::{BankCredit, Reinforcement};
use crate::request::capture;
use crate::routes::operations;
use crate::scenario::Scenario;
use crate::store::json;
use crate::timers::Due;

/// A century, in seconds: the longest time by which a command moves the clock.
pub(crate) const LONGEST_ADVANCE: u64 = 3_155_760_000;

/// Defines the commands: those with an id or fields, sent by POST; after `---` those without, each with its HTTP method.
///
/// An id in the path is declared in parentheses. What follows the `=` of a field is the method of [`Fields`] that reads it.
/// The effect follows `=>`.
macro_rules! commands {
    (|$engine:ident|
        $($(#[$doc:meta])* $name:ident $path:literal $(($id:ident: $id_type:ty, $what:literal))? {
            $($(#[$field_meta:meta])* $field:ident: $type:ty = $read:ident($($argument:expr),*),)*
        } => $effect:expr;)*
        ---
        $($(#[$unit_doc:meta])* $unit:ident $method:ident $unit_path:literal => $unit_effect:expr;)*
    ) => {
        /// An action of a customer, a bank, a chain, a reviewer or the network.
        ///
        /// Customers and off-ramps are named by their numbers and payments by their ids, in any integration. An `api_key`
        /// names an integration; the default is the first.
        #[derive(Clone, Debug, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "a field without a text is what its name says")]
        pub enum Command {
            $($(#[$doc])* $name {
                $(#[doc = concat!("The id of ", $what, ".")] #[serde(skip)] $id: $id_type,)?
                $($(#[$field_meta])* $field: $type,)*
            },)*
            $($(#[$unit_doc])* $unit,)*
            /// Starts over with another scenario. Settings it does not name stay as they were.
            #[serde(skip)]
            Restage(Box<Scenario>),
        }

        impl Command {
            /// The method and the path of every command; an id in a path is in braces.
            pub const PATHS: &[(&str, &str)] =
                &[$(("POST", $path),)* $((stringify!($method), $unit_path),)* ("POST", "scenario")];

            /// Reads the command with this path. It counts only if no error of a field is recorded in the input.
            #[allow(unused_variables, reason = "not every path has an id")]
            pub(crate) fn read(method: &Method, path: &[&str], input: &mut Fields<'_>) -> Result<Self, CommandError> {
                $(if let Some(id) = capture($path, path).filter(|_| method == Method::POST) {
                    return Ok(Self::$name {
                        $($id: input::id($what, id)?,)?
                        $($field: input.$read($($argument),*),)*
                    });
                })*
                $(if method == Method::$method && capture($unit_path, path).is_some() {
                    return Ok(Self::$unit);
                })*
                Err(CommandError::NotFound("command"))
            }

            #[allow(unused_variables, reason = "the fields that are no ids in the path")]
            fn place(&self) -> (Method, String) {
                match self {
                    $(Self::$name { $($id,)? $($field),* } => (Method::POST, format!($path)),)*
                    $(Self::$unit => (Method::$method, $unit_path.to_owned()),)*
                    Self::Restage(_) => (Method::POST, "scenario".to_owned()),
                }
            }

            #[allow(clippy::unit_arg, reason = "most effects have no value")]
            fn execute(self, $engine: &mut Engine) -> Result<Outcome, CommandError> {
                match self {
                    $(Self::$name { $($id,)? $($field),* } => Ok(Outcome::from($effect)),)*
                    $(Self::$unit => Ok(Outcome::from($unit_effect)),)*
                    Self::Restage(scenario) => Ok(Outcome::from($engine.restage(*scenario))),
                }
            }
        }
    };
}

commands! { |engine|
    /// Moves the virtual clock forward. Timers that become due fire in their order.
    AdvanceClock "clock/advance" {
        /// At most a century.
        seconds: u64 = required_count("seconds", 0..=LONGEST_ADVANCE),
    } => {
        engine.advance(Duration::from_secs(seconds.min(LONGEST_ADVANCE)));
        Outcome::Advanced(engine.state())
    };

    /// Sets a customer's verification to any status, documented or not.
    SetKyc "customers/{user}/kyc" (user: u64, "a customer") {
        /// `unused`, `processing`, `valid`, `fail`, or any other word.
        status: String = required_text("status", 64),
    } => engine.of_customer(user)?.set_kyc(user, &status)?;

    /// Bans a customer, or lifts the ban: new payments, guided payments and off-ramps answer `user_banned`.
    Ban "customers/{user}/ban" (user: u64, "a customer") {
        banned: bool = flag("banned"),
    } => engine.of_customer(user)?.own.customer_mut(user)?.banned = banned;

    /// The customer submits the verification. The review decides two minutes later.
    SubmitVerification "customers/{user}/verification" (user: u64, "a customer") {
        reject: bool = optional_flag("reject"),
    } => engine.of_customer(user)?.begin_review(user, reject)?;

    /// The customer submits the declaration of the enhanced verification.
    SubmitDeclaration "customers/{user}/declaration" (user: u64, "a customer") {}
        => engine.of_customer(user)?.own.customer_mut(user)?.reinforcement = Reinforcement::Done;

    /// The customer chooses how to pay a guided payment, and where the coins go.
    ChooseMethod "payments/{payment}/method" (payment: String, "a payment") {
        /// The method in the spelling of payments, such as `card`.
        payment_type: String = required_text("payment_type", 255),
        /// The wallet. Default: a generated one.
        wallet: Option<String> = text("wallet", 128),
    } => {
        known("payment_type", "payment method", &payment_type, GUIDED_TYPES)?;
        let method = find_method(&payment_type).ok_or(CommandError::NotFound("payment method"))?;
        engine.of_payment(&payment)?.choose_method(&payment, method, wallet.as_deref())?;
    };

    /// The customer pays at the gateway. Transfers are paid with [`Command::PayTransfer`].
    Pay "payments/{payment}/pay" (payment: String, "a payment") {
        /// The name of the holder of the account or card. Default: the customer's.
        holder: Option<String> = text("holder", 255),
        /// The wallet of a guided payment that has none yet. Default: a generated one.
        wallet: Option<String> = text("wallet", 128),
    } => engine.of_payment(&payment)?.pay(&payment, holder.as_deref(), wallet.as_deref())?;

    /// The payment fails at the gateway, or the transfer is cancelled: `payment_rejected`.
    FailPayment "payments/{payment}/fail" (payment: String, "a payment") {} => engine.of_payment(&payment)?.fail_payment(&payment)?;

    /// The customer says that the transfer is under way: `pending_bank`.
    AnnounceTransfer "payments/{payment}/announce" (payment: String, "a payment") {} => engine.of_payment(&payment)?.announce_transfer(&payment)?;

    /// The customer announces and sends the transfer; it arrives in twenty minutes of virtual time, with armed faults.
    PayTransfer "payments/{payment}/transfer" (payment: String, "a payment") {} => engine.of_payment(&payment)?.pay_transfer(&payment)?;

    /// Sends the coins of a payment that is `payment_received` without waiting.
    SendCoins "payments/{payment}/coins" (payment: String, "a payment") {} => engine.of_payment(&payment)?.send_coins(&payment);

    /// Sets a payment to any status, documented or not, without a webhook.
    SetPaymentStatus "payments/{payment}/status" (payment: String, "a payment") {
        status: String = required_text("status", 64),
    } => engine.of_payment(&payment)?.set_payment_status(&payment, &status)?;

    /// Coins arrive for an off-ramp.
    Deposit "offramps/{offramp}/deposit" (offramp: u64, "an off-ramp") {
        /// In coin units. Default: all that are missing.
        amount: Option<Decimal> = signed("amount"),
    } => engine.of_offramp(offramp)?.deposit(offramp, amount)?;

    /// Pays out an off-ramp that is `crypto_received` without waiting.
    PayOut "offramps/{offramp}/payout" (offramp: u64, "an off-ramp") {} => engine.of_offramp(offramp)?.pay_out(offramp);

    /// Sets an off-ramp to any status, documented or not, without a webhook.
    SetOfframpStatus "offramps/{offramp}/status" (offramp: u64, "an off-ramp") {
        status: String = required_text("status", 64),
    } => engine.of_offramp(offramp)?.set_offramp_status(offramp, &status)?;

    /// Money arrives on a bank account.
    CreditBank "bank/credits" {
        #[serde(flatten)]
        credit: BankCredit = credit(),
        api_key: Option<String> = text("api_key", 255),
    } => Outcome::Credited { transaction_id: engine.of_key(api_key.as_deref())?.credit(credit)? };

    /// Reconciles a credit with a payment, as `reconcile_payment` does.
    Reconcile "bank/reconcile" {
        /// The payment's id, or an external id that only one payment has.
        payment_id: String = trimmed_text("payment_id"),
        transaction_id: String = trimmed_text("transaction_id"),
        api_key: Option<String> = text("api_key", 255),
    } => engine.of_key(api_key.as_deref())?.reconcile_named(&payment_id, &transaction_id)?;

    /// Puts an integration on the whitelist or takes it off. Off it, every token is refused.
    SetWhitelisted "whitelist" {
        listed: bool = flag("listed"),
        api_key: Option<String> = text("api_key", 255),
    } => engine.of_key(api_key.as_deref())?.own.whitelisted = listed;

    /// Bars a payment method (`method_not_allowed`), or allows it again.
    BarMethod "methods" {
        /// The method in the spelling of payments, such as `card`.
        payment_type: String = required_text("payment_type", 255),
        barred: bool = flag("barred"),
        api_key: Option<String> = text("api_key", 255),
    } => {
        known("payment_type", "payment method", &payment_type, PAYMENT_TYPES)?;
        set_member(&mut engine.of_key(api_key.as_deref())?.own.barred_methods, payment_type, barred);
    };

    /// Takes a part of the provider down, or brings it up again.
    SetOutage "outages" {
        part: Outage = outage("part"),
        down: bool = flag("down"),
        api_key: Option<String> = text("api_key", 255),
    } => set_member(&mut engine.of_key(api_key.as_deref())?.own.outages, part, down);

    /// Makes calls fail.
    ArmFault "faults" {
        /// The operation, such as `create_payment`; `*` for any.
        operation: String = target("operation"),
        #[serde(flatten, serialize_with = "named")]
        fault: Fault = fault(Fault::read, Fault::Html),
        /// How many calls it strikes, and how many it spares first.
        #[serde(flatten)]
        times: Times = times(),
    } => {
        known("operation", "operation", &operation, &operations())?;
        engine.provider.faults.calls.arm(&operation, fault, times);
    };

    /// Makes webhooks fail.
    ArmWebhookFault "webhook-faults" {
        /// The event type, such as `PAY_IN`; `*` for any.
        event: String = target("event"),
        #[serde(flatten, serialize_with = "named")]
        fault: WebhookFault = fault(WebhookFault::read, WebhookFault::Lost),
        /// How many webhooks it strikes, and how many it spares first.
        #[serde(flatten)]
        times: Times = times(),
    } => {
        known("event", "event", &event, &[EVENT_TYPES, &["*"]].concat())?;
        engine.provider.faults.events.arm(&event, fault, times);
    };

    /// Makes transfers of customers go wrong.
    ArmTransferFault "transfer-faults" {
        #[serde(flatten, serialize_with = "named")]
        fault: TransferFault = fault(TransferFault::read, TransferFault::Lost),
        /// How many transfers it strikes, and how many it spares first.
        #[serde(flatten)]
        times: Times = times(),
    } => engine.provider.faults.transfers.arm("transfer", fault, times);

    /// Delivers a webhook of the delivery log again.
    Redeliver "deliveries/{delivery}/redeliver" (delivery: u64, "a delivery") {} => engine.redeliver(delivery)?;

    ---
    /// Makes every token issued so far invalid.
    ExpireTokens POST "tokens/expire" => engine.integrations.iter_mut().for_each(|one| one.tokens.retain(|_| false));

    /// Disarms every fault.
    ClearFaults DELETE "faults" => engine.provider.faults = Faults::default();

    /// Adds an integration, which shares no records with the others.
    AddIntegration POST "integrations" => {
        let index = engine.add_integration(None, None);
        let Integration { key, secret, .. } = &engine.integrations[index];
        Outcome::Added { api_key: key.clone(), api_secret: secret.clone() }
    };

    /// Drops everything but the first integration's credentials, as after a start.
    Reset POST "reset" => engine.reset();
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

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Done { done: true }
    }
}

impl Command {
    /// The control call that executes this command in another process: its method, its path below `/_sandbox/`, and its
    /// body, a JSON object or the text of a scenario.
    pub fn encode(&self) -> (Method, String, String) {
        let (method, path) = self.place();
        let body = match self {
            Self::Restage(scenario) => scenario.source().to_owned(),
            // A command without fields is written as `null`.
            _ => Some(json(self))
                .filter(|body| body != "null")
                .unwrap_or_else(|| "{}".to_owned()),
        };
        (method, path, body)
    }
}

impl Engine {
    /// Executes a command, and fires the timers that are due after it.
    ///
    /// # Errors
    ///
    /// [`CommandError`], and nothing has changed.
    pub fn execute(&mut self, command: Command) -> Result<Outcome, CommandError> {
        let outcome = command.execute(self)?;
        self.settle();
        Ok(outcome)
    }

    fn redeliver(&mut self, delivery: u64) -> Result<(), CommandError> {
        let provider = &mut self.provider;
        let found = provider.webhooks.deliveries.get(&delivery);
        found.ok_or(CommandError::NotFound("delivery"))?;
        // An attempt that waits for its time would send it once more.
        let is_own = |due: &Due| matches!(due, Due::Attempt(id) | Due::NotOvertaken(id) if *id == delivery);
        provider.timers.cancel(is_own);
        provider.webhooks.held_back.retain(|held| *held != delivery);
        provider.timers.set(provider.clock.now(), Due::Attempt(delivery));
        Ok(())
    }
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
mod tests;
