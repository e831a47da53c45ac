//! The control calls, typed.

use cryptopocket_types::Decimal;

use super::judging::{misattributed, transfers};
use super::upcoming::{armed_faults, timers};
use super::{ArmedFault, BankCredit, ControlError, DeliveryRecord, Misattribution, Timer, Transfer, steps};
use crate::catalogue::{EVENT_TYPES, PAYMENT_TYPES};
use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::near::use_one_of;
use crate::routes::ROUTES;
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;
use crate::world::{Outage, World};

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
        Ok(self.change(|world| world.set_kyc(user, status))?)
    }

    /// Bans the customer, or lets them back in.
    pub fn ban(&self, user: u64, banned: bool) -> Result<(), ControlError> {
        self.change(|world| {
            let who = world.owner_of_customer(user)?;
            world
                .customer_mut(who, user)
                .ok_or(ControlError::NotFound("customer"))?
                .banned = banned;
            Ok(())
        })
    }

    /// The customer pays at the gateway. A guided payment without a wallet gets one made up.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is `started`, and for transfers, which are paid into the bank.
    pub fn pay(&self, payment: &str) -> Result<(), ControlError> {
        self.change(|world| steps::pay(world, payment, None, None))
    }

    /// The payment fails at the gateway, or the transfer is called off: `payment_rejected`, the word of an older gateway,
    /// for no failure status is documented.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is `started` or `pending_bank`.
    pub fn fail_payment(&self, payment: &str) -> Result<(), ControlError> {
        Ok(self.change(|world| world.fail_payment(payment))?)
    }

    /// Gives a payment any status at all, known to the documentation or not. No webhook is sent.
    pub fn set_payment_status(&self, payment: &str, status: &str) -> Result<(), ControlError> {
        Ok(self.change(|world| world.set_payment_status(payment, status))?)
    }

    /// The customer says that the transfer is under way: `pending_bank`.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is a transfer that is `started`.
    pub fn announce_transfer(&self, payment: &str) -> Result<(), ControlError> {
        self.change(|world| steps::announce_transfer(world, payment))
    }

    /// The customer sends the transfer that was asked for, and says so: `pending_bank`. The money arrives on the bank
    /// account in twenty minutes of virtual time; what [`Sandbox::fail_next_transfer`] asked for goes wrong with it.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the payment is a transfer that is `started` or `pending_bank`.
    pub fn pay_transfer(&self, payment: &str) -> Result<(), ControlError> {
        self.change(|world| steps::pay_transfer(world, payment))
    }

    /// Money arrives on a bank account of the first integration. Gives back the transaction's id.
    ///
    /// # Errors
    ///
    /// [`ControlError::Invalid`] for an amount of zero or with fractions of a cent, for an account that there is not, and
    /// for a payment it is [meant for](BankCredit::meant_for) that there is not or that could be one of several.
    pub fn credit_bank(&self, credit: BankCredit) -> Result<String, ControlError> {
        self.change(|world| steps::credit(world, 0, credit.0))
    }

    /// Coins arrive for an off-ramp: `amount` of them, in coin units, or all that are missing.
    ///
    /// # Errors
    ///
    /// [`ControlError::WrongState`] unless the off-ramp is `started`, [`ControlError::Invalid`] for an amount that is not
    /// above zero.
    pub fn deposit_crypto(&self, offramp: u64, amount: Option<Decimal>) -> Result<(), ControlError> {
        self.change(|world| steps::deposit(world, offramp, amount))
    }

    /// Gives an off-ramp any status at all, known to the documentation or not. No webhook is sent.
    pub fn set_offramp_status(&self, offramp: u64, status: &str) -> Result<(), ControlError> {
        Ok(self.change(|world| world.set_offramp_status(offramp, status))?)
    }

    /// Makes every token given out so far worthless.
    pub fn expire_tokens(&self) {
        self.change(World::expire_tokens);
    }

    /// Puts the first integration on the whitelist or takes it off; off it, every token is refused.
    pub fn whitelist(&self, listed: bool) {
        self.change(|world| world.integrations[0].whitelisted = listed);
    }

    /// Bars a payment method, such as `card`, for the first integration (`method_not_allowed`), or lets it back in.
    ///
    /// # Panics
    ///
    /// For a method that there is not: a test that misspells it would pass for the wrong reason.
    pub fn bar_method(&self, payment_type: &str, barred: bool) {
        expect_one_of("method of payment", payment_type, PAYMENT_TYPES);
        self.change(|world| world.bar_method(0, payment_type, barred));
    }

    /// Takes a part of the provider down for the first integration, or brings it up again.
    pub fn set_outage(&self, outage: Outage, down: bool) {
        self.change(|world| world.set_outage(0, outage, down));
    }

    /// Forgets everything but the first integration's credentials, as if the emulator had just been started.
    pub fn reset(&self) {
        self.change(World::reset);
    }

    /// Begins anew with another scenario, as if the emulator had just been started with it; only the first integration's
    /// credentials stay. What the scenario does not say of the seed, the speed, the clock's beginning and the life of
    /// tokens stays as it was.
    pub fn restage(&self, scenario: Scenario) {
        self.change(|world| world.restage(scenario.0));
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
        self.look(misattributed)
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
        self.look(transfers)
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
        self.look(timers)
    }

    /// Everything the emulator knows, as one JSON object: by kind a list of records, each with its name and value. It
    /// holds the secrets and the personal data of its own world.
    pub fn export(&self) -> String {
        self.look(World::export)
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
        let operations: Vec<&str> = ROUTES.iter().map(|route| route.operation).collect();
        expect_one_of("operation", operation, &operations);
        self.change(|world| world.faults.arm(operation, fault, Times::first(times)));
    }

    /// Lets the next webhook of type `event` (`*` is any) suffer `fault`.
    ///
    /// # Panics
    ///
    /// For an event that there is not.
    pub fn fail_next_webhook(&self, event: &str, fault: WebhookFault) {
        expect_one_of("event", event, EVENT_TYPES);
        self.change(|world| world.faults.arm_event(event, fault, Times::first(1)));
    }

    /// Lets the next transfer that a customer sends suffer `fault`.
    pub fn fail_next_transfer(&self, fault: TransferFault) {
        self.change(|world| world.faults.arm_transfer(fault, Times::first(1)));
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
        self.look(armed_faults)
    }

    /// Forgets every fault that has not struck yet.
    pub fn clear_faults(&self) {
        self.change(|world| world.faults.clear());
    }

    /// How many payments exist, over all integrations.
    pub fn payments_created(&self) -> usize {
        self.look(|world| world.integrations.iter().map(|one| one.payments.len()).sum())
    }

    /// How many off-ramps exist, over all integrations.
    pub fn offramps_created(&self) -> usize {
        self.look(|world| world.integrations.iter().map(|one| one.offramps.len()).sum())
    }

    /// How often `operation` was called, among the last thousand calls, whatever was answered.
    pub fn calls(&self, operation: &str) -> usize {
        self.look(|world| world.journal.count(operation))
    }

    /// The last calls and answers as a JSON array, oldest first, with secrets and files blotted out.
    pub fn journal(&self) -> String {
        self.look(|world| serde_json::to_string(&world.journal.since(0)).unwrap_or_default())
    }

    /// The delivery log, oldest first.
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.look(|world| world.post.iter().map(DeliveryRecord::from).collect())
    }

    /// Sends a webhook of the delivery log again.
    pub fn redeliver(&self, delivery: u64) -> Result<(), ControlError> {
        self.change(|world| steps::redeliver(world, delivery))
    }
}

fn expect_one_of(what: &str, word: &str, known: &[&str]) {
    assert!(
        word == "*" || known.contains(&word),
        "there is no {what} `{word}`; {}",
        use_one_of(word, known)
    );
}
