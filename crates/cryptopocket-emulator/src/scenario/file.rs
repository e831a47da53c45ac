//! The form of a scenario file. The server's `scenario.schema.json` is made from these structs and the rules in `tests.rs`.

use serde::Deserialize;

use super::Result;
use crate::error::{known, wrong};
use crate::faults::{Armed, Fault, Times, TransferFault, WebhookFault};
use crate::records::BankCredit;

/// The state that `cryptopocket sandbox --scenario FILE` starts with, and its faults.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, expecting = "the fields of a scenario")]
pub(crate) struct File {
    /// The seed of all ids, tokens and prices.
    pub(crate) seed: Option<u64>,
    /// How fast the virtual clock runs.
    pub(crate) speed: Option<String>,
    /// The time at which the virtual clock starts, as RFC 3339.
    pub(crate) start_at: Option<String>,
    /// How many seconds a token lives.
    pub(crate) token_life: Option<u64>,
    /// The sums, in euros, at which the provider refuses.
    pub(crate) limits: LimitsEntry,
    /// `false`: every token is refused.
    pub(crate) whitelisted: Option<bool>,
    /// Payment methods that are answered `method_not_allowed`.
    pub(crate) barred_methods: Vec<String>,
    /// Parts of the provider that are down.
    pub(crate) outages: Vec<String>,
    /// Registered customers. Their ids count from 100001 in this order.
    pub(crate) customers: Vec<NewCustomer>,
    /// Payments that were made already. No webhook is sent for them.
    pub(crate) payments: Vec<PaymentEntry>,
    /// Off-ramps that were opened already. No webhook is sent for them. Their ids count from 70001 in this order.
    pub(crate) offramps: Vec<OfframpEntry>,
    /// Bank credits that have arrived already.
    pub(crate) bank_credits: Vec<BankCredit>,
    /// Where webhooks are posted.
    pub(crate) subscriptions: Vec<SubscriptionEntry>,
    /// Faults of calls.
    pub(crate) faults: Vec<FaultEntry>,
    /// Faults of webhooks.
    pub(crate) webhook_faults: Vec<WebhookFaultEntry>,
    /// Faults of the transfers that customers send.
    pub(crate) transfer_faults: Vec<TransferFaultEntry>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Limits"))]
#[serde(deny_unknown_fields, default, expecting = "the fields of limits")]
pub(crate) struct LimitsEntry {
    /// The minimum of a purchase: below it, `min_purchase`.
    pub(crate) min_purchase: Option<String>,
    /// The maximum a customer may spend by card in a calendar quarter: above it, `limit_exceded`.
    pub(crate) card_per_quarter: Option<String>,
    /// The total a customer may buy without enhanced verification: above it, `kyc_reinforced_required`.
    pub(crate) reinforced_above: Option<String>,
}

/// A registration of a customer; the state of its verification is set by scenarios only.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Customer"))]
#[serde(deny_unknown_fields, expecting = "the fields of a customer")]
pub(crate) struct NewCustomer {
    /// The mail address. Tags after its `+` count as in a registration.
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) last_name: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub(crate) country: Option<String>,
    pub(crate) external_id: Option<String>,
    #[serde(default)]
    pub(crate) company: bool,
    /// `valid`, `fail`, `unused`, `processing`, or any other text.
    pub(crate) kyc: Option<String>,
    #[serde(default)]
    pub(crate) banned: bool,
    /// The state of the enhanced verification.
    pub(crate) enhanced: Option<String>,
    #[serde(skip)]
    pub(crate) callback_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Payment"))]
#[serde(deny_unknown_fields, expecting = "the fields of a payment")]
pub(crate) struct PaymentEntry {
    /// The mail address of one of the customers above.
    pub(crate) customer: String,
    /// In units of the method's currency.
    pub(crate) amount: String,
    /// How it is paid. Default: by transfer.
    pub(crate) method: Option<String>,
    /// Default: USDC.
    pub(crate) coin: Option<String>,
    /// Default: the coin's usual one.
    pub(crate) chain: Option<String>,
    /// 25 letters and digits. Default: made from the seed.
    pub(crate) id: Option<String>,
    pub(crate) external_id: Option<String>,
    /// The reference of a transfer. Default: made from the seed.
    pub(crate) concept: Option<u64>,
    /// Default: made from the seed; none for a guided payment that is not paid.
    pub(crate) wallet: Option<String>,
    #[serde(default)]
    pub(crate) guided: bool,
    /// `started` (the default), `pending_bank`, `payment_received`, `coins_sent`, or any other text.
    pub(crate) status: Option<String>,
    /// When it was created, as RFC 3339. Default, and at the latest: the start of the clock.
    pub(crate) created_at: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Offramp"))]
#[serde(deny_unknown_fields, expecting = "the fields of an off-ramp")]
pub(crate) struct OfframpEntry {
    /// The mail address of one of the customers above.
    pub(crate) customer: String,
    /// In coin units.
    pub(crate) amount: String,
    pub(crate) symbol: String,
    /// Default: the coin's usual one.
    pub(crate) chain: Option<String>,
    /// Where the money goes: an IBAN, or the name of a bank in Latin America.
    pub(crate) iban: Option<String>,
    pub(crate) bank_name: Option<String>,
    /// `started` (the default), `crypto_received`, `finished`, or any other text.
    pub(crate) status: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Subscription"))]
#[serde(deny_unknown_fields, expecting = "the fields of a subscription")]
pub(crate) struct SubscriptionEntry {
    pub(crate) event: String,
    pub(crate) url: String,
}

macro_rules! fault_entry {
    ($name:ident, $schema:literal, $kind:ident $(, $target:ident: $(#[$doc:meta])*)?) => {
        #[derive(Clone, Debug, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = $schema))]
        #[serde(deny_unknown_fields, expecting = "the fields of a fault")]
        pub(crate) struct $name {
            $($(#[$doc])* #[serde(default)] $target: Option<String>,)?
            fault: String,
            /// Such as a status or a number of seconds; `docs/faults.md` lists what each fault takes.
            detail: Option<String>,
            /// How many suffer it. Default: 1.
            times: Option<u32>,
            /// How many are spared first. Default: 0.
            skip: Option<u32>,
        }

        impl $name {
            /// Arms the fault, checked. `words` are the operations or events that it can strike.
            pub(crate) fn arm(&self, armed: &mut Armed<$kind>, words: &[&str]) -> Result<()> {
                let given = None$(.or(Some((stringify!($target), self.$target.as_deref()))))?;
                let (field, target) = given.map_or(("transfer", "transfer"), |(field, target): (_, Option<_>)| {
                    (field, target.unwrap_or("*"))
                });
                known(field, field, target, words)?;
                let fault = $kind::read(&self.fault, self.detail.as_deref())?;
                if self.times == Some(0) {
                    let cure = "write 1 or more, or leave the fault out";
                    return wrong("times", "a fault that strikes 0 times never strikes", cure);
                }
                let (skip, strike) = (self.skip.unwrap_or(0), self.times.unwrap_or(1));
                armed.arm(target, fault, Times { skip, strike });
                Ok(())
            }
        }
    };
}

fault_entry! {
    FaultEntry, "Fault", Fault, operation: /// An operation such as `create_payment`. Default: any.
}
fault_entry! {
    WebhookFaultEntry, "WebhookFault", WebhookFault, event: /// An event such as `PAY_IN`. Default: any.
}
fault_entry! { TransferFaultEntry, "TransferFault", TransferFault }
