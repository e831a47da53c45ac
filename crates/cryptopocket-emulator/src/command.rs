//! Commands: everything that can be made to happen to the emulated provider from outside its API.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::outage::Outage;
use crate::queries::State;
use crate::records::BankCredit;
use crate::scenario::Scenario;

/// A century: the longest that a command moves the clock.
pub(crate) const LONGEST_LEAP: u64 = 3_155_760_000;

/// What a customer, a bank, a chain, a reviewer or bad luck does.
///
/// Customers and off-ramps are named by their numbers, payments by their ids, whichever integration they belong to.
/// An `api_key` names an integration; without one it is the first.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Command {
    /// Moves the virtual clock on. Timers on the way fire in their order.
    AdvanceClock {
        /// At most a century.
        seconds: u64,
    },
    /// Sets a customer's verification to any status, documented or not.
    SetKyc {
        /// The customer's id.
        user: u64,
        /// `unused`, `processing`, `valid`, `fail`, or any other word.
        status: String,
    },
    /// Bans a customer, or lifts the ban.
    Ban {
        /// The customer's id.
        user: u64,
        /// Whether the customer is banned.
        banned: bool,
    },
    /// The customer hands in the verification; the review decides after a while.
    SubmitVerification {
        /// The customer's id.
        user: u64,
        /// Whether the review rejects.
        reject: bool,
    },
    /// The customer hands in the declaration of the enhanced verification.
    SubmitDeclaration {
        /// The customer's id.
        user: u64,
    },
    /// The customer chooses how to pay a guided payment, and where the coins go.
    ChooseMethod {
        /// The payment's id.
        payment: String,
        /// How payments spell the method, such as `card`.
        payment_type: String,
        /// Default: made up.
        wallet: Option<String>,
    },
    /// The customer pays at the gateway. Transfers are paid with [`Command::PayTransfer`].
    Pay {
        /// The payment's id.
        payment: String,
        /// The name of the account's or card's holder. Default: the customer's.
        holder: Option<String>,
        /// For a guided payment without one. Default: made up.
        wallet: Option<String>,
    },
    /// The payment fails at the gateway, or the transfer is called off: `payment_rejected`.
    FailPayment {
        /// The payment's id.
        payment: String,
    },
    /// The customer says that the transfer is under way: `pending_bank`.
    AnnounceTransfer {
        /// The payment's id.
        payment: String,
    },
    /// The customer announces and sends the transfer; the money arrives in twenty minutes of virtual time. Armed
    /// transfer faults apply to it.
    PayTransfer {
        /// The payment's id.
        payment: String,
    },
    /// Sends the coins of a payment that is `payment_received` without waiting.
    SendCoins {
        /// The payment's id.
        payment: String,
    },
    /// Sets a payment to any status, documented or not, without a webhook.
    SetPaymentStatus {
        /// The payment's id.
        payment: String,
        /// Any word.
        status: String,
    },
    /// Coins arrive for an off-ramp.
    Deposit {
        /// The off-ramp's id.
        offramp: u64,
        /// In coin units. Default: all that are missing.
        amount: Option<Decimal>,
    },
    /// Pays out an off-ramp that is `crypto_received` without waiting.
    PayOut {
        /// The off-ramp's id.
        offramp: u64,
    },
    /// Sets an off-ramp to any status, documented or not, without a webhook.
    SetOfframpStatus {
        /// The off-ramp's id.
        offramp: u64,
        /// Any word.
        status: String,
    },
    /// Money arrives on a bank account.
    CreditBank {
        /// The credit.
        credit: BankCredit,
        /// The integration's key.
        api_key: Option<String>,
    },
    /// Reconciles a credit with a payment, as `reconcile_payment` does.
    Reconcile {
        /// The payment, by id, or by an external id that only one has.
        payment: String,
        /// The bank transaction's id.
        transaction: String,
        /// The integration's key.
        api_key: Option<String>,
    },
    /// Makes every token issued so far invalid.
    ExpireTokens,
    /// Puts an integration on the whitelist or takes it off. Off it, every token is refused.
    SetWhitelisted {
        /// Whether it is on the whitelist.
        listed: bool,
        /// The integration's key.
        api_key: Option<String>,
    },
    /// Bars a payment method (`method_not_allowed`), or lets it back in.
    BarMethod {
        /// How payments spell the method, such as `card`.
        payment_type: String,
        /// Whether it is barred.
        barred: bool,
        /// The integration's key.
        api_key: Option<String>,
    },
    /// Takes a part of the provider down, or brings it up again.
    SetOutage {
        /// The part.
        part: Outage,
        /// Whether it is down.
        down: bool,
        /// The integration's key.
        api_key: Option<String>,
    },
    /// Makes calls fail.
    ArmFault {
        /// The operation, such as `create_payment`; `*` for any.
        operation: String,
        /// What goes wrong.
        fault: Fault,
        /// How many calls suffer it, and how many are spared first.
        times: Times,
    },
    /// Makes webhooks fail.
    ArmWebhookFault {
        /// The event type, such as `PAY_IN`; `*` for any.
        event: String,
        /// What goes wrong.
        fault: WebhookFault,
        /// How many webhooks suffer it, and how many are spared first.
        times: Times,
    },
    /// Makes transfers that customers send go wrong.
    ArmTransferFault {
        /// What goes wrong.
        fault: TransferFault,
        /// How many transfers suffer it, and how many are spared first.
        times: Times,
    },
    /// Disarms every fault.
    ClearFaults,
    /// Delivers a webhook of the delivery log again.
    Redeliver {
        /// Its number in the log.
        delivery: u64,
    },
    /// Adds an integration, which sees nothing of the others.
    AddIntegration,
    /// Starts over with another scenario. Settings it does not name stay as they were.
    Restage(Box<Scenario>),
    /// Drops everything but the first integration's credentials, as after a start.
    Reset,
}

/// What came of a command.
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
