//! Queries as methods of [`Sandbox`] and of [`ControlClient`].

use cryptopocket_emulator::Engine;

use super::{
    ArmedFault, ControlClient, ControlError, ControlState, DeliveryRecord, Misattribution, Timer, Transfer,
};
use crate::sandbox::Sandbox;

/// What the emulator knows and the API does not tell.
impl Sandbox {
    /// The bank transactions that were reconciled with another payment than their payer meant.
    ///
    /// The emulator knows what was meant of transfers sent by [`Sandbox::pay_transfer`], however wrong they arrive, and
    /// of credits with [`BankCredit::meant_for`](crate::BankCredit::meant_for).
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

    /// Every credit whose payer's intention is known, by integration and account, oldest first.
    ///
    /// It shows what a matcher missed, as [`Sandbox::misattributed`] shows what it got wrong. A transfer that was sent
    /// and never arrived is no credit.
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

    /// The pending timers, in the order in which they fire.
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

    /// The armed faults that have strikes left: of calls, then of webhooks, then of transfers, the oldest of each first.
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

    /// The whole state as one JSON object: by kind a list of records, each with its name and value. It holds the
    /// secrets and the personal data of the emulated provider.
    pub fn export(&self) -> String {
        self.look(Engine::export)
    }

    /// How many payments exist, over all integrations.
    pub fn payments_created(&self) -> usize {
        self.look(|engine| engine.state().payments())
    }

    /// How many off-ramps exist, over all integrations.
    pub fn offramps_created(&self) -> usize {
        self.look(|engine| engine.state().offramps())
    }

    /// How often `operation` was called, among the last thousand calls, whatever the answer.
    pub fn calls(&self, operation: &str) -> usize {
        self.look(|engine| engine.call_log().count(operation))
    }

    /// The last thousand calls and their answers as a JSON array, oldest first, with secrets and files redacted.
    pub fn journal(&self) -> String {
        self.look(|engine| serde_json::to_string(&engine.call_log().since(0)).unwrap_or_default())
    }

    /// The delivery log, oldest first.
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.look(|engine| engine.deliveries().map(DeliveryRecord::from).collect())
    }
}

impl ControlClient {
    /// The state, in numbers.
    pub async fn state(&self) -> Result<ControlState, ControlError> {
        self.query("state").await
    }

    /// See [`Sandbox::misattributed`](crate::Sandbox::misattributed).
    pub async fn misattributed(&self) -> Result<Vec<Misattribution>, ControlError> {
        self.query("misattributed").await
    }

    /// See [`Sandbox::transfers`](crate::Sandbox::transfers).
    pub async fn transfers(&self) -> Result<Vec<Transfer>, ControlError> {
        self.query("transfers").await
    }

    /// See [`Sandbox::timers`](crate::Sandbox::timers).
    pub async fn timers(&self) -> Result<Vec<Timer>, ControlError> {
        self.query("timers").await
    }

    /// See [`Sandbox::armed_faults`](crate::Sandbox::armed_faults).
    pub async fn armed_faults(&self) -> Result<Vec<ArmedFault>, ControlError> {
        self.query("faults").await
    }

    /// See [`Sandbox::journal`](crate::Sandbox::journal).
    pub async fn journal(&self) -> Result<String, ControlError> {
        self.text("journal").await
    }

    /// See [`Sandbox::export`](crate::Sandbox::export).
    pub async fn export(&self) -> Result<String, ControlError> {
        self.text("export").await
    }
}
