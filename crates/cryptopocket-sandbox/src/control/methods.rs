//! Commands and queries as methods. One table of each writes them for [`Sandbox`] and for [`ControlClient`].

use std::convert::identity;

use cryptopocket_emulator::{
    ArmedFault, BankCredit, Command, Delivery, Engine, Fault, Outage, Outcome, Scenario,
    State as ControlState, Timer, Times, Transfer, TransferFault, WebhookFault,
};
use cryptopocket_types::Decimal;

use super::{ControlClient, ControlError, unreadable};
use crate::sandbox::Sandbox;

/// Writes a blocking method of [`Sandbox`] that ends with `$finish`, and the same as an async one of [`ControlClient`].
/// The command owns its arguments.
macro_rules! commands {
    ($(#[$table:meta])* $finish:ident => $output:ty, $read:ident => $answer:ty {
        $($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) => $command:expr;)*
    }) => {
        $(#[$table])*
        impl Sandbox {
            $($(#[$doc])* pub fn $name(&self, $($argument: $type),*) -> $output {
                $(let $argument = $argument.to_owned();)*
                $finish(self.execute($command).and_then($read))
            })*
        }

        impl ControlClient {
            $(
                #[doc = concat!("See [`Sandbox::", stringify!($name), "`](crate::Sandbox::", stringify!($name), ").")]
                pub async fn $name(&self, $($argument: $type),*) -> Result<$answer, ControlError> {
                    $(let $argument = $argument.to_owned();)*
                    self.execute(&$command).await.and_then($read)
                }
            )*
        }
    };
}

/// For commands that fail only for a misspelt word. A test that misspells it would pass for the wrong reason.
fn certain<T>(result: Result<T, ControlError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

#[allow(clippy::unnecessary_wraps, reason = "the other readers can fail")]
fn done(_: Outcome) -> Result<(), ControlError> {
    Ok(())
}

fn transaction(outcome: Outcome) -> Result<String, ControlError> {
    match outcome {
        Outcome::Credited { transaction_id } => Ok(transaction_id),
        other => Err(unreadable(&format!("{other:?}"))),
    }
}

fn credentials(outcome: Outcome) -> Result<(String, String), ControlError> {
    match outcome {
        Outcome::Added { api_key, api_secret } => Ok((api_key, api_secret)),
        other => Err(unreadable(&format!("{other:?}"))),
    }
}

commands! {
    /// Commands: what a customer, a bank, a chain, a reviewer or bad luck does; each is a [`Command`].
    ///
    /// Customers and off-ramps are named by their numbers, payments by their ids, in any integration. Each fails with
    /// [`ControlError::Refused`] if the id does not exist or the state does not allow the step.
    identity => Result<(), ControlError>, done => () {
        /// Approves the customer's verification: `valid`.
        approve_kyc(user: u64) => Command::SetKyc { user, status: "valid".to_owned() };

        /// Rejects the customer's verification: `fail`.
        reject_kyc(user: u64) => Command::SetKyc { user, status: "fail".to_owned() };

        /// Sets the customer's verification to any status, documented or not.
        set_kyc(user: u64, status: &str) => Command::SetKyc { user, status };

        /// Bans the customer, or lifts the ban.
        ban(user: u64, banned: bool) => Command::Ban { user, banned };

        /// The customer pays a `started` payment at the gateway; transfers are paid with [`Sandbox::pay_transfer`].
        pay(payment: &str) => Command::Pay { payment, holder: None, wallet: None };

        /// A `started` or `pending_bank` payment fails: `payment_rejected`, the word of an older gateway, because no
        /// failure status is documented.
        fail_payment(payment: &str) => Command::FailPayment { payment };

        /// Sets a payment to any status, documented or not. No webhook is sent.
        set_payment_status(payment: &str, status: &str) => Command::SetPaymentStatus { payment, status };

        /// The customer announces a `started` transfer: `pending_bank`.
        announce_transfer(payment: &str) => Command::AnnounceTransfer { payment };

        /// The customer announces and sends a transfer. The money arrives in twenty minutes of virtual time, with the
        /// faults armed by [`Sandbox::fail_next_transfer`].
        pay_transfer(payment: &str) => Command::PayTransfer { payment };

        /// Coins arrive for a `started` off-ramp: `amount` of them, in coin units, or all that are missing.
        deposit_crypto(offramp: u64, amount: Option<Decimal>) => Command::Deposit { offramp, amount };

        /// Sets an off-ramp to any status, documented or not. No webhook is sent.
        set_offramp_status(offramp: u64, status: &str) => Command::SetOfframpStatus { offramp, status };

        /// Sends a webhook of the delivery log again.
        redeliver(delivery: u64) => Command::Redeliver { delivery };
    }
}

commands! {
    certain => (), done => () {
        /// Makes every token issued so far invalid.
        expire_tokens() => Command::ExpireTokens;

        /// Puts the first integration on the whitelist or takes it off. Off it, every token is refused.
        whitelist(listed: bool) => Command::SetWhitelisted { listed, api_key: None };

        /// Bars a payment method, such as `card`, for the first integration, or lifts the bar. Panics for an unknown one.
        bar_method(payment_type: &str, barred: bool) => Command::BarMethod { payment_type, barred, api_key: None };

        /// Takes a part of the provider down for the first integration, or brings it up again.
        set_outage(part: Outage, down: bool) => Command::SetOutage { part, down, api_key: None };

        /// Makes the next call of `operation` (one of [`ROUTES`](crate::ROUTES); `*` for any) suffer `fault`. Panics for
        /// an unknown operation, whose fault would never strike.
        fail_next(operation: &str, fault: Fault) => Command::ArmFault { operation, fault, times: Times::first(1) };

        /// [`Sandbox::fail_next`] for the next `times` calls.
        fail_times(operation: &str, fault: Fault, times: u32) => Command::ArmFault {
            operation,
            fault,
            times: Times::first(times),
        };

        /// Makes the next webhook of type `event` (`*` for any) suffer `fault`. Panics for an unknown event type.
        fail_next_webhook(event: &str, fault: WebhookFault) => Command::ArmWebhookFault {
            event,
            fault,
            times: Times::first(1),
        };

        /// Makes the next transfer that a customer sends suffer `fault`.
        fail_next_transfer(fault: TransferFault) => Command::ArmTransferFault { fault, times: Times::first(1) };

        /// Disarms every fault.
        clear_faults() => Command::ClearFaults;

        /// Drops everything but the first integration's credentials, as after a start.
        reset() => Command::Reset;

        /// Starts over with another scenario: [`Sandbox::reset`], then its state. Settings it does not name stay.
        restage(scenario: Scenario) => Command::Restage(Box::new(scenario));
    }
}

commands! {
    identity => Result<String, ControlError>, transaction => String {
        /// Money arrives on a bank account of the first integration. Returns the transaction's id.
        ///
        /// # Errors
        ///
        /// [`ControlError::Refused`] for an amount of zero or with fractions of a cent, an unknown account, and a payment
        /// it is [meant for](BankCredit::meant_for) that is unknown or ambiguous.
        credit_bank(credit: BankCredit) => Command::CreditBank { credit, api_key: None };
    }
}

commands! {
    certain => (String, String), credentials => (String, String) {
        /// Adds an integration, which sees nothing of the others. Returns its key and secret.
        add_integration() => Command::AddIntegration;
    }
}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident -> $output:ty: $path:literal, $look:path;)*) => {
        /// Queries: state that the API does not show.
        impl Sandbox {
            $($(#[$doc])* pub fn $name(&self) -> $output {
                self.shared.look($look)
            })*
        }

        impl ControlClient {
            $(
                #[doc = concat!("See [`Sandbox::", stringify!($name), "`](crate::Sandbox::", stringify!($name), ").")]
                pub async fn $name(&self) -> Result<$output, ControlError> {
                    self.query($path).await
                }
            )*
        }
    };
}

queries! {
    /// The state, in numbers.
    state -> ControlState: "state", Engine::state;

    /// The bank transactions that were reconciled with another payment than their payer meant, which is known of
    /// [`Sandbox::pay_transfer`] and of credits with [`BankCredit::meant_for`](crate::BankCredit::meant_for).
    misattributed -> Vec<Transfer>: "misattributed", Engine::misattributed;

    /// Every credit whose payment is known, by integration and account, oldest first: the guide's page `matching` finds
    /// with it what a matcher missed.
    transfers -> Vec<Transfer>: "transfers", Engine::transfers;

    /// The pending timers, in the order in which they fire.
    timers -> Vec<Timer>: "timers", Engine::timers;

    /// The armed faults that have strikes left: of calls, then of webhooks, then of transfers, the oldest of each first.
    armed_faults -> Vec<ArmedFault>: "faults", Engine::armed_faults;
}

impl Sandbox {
    /// The whole state as one JSON object: by kind a list of records, each with its name and value. It holds the
    /// secrets and the personal data of the emulated provider.
    pub fn export(&self) -> String {
        self.shared.look(Engine::export)
    }

    /// The number of payments in all integrations.
    pub fn payments_created(&self) -> usize {
        self.state().payments()
    }

    /// The number of off-ramps in all integrations.
    pub fn offramps_created(&self) -> usize {
        self.state().offramps()
    }

    /// The number of calls of `operation` among the last thousand calls, whatever the answer.
    pub fn calls(&self, operation: &str) -> usize {
        self.shared.look(|engine| engine.call_log().count(operation))
    }

    /// The last thousand calls and their answers as a JSON array, oldest first, with secrets and files redacted.
    pub fn journal(&self) -> String {
        self.shared
            .look(|engine| serde_json::to_string(&engine.call_log().since(0)).unwrap_or_default())
    }

    /// The delivery log of webhooks, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.look(|engine| engine.deliveries().cloned().collect())
    }
}

impl ControlClient {
    /// See [`Sandbox::journal`](crate::Sandbox::journal).
    pub async fn journal(&self) -> Result<String, ControlError> {
        self.text("journal").await
    }

    /// See [`Sandbox::export`](crate::Sandbox::export).
    pub async fn export(&self) -> Result<String, ControlError> {
        self.text("export").await
    }
}
