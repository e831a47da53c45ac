//! Commands: everything that can be made to happen to the emulated provider from outside its API.

use cryptopocket_types::Decimal;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::faults::{Fault, NamedFault, Times, TransferFault, WebhookFault};
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
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "most fields are named as the control plane names them"
)]
pub enum Command {
    /// Moves the virtual clock on. Timers on the way fire in their order.
    AdvanceClock {
        /// At most a century.
        seconds: u64,
    },
    /// Sets a customer's verification to any status, documented or not.
    SetKyc {
        #[serde(skip)]
        user: u64,
        /// `unused`, `processing`, `valid`, `fail`, or any other word.
        status: String,
    },
    /// Bans a customer, or lifts the ban.
    Ban {
        #[serde(skip)]
        user: u64,
        banned: bool,
    },
    /// The customer hands in the verification; the review decides after a while.
    SubmitVerification {
        #[serde(skip)]
        user: u64,
        reject: bool,
    },
    /// The customer hands in the declaration of the enhanced verification.
    SubmitDeclaration {
        #[serde(skip)]
        user: u64,
    },
    /// The customer chooses how to pay a guided payment, and where the coins go.
    ChooseMethod {
        #[serde(skip)]
        payment: String,
        /// How payments spell the method, such as `card`.
        payment_type: String,
        /// Default: made up.
        wallet: Option<String>,
    },
    /// The customer pays at the gateway. Transfers are paid with [`Command::PayTransfer`].
    Pay {
        #[serde(skip)]
        payment: String,
        /// The name of the account's or card's holder. Default: the customer's.
        holder: Option<String>,
        /// For a guided payment without one. Default: made up.
        wallet: Option<String>,
    },
    /// The payment fails at the gateway, or the transfer is called off: `payment_rejected`.
    FailPayment {
        #[serde(skip)]
        payment: String,
    },
    /// The customer says that the transfer is under way: `pending_bank`.
    AnnounceTransfer {
        #[serde(skip)]
        payment: String,
    },
    /// The customer announces and sends the transfer; the money arrives in twenty minutes of virtual time. Armed
    /// transfer faults apply to it.
    PayTransfer {
        #[serde(skip)]
        payment: String,
    },
    /// Sends the coins of a payment that is `payment_received` without waiting.
    SendCoins {
        #[serde(skip)]
        payment: String,
    },
    /// Sets a payment to any status, documented or not, without a webhook.
    SetPaymentStatus {
        #[serde(skip)]
        payment: String,
        status: String,
    },
    /// Coins arrive for an off-ramp.
    Deposit {
        #[serde(skip)]
        offramp: u64,
        /// In coin units. Default: all that are missing.
        amount: Option<Decimal>,
    },
    /// Pays out an off-ramp that is `crypto_received` without waiting.
    PayOut {
        #[serde(skip)]
        offramp: u64,
    },
    /// Sets an off-ramp to any status, documented or not, without a webhook.
    SetOfframpStatus {
        #[serde(skip)]
        offramp: u64,
        status: String,
    },
    /// Money arrives on a bank account.
    CreditBank {
        #[serde(flatten)]
        credit: BankCredit,
        api_key: Option<String>,
    },
    /// Reconciles a credit with a payment, as `reconcile_payment` does.
    Reconcile {
        /// The payment, by id, or by an external id that only one has.
        #[serde(rename = "payment_id")]
        payment: String,
        #[serde(rename = "transaction_id")]
        transaction: String,
        api_key: Option<String>,
    },
    /// Makes every token issued so far invalid.
    ExpireTokens,
    /// Puts an integration on the whitelist or takes it off. Off it, every token is refused.
    SetWhitelisted { listed: bool, api_key: Option<String> },
    /// Bars a payment method (`method_not_allowed`), or lets it back in.
    BarMethod {
        /// How payments spell the method, such as `card`.
        payment_type: String,
        barred: bool,
        api_key: Option<String>,
    },
    /// Takes a part of the provider down, or brings it up again.
    SetOutage {
        part: Outage,
        down: bool,
        api_key: Option<String>,
    },
    /// Makes calls fail.
    ArmFault {
        /// The operation, such as `create_payment`; `*` for any.
        operation: String,
        #[serde(flatten, serialize_with = "named")]
        fault: Fault,
        /// How many calls suffer it, and how many are spared first.
        #[serde(flatten)]
        times: Times,
    },
    /// Makes webhooks fail.
    ArmWebhookFault {
        /// The event type, such as `PAY_IN`; `*` for any.
        event: String,
        #[serde(flatten, serialize_with = "named")]
        fault: WebhookFault,
        /// How many webhooks suffer it, and how many are spared first.
        #[serde(flatten)]
        times: Times,
    },
    /// Makes transfers that customers send go wrong.
    ArmTransferFault {
        #[serde(flatten, serialize_with = "named")]
        fault: TransferFault,
        /// How many transfers suffer it, and how many are spared first.
        #[serde(flatten)]
        times: Times,
    },
    /// Disarms every fault.
    ClearFaults,
    /// Delivers a webhook of the delivery log again.
    Redeliver {
        #[serde(skip)]
        delivery: u64,
    },
    /// Adds an integration, which sees nothing of the others.
    AddIntegration,
    /// Starts over with another scenario. Settings it does not name stay as they were.
    #[serde(skip)]
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

/// Writes a fault as its name and detail.
fn named<S: Serializer, F: NamedFault>(fault: &F, serializer: S) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_map(None)?;
    fields.serialize_entry("fault", fault.name())?;
    if let Some(detail) = fault.detail() {
        fields.serialize_entry("detail", &detail)?;
    }
    fields.end()
}
