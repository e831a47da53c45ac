//! The control calls as methods of [`Sandbox`].

use cryptopocket_emulator::{
    Command, Delivery, Engine, Fault, Outage, Outcome, Times, TransferFault, WebhookFault,
};
use cryptopocket_types::Decimal;

use super::methods::command_methods;
use super::{ArmedFault, BankCredit, ControlError, Misattribution, Timer, Transfer};
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) => $command:expr;)*
     -- $($(#[$word_doc:meta])* $word_name:ident($($word:ident: $word_kind:ty),*) => $word_command:expr;)*) => {
        /// Lets a customer, a bank, a chain, a reviewer or bad luck act.
        ///
        /// Customers and off-ramps are named by their number, payments by their id, whichever integration they belong to.
        /// Methods fail with [`ControlError::NotFound`] for an unknown id.
        impl Sandbox {
            $($(#[$doc])* pub fn $name(&self $(, $argument: $kind)*) -> Result<(), ControlError> {
                self.execute($command).map(drop)
            })*

            $($(#[$word_doc])*
            ///
            /// # Panics
            ///
            /// For a word that does not exist: a test that misspells it would pass for the wrong reason.
            pub fn $word_name(&self $(, $word: $word_kind)*) {
                if let Err(error) = self.execute($word_command) {
                    panic!("{error}");
                }
            })*
        }
    };
}

command_methods!(methods);

impl Sandbox {
    /// Money arrives on a bank account of the first integration. Gives back the transaction's id.
    ///
    /// # Errors
    ///
    /// [`ControlError::Invalid`] for an amount of zero or with fractions of a cent, for an account that there is not, and
    /// for a payment it is [meant for](BankCredit::meant_for) that there is not or that could be one of several.
    pub fn credit_bank(&self, credit: BankCredit) -> Result<String, ControlError> {
        let api_key = None;
        match self.execute(Command::CreditBank { credit, api_key })? {
            Outcome::Credited { transaction_id } => Ok(transaction_id),
            other => unreachable!("a credit gives {other:?}"),
        }
    }

    /// The bank transactions that were reconciled with another payment than their payer meant: money of one customer
    /// that was taken for another's. The emulator knows what was meant of transfers that
    /// [`Sandbox::pay_transfer`] sent, however wrong they arrived, and of credits that [`BankCredit::meant_for`] says it of.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = cryptopocket_sandbox::Sandbox::builder().start().await?;
    /// // After a matcher has reconciled all it could:
    /// assert!(sandbox.misattributed().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn misattributed(&self) -> Vec<Misattribution> {
        self.look(Engine::misattributed)
    }

    /// The truth about every credit whose payer's intention is known, integration by integration and account by account,
    /// oldest first: what a matcher is scored by for what it missed, as [`Sandbox::misattributed`] scores it for what it
    /// got wrong. A transfer that was sent and never arrived is no credit, and not among them.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use cryptopocket_sandbox::{BankCredit, Sandbox, Scenario};
    /// # let scenario: Scenario = "
    /// # customers: [{name: Ana, email: ana@example.com, kyc: valid}]
    /// # payments: [{customer: ana@example.com, amount: 240, external_id: order-1}]
    /// # ".parse()?;
    /// # let sandbox = Sandbox::builder().scenario(scenario).start().await?;
    /// sandbox.credit_bank(BankCredit::new("240.00".parse()?).meant_for("order-1"))?;
    /// // Before a matcher has reconciled anything, it has missed all that it could have found:
    /// let transfers = sandbox.transfers();
    /// let missed = transfers
    ///     .iter()
    ///     .filter(|one| one.amount == one.expected_amount && one.reconciled_with.is_none());
    /// assert_eq!(missed.count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn transfers(&self) -> Vec<Transfer> {
        self.look(Engine::transfers)
    }

    /// What happens by itself when its time comes, in that order.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use cryptopocket_sandbox::{Sandbox, Scenario};
    /// # let scenario: Scenario = "
    /// # speed: manual
    /// # customers: [{name: Ana, email: ana@example.com, kyc: valid}]
    /// # payments: [{customer: ana@example.com, amount: 60, method: card, id: abcdefghijklmnopqrstuvwx1}]
    /// # ".parse()?;
    /// # let sandbox = Sandbox::builder().scenario(scenario).start().await?;
    /// # let payment = "abcdefghijklmnopqrstuvwx1";
    /// sandbox.pay(payment)?;
    /// let timers = sandbox.timers();
    /// assert_eq!((timers[0].what.as_str(), timers[0].payment_id.as_deref()), ("coins", Some(payment)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn timers(&self) -> Vec<Timer> {
        self.look(Engine::timers)
    }

    /// Everything the emulator knows, as one JSON object: by kind a list of records, each with its name and value. It
    /// holds the secrets and the personal data of its own world.
    pub fn export(&self) -> String {
        self.look(Engine::export)
    }

    /// The faults that have not struck as often yet as they were to: of calls, then of webhooks, then of transfers, the
    /// oldest of each first.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use cryptopocket_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::builder().start().await?;
    /// sandbox.fail_times("create_payment", Fault::ErrorAfter(503), 2);
    /// // After the code under test has met every fault, none is left. Here it has met none:
    /// let armed = sandbox.armed_faults();
    /// assert_eq!((armed[0].what.as_str(), armed[0].on.as_str(), armed[0].left), ("error_after", "create_payment", 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn armed_faults(&self) -> Vec<ArmedFault> {
        self.look(Engine::armed_faults)
    }

    /// How many payments exist, over all integrations.
    pub fn payments_created(&self) -> usize {
        self.look(|engine| engine.state().payments())
    }

    /// How many off-ramps exist, over all integrations.
    pub fn offramps_created(&self) -> usize {
        self.look(|engine| engine.state().offramps())
    }

    /// How often `operation` was called, among the last thousand calls, whatever was answered.
    pub fn calls(&self, operation: &str) -> usize {
        self.look(|engine| engine.call_log().count(operation))
    }

    /// The last calls and answers as a JSON array, oldest first, with secrets and files blotted out.
    pub fn journal(&self) -> String {
        self.look(|engine| serde_json::to_string(&engine.call_log().since(0)).unwrap_or_default())
    }

    /// The delivery log, oldest first.
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.look(|engine| engine.deliveries().map(DeliveryRecord::from).collect())
    }

    /// Carries out a command.
    ///
    /// # Errors
    ///
    /// [`ControlError`], and nothing has changed.
    pub fn execute(&self, command: Command) -> Result<Outcome, ControlError> {
        Ok(self.change(|engine| engine.execute(command))?)
    }
}

/// A webhook in the delivery log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// Its number in the log.
    pub id: u64,
    /// The event type, such as `PAY_IN`.
    pub event: String,
    /// The id of the payment or off-ramp that the event is about.
    pub subject: String,
    /// Where it goes.
    pub url: String,
    /// The body that was signed.
    pub body: Vec<u8>,
    /// `waiting`, `ready`, `in_flight`, `delivered`, `given_up` or `lost`.
    pub state: &'static str,
    /// The result of each attempt: an HTTP status, or why there was none.
    pub attempts: Vec<Result<u16, String>>,
}

impl From<&Delivery> for DeliveryRecord {
    fn from(delivery: &Delivery) -> Self {
        let attempts = delivery.attempts.iter();
        Self {
            id: delivery.id,
            event: delivery.event.to_owned(),
            subject: delivery.subject.clone(),
            url: delivery.url.clone(),
            body: delivery.body.to_vec(),
            state: delivery.state.name(),
            attempts: attempts.map(|attempt| attempt.result.clone()).collect(),
        }
    }
}
