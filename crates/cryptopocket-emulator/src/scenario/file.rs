//! The form of a scenario file. The server's `scenario.schema.json` is made from these structs.

#[cfg(test)]
use super::tests::schema::{Amount, Method, Part, Text};
#[cfg(test)]
use crate::{
    catalogue::EVENT_TYPES,
    faults::{Fault, TransferFault, WebhookFault},
};
use serde::Deserialize;

/// The state that `cryptopocket sandbox --scenario FILE` starts with, and its faults.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "Scenario of the CryptoPocket emulator")
)]
#[serde(deny_unknown_fields, default, expecting = "the fields of a scenario")]
pub struct File {
    /// The seed of all ids, tokens and prices.
    pub(crate) seed: Option<u64>,
    /// How fast the virtual clock runs.
    #[cfg_attr(test, schemars(regex(pattern = r"^(instant|manual|realtime|[1-9][0-9]*x)$")))]
    pub(crate) speed: Option<String>,
    /// The time at which the virtual clock starts, as RFC 3339.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(crate) start_at: Option<String>,
    /// How many seconds a token lives.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(crate) token_life: Option<u64>,
    /// The sums, in euros, at which the provider refuses.
    pub(crate) limits: LimitsEntry,
    /// `false`: every token is refused.
    pub(crate) whitelisted: Option<bool>,
    /// Payment methods that are answered `method_not_allowed`.
    #[cfg_attr(test, schemars(with = "Vec<Method>"))]
    pub(crate) barred_methods: Vec<String>,
    /// Parts of the provider that are down.
    #[cfg_attr(test, schemars(with = "Vec<Part>"))]
    pub(crate) outages: Vec<String>,
    /// Registered customers. Their ids count from 100001 in this order.
    pub(crate) customers: Vec<CustomerEntry>,
    /// Payments that were made already. No webhook is sent for them.
    pub(crate) payments: Vec<PaymentEntry>,
    /// Off-ramps that were opened already. No webhook is sent for them. Their ids count from 70001 in this order.
    pub(crate) offramps: Vec<OfframpEntry>,
    /// Bank credits that have arrived already.
    pub(crate) bank_credits: Vec<CreditEntry>,
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
    #[cfg_attr(test, schemars(with = "Option<Amount>"))]
    pub(crate) min_purchase: Option<String>,
    /// The maximum a customer may spend by card in a calendar quarter: above it, `limit_exceded`.
    #[cfg_attr(test, schemars(with = "Option<Amount>"))]
    pub(crate) card_per_quarter: Option<String>,
    /// The total a customer may buy without enhanced verification: above it, `kyc_reinforced_required`.
    #[cfg_attr(test, schemars(with = "Option<Amount>"))]
    pub(crate) reinforced_above: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Customer"))]
#[serde(deny_unknown_fields, expecting = "the fields of a customer")]
pub(crate) struct CustomerEntry {
    /// The mail address. Tags after its `+` count as in a registration.
    #[cfg_attr(test, schemars(extend("format" = "email")))]
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) last_name: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[cfg_attr(test, schemars(regex(pattern = "^[A-Z]{2}$")))]
    pub(crate) country: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(crate) external_id: Option<String>,
    #[serde(default)]
    pub(crate) company: bool,
    /// `valid`, `fail`, `unused`, `processing`, or any other text.
    pub(crate) kyc: Option<String>,
    #[serde(default)]
    pub(crate) banned: bool,
    /// The state of the enhanced verification.
    #[cfg_attr(test, schemars(extend("enum" = ["asked", "done"])))]
    pub(crate) enhanced: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "BankCredit"))]
#[serde(deny_unknown_fields, expecting = "the fields of a bank credit")]
pub(crate) struct CreditEntry {
    /// In units of the account's currency; below zero it is a debit.
    #[cfg_attr(test, schemars(with = "Amount"))]
    pub(crate) amount: String,
    /// The reference that the payer wrote.
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(crate) concept: Option<String>,
    pub(crate) payer_name: Option<String>,
    pub(crate) payer_iban: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(crate) end_to_end_id: Option<String>,
    /// The `id` or `external_id` of the payment that the payer means, whatever the concept is.
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(crate) meant_for: Option<String>,
    /// When it was booked, as RFC 3339. Default, and at the latest: the start of the clock.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(crate) booked_at: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Payment"))]
#[serde(deny_unknown_fields, expecting = "the fields of a payment")]
pub(crate) struct PaymentEntry {
    /// The mail address of one of the customers above.
    pub(crate) customer: String,
    /// In units of the method's currency.
    #[cfg_attr(test, schemars(with = "Amount"))]
    pub(crate) amount: String,
    /// How it is paid. Default: by transfer.
    #[cfg_attr(test, schemars(with = "Option<Method>"))]
    pub(crate) method: Option<String>,
    /// Default: USDC.
    pub(crate) coin: Option<String>,
    /// Default: the coin's usual one.
    pub(crate) chain: Option<String>,
    /// 25 letters and digits. Default: made from the seed.
    #[cfg_attr(test, schemars(regex(pattern = "^[A-Za-z0-9]{25}$")))]
    pub(crate) id: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(crate) external_id: Option<String>,
    /// The reference of a transfer. Default: made from the seed.
    #[cfg_attr(test, schemars(range(min = 1, max = 999_999_999_u64)))]
    pub(crate) concept: Option<u64>,
    /// Default: made from the seed; none for a guided payment that is not paid.
    pub(crate) wallet: Option<String>,
    #[serde(default)]
    pub(crate) guided: bool,
    /// `started` (the default), `pending_bank`, `payment_received`, `coins_sent`, or any other text.
    pub(crate) status: Option<String>,
    /// When it was created, as RFC 3339. Default, and at the latest: the start of the clock.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(crate) created_at: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Offramp"))]
#[serde(deny_unknown_fields, expecting = "the fields of an off-ramp")]
pub(crate) struct OfframpEntry {
    /// The mail address of one of the customers above.
    pub(crate) customer: String,
    /// In coin units.
    #[cfg_attr(test, schemars(with = "Amount"))]
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
    #[cfg_attr(test, schemars(extend("enum" = EVENT_TYPES)))]
    pub(crate) event: String,
    #[cfg_attr(test, schemars(extend("format" = "uri")))]
    pub(crate) url: String,
}

/// The fields that all faults share.
#[derive(Debug)]
pub(crate) struct FaultFields<'a> {
    /// The name of the field that says what it strikes, and its value; `*` for any.
    pub(crate) target: (&'static str, &'a str),
    pub(crate) fault: &'a str,
    pub(crate) detail: Option<&'a str>,
    pub(crate) times: Option<u32>,
    pub(crate) skip: Option<u32>,
}

macro_rules! fault_entry {
    ($name:ident, $schema:literal, $names:expr $(, $target:ident: $(#[$doc:meta])*)?) => {
        #[derive(Clone, Debug, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = $schema))]
        #[serde(deny_unknown_fields, expecting = "the fields of a fault")]
        pub(crate) struct $name {
            $($(#[$doc])* #[serde(default)] $target: Option<String>,)?
            #[cfg_attr(test, schemars(extend("enum" = $names)))]
            fault: String,
            /// Such as a status or a number of seconds; `docs/faults.md` lists what each fault takes.
            #[cfg_attr(test, schemars(with = "Option<Text>"))]
            detail: Option<String>,
            /// How many suffer it. Default: 1.
            #[cfg_attr(test, schemars(range(min = 1)))]
            times: Option<u32>,
            /// How many are spared first. Default: 0.
            skip: Option<u32>,
        }

        impl $name {
            pub(crate) fn fields(&self) -> FaultFields<'_> {
                FaultFields {
                    target: fault_entry!(@target self $($target)?),
                    fault: &self.fault,
                    detail: self.detail.as_deref(),
                    times: self.times,
                    skip: self.skip,
                }
            }
        }
    };
    (@target $self:ident) => { ("", "*") };
    (@target $self:ident $target:ident) => {
        (stringify!($target), $self.$target.as_deref().unwrap_or("*"))
    };
}

fault_entry! {
    FaultEntry, "Fault", Fault::names(), operation: /// An operation such as `create_payment`. Default: any.
}
fault_entry! {
    WebhookFaultEntry, "WebhookFault", WebhookFault::names(), event: /// An event such as `PAY_IN`. Default: any.
}
fault_entry! { TransferFaultEntry, "TransferFault", TransferFault::names() }
