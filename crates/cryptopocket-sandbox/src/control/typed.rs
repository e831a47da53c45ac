//! The control calls as methods of [`Sandbox`].

use cryptopocket_emulator::{
    Command, Delivery, Engine, Fault, Outage, Outcome, Times, TransferFault, WebhookFault,
};
use cryptopocket_types::Decimal;

use super::{ArmedFault, BankCredit, ControlError, Misattribution, Timer, Transfer};
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;

/// Making things happen that a customer, a bank, a chain or bad luck would.
///
/// Users and off-ramps are named by their number, payments by their 25 characters, whichever integration they belong
/// to. All of these fail with [`ControlError::NotFound`] for an id the emulator does not know.
impl Sandbox {
    /// The customer's verification succeeds: `valid`.
    pub fn approve_kyc(&self, user: u64) -> Result<(), ControlError> {
        self.set_kyc(user, "valid")
    }

    /// The customer's verification fails: `fail`.
    pub fn reject_kyc(&self, user: u64) -> Result<(), ControlError> {
        self.set_kyc(user, "fail")
    }

    /// Sets the customer's verification to any status at all, known to the documentation or not.
    pub fn set_kyc(&self, user: u64, status: &str) -> Result<(), ControlError> {
        let status = status.to_owned();
        self.done(Command::SetKyc { user, status })
    }

    /// Bans the customer, or lets them back in.
    pub fn ban(&self, user: u64, banned: bool) -> Result<(), ControlError> {
        self.done(Command::Ban { user, banned })
    }

    /// The customer pays at the gateway. A guided payment without a wallet gets one made up.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is `started`, and for transfers, which are paid into the bank.
    pub fn pay(&self, payment: &str) -> Result<(), ControlError> {
        self.done(Command::Pay {
            payment: payment.to_owned(),
            holder: None,
            wallet: None,
        })
    }

    /// The payment fails at the gateway, or the transfer is called off: `payment_rejected`, the word of an older gateway,
    /// for no failure status is documented.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is `started` or `pending_bank`.
    pub fn fail_payment(&self, payment: &str) -> Result<(), ControlError> {
        let payment = payment.to_owned();
        self.done(Command::FailPayment { payment })
    }

    /// Gives a payment any status at all, known to the documentation or not. No webhook is sent.
    pub fn set_payment_status(&self, payment: &str, status: &str) -> Result<(), ControlError> {
        let (payment, status) = (payment.to_owned(), status.to_owned());
        self.done(Command::SetPaymentStatus { payment, status })
    }

    /// The customer says that the transfer is under way: `pending_bank`.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is a transfer that is `started`.
    pub fn announce_transfer(&self, payment: &str) -> Result<(), ControlError> {
        let payment = payment.to_owned();
        self.done(Command::AnnounceTransfer { payment })
    }

    /// The customer sends the transfer that was asked for, and says so: `pending_bank`. The money arrives on the bank
    /// account in twenty minutes of virtual time; what [`Sandbox::fail_next_transfer`] asked for goes wrong with it.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is a transfer that is `started` or `pending_bank`.
    pub fn pay_transfer(&self, payment: &str) -> Result<(), ControlError> {
        let payment = payment.to_owned();
        self.done(Command::PayTransfer { payment })
    }

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

    /// Coins arrive for an off-ramp: `amount` of them, in coin units, or all that are missing.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the off-ramp is `started`, [`ControlError::Invalid`] for an amount that is not
    /// above zero.
    pub fn deposit_crypto(&self, offramp: u64, amount: Option<Decimal>) -> Result<(), ControlError> {
        self.done(Command::Deposit { offramp, amount })
    }

    /// Gives an off-ramp any status at all, known to the documentation or not. No webhook is sent.
    pub fn set_offramp_status(&self, offramp: u64, status: &str) -> Result<(), ControlError> {
        let status = status.to_owned();
        self.done(Command::SetOfframpStatus { offramp, status })
    }

    /// Makes every token given out so far worthless.
    pub fn expire_tokens(&self) {
        self.must(Command::ExpireTokens);
    }

    /// Puts the first integration on the whitelist or takes it off; off it, every token is refused.
    pub fn whitelist(&self, listed: bool) {
        let api_key = None;
        self.must(Command::SetWhitelisted { listed, api_key });
    }

    /// Bars a payment method, such as `card`, for the first integration (`method_not_allowed`), or lets it back in.
    ///
    /// # Panics
    ///
    /// For a method that there is not: a test that misspells it would pass for the wrong reason.
    pub fn bar_method(&self, payment_type: &str, barred: bool) {
        self.must(Command::BarMethod {
            payment_type: payment_type.to_owned(),
            barred,
            api_key: None,
        });
    }

    /// Takes a part of the provider down for the first integration, or brings it up again.
    pub fn set_outage(&self, outage: Outage, down: bool) {
        self.must(Command::SetOutage {
            part: outage,
            down,
            api_key: None,
        });
    }

    /// Forgets everything but the first integration's credentials, as if the emulator had just been started.
    pub fn reset(&self) {
        self.must(Command::Reset);
    }

    /// Begins anew with another scenario, as if the emulator had just been started with it; only the first integration's
    /// credentials stay. What the scenario does not say of the seed, the speed, the clock's beginning and the life of
    /// tokens stays as it was.
    pub fn restage(&self, scenario: Scenario) {
        self.must(Command::Restage(Box::new(scenario.0)));
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

    /// Lets the next call of `operation` (see [`ROUTES`](crate::ROUTES); `*` is any) suffer `fault`.
    ///
    /// # Panics
    ///
    /// For an operation that there is not: a fault that never strikes would let a test pass for the wrong reason.
    pub fn fail_next(&self, operation: &str, fault: Fault) {
        self.fail_times(operation, fault, 1);
    }

    /// Lets the next `times` calls of `operation` suffer `fault`.
    ///
    /// # Panics
    ///
    /// As [`Sandbox::fail_next`].
    pub fn fail_times(&self, operation: &str, fault: Fault, times: u32) {
        self.must(Command::ArmFault {
            operation: operation.to_owned(),
            fault,
            times: Times::first(times),
        });
    }

    /// Lets the next webhook of type `event` (`*` is any) suffer `fault`.
    ///
    /// # Panics
    ///
    /// For an event that there is not.
    pub fn fail_next_webhook(&self, event: &str, fault: WebhookFault) {
        self.must(Command::ArmWebhookFault {
            event: event.to_owned(),
            fault,
            times: Times::first(1),
        });
    }

    /// Lets the next transfer that a customer sends suffer `fault`.
    pub fn fail_next_transfer(&self, fault: TransferFault) {
        let times = Times::first(1);
        self.must(Command::ArmTransferFault { fault, times });
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

    /// Forgets every fault that has not struck yet.
    pub fn clear_faults(&self) {
        self.must(Command::ClearFaults);
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

    /// Sends a webhook of the delivery log again.
    pub fn redeliver(&self, delivery: u64) -> Result<(), ControlError> {
        self.done(Command::Redeliver { delivery })
    }

    /// Carries out a command.
    ///
    /// # Errors
    ///
    /// [`ControlError`], and nothing has changed.
    pub fn execute(&self, command: Command) -> Result<Outcome, ControlError> {
        Ok(self.change(|engine| engine.execute(command))?)
    }

    fn done(&self, command: Command) -> Result<(), ControlError> {
        self.execute(command).map(drop)
    }

    /// For commands that fail only for a misspelt word: a test that misspells it would pass for the wrong reason.
    fn must(&self, command: Command) {
        if let Err(error) = self.execute(command) {
            panic!("{error}");
        }
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
