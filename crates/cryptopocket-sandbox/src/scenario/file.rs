//! The form of a scenario file. `scenario.schema.json` is made from these structs.

#[cfg(test)]
use cryptopocket_emulator::{Fault, TransferFault, WebhookFault, server::EVENT_TYPES};
use serde::Deserialize;

#[cfg(test)]
use super::tests::schema::{Amount, Method, Part, Text};

/// The state that `cryptopocket sandbox --scenario FILE` starts with, and its faults.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "Scenario of the CryptoPocket emulator")
)]
#[serde(deny_unknown_fields, default, expecting = "the fields of a scenario")]
pub(super) struct File {
    /// The seed of all ids, tokens and prices.
    pub(super) seed: Option<u64>,
    /// How fast the virtual clock runs.
    #[cfg_attr(test, schemars(regex(pattern = r"^(instant|manual|realtime|[1-9][0-9]*x)$")))]
    pub(super) speed: Option<String>,
    /// The time at which the virtual clock starts, as RFC 3339.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(super) start_at: Option<String>,
    /// How many seconds a token lives.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) token_life: Option<u64>,
    /// The sums, in euros, at which the provider refuses.
    pub(super) limits: LimitsEntry,
    /// `false`: every token is refused.
    pub(super) whitelisted: Option<bool>,
    /// Payment methods that are answered `method_not_allowed`.
    #[cfg_attr(test, schemars(with = "Vec<Method>"))]
    pub(super) barred_methods: Vec<String>,
    /// Parts of the provider that are down.
    #[cfg_attr(test, schemars(with = "Vec<Part>"))]
    pub(super) outages: Vec<String>,
    /// Registered customers. Their ids count from 100001 in this order.
    pub(super) customers: Vec<CustomerEntry>,
    /// Payments that were made already. No webhook is sent for them.
    pub(super) payments: Vec<PaymentEntry>,
    /// Off-ramps that were opened already. No webhook is sent for them. Their ids count from 70001 in this order.
    pub(super) offramps: Vec<OfframpEntry>,
    /// Bank credits that have arrived already.
    pub(super) bank_credits: Vec<CreditEntry>,
    /// Where webhooks are posted.
    pub(super) subscriptions: Vec<SubscriptionEntry>,
    /// Faults of calls.
    pub(super) faults: Vec<FaultEntry>,
    /// Faults of webhooks.
    pub(super) webhook_faults: Vec<WebhookFaultEntry>,
    /// Faults of the transfers that customers send.
    pub(super) transfer_faults: Vec<TransferFaultEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Limits"))]
#[serde(deny_unknown_fields, default, expecting = "the fields of limits")]
pub(super) struct LimitsEntry {
    /// The minimum of a purchase: below it, `min_purchase`.
    #[cfg_attr(test, schemars(with = "Option<Amount>"))]
    pub(super) min_purchase: Option<String>,
    /// The maximum a customer may spend by card in a calendar quarter: above it, `limit_exceded`.
    #[cfg_attr(test, schemars(with = "Option<Amount>"))]
    pub(super) card_per_quarter: Option<String>,
    /// The total a customer may buy without enhanced verification: above it, `kyc_reinforced_required`.
    #[cfg_attr(test, schemars(with = "Option<Amount>"))]
    pub(super) reinforced_above: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Customer"))]
#[serde(deny_unknown_fields, expecting = "the fields of a customer")]
pub(super) struct CustomerEntry {
    /// The mail address. Tags after its `+` count as in a registration.
    #[cfg_attr(test, schemars(extend("format" = "email")))]
    pub(super) email: String,
    pub(super) name: String,
    pub(super) last_name: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[cfg_attr(test, schemars(regex(pattern = "^[A-Z]{2}$")))]
    pub(super) country: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(super) external_id: Option<String>,
    #[serde(default)]
    pub(super) company: bool,
    /// `valid`, `fail`, `unused`, `processing`, or any other text.
    pub(super) kyc: Option<String>,
    #[serde(default)]
    pub(super) banned: bool,
    /// The state of the enhanced verification.
    #[cfg_attr(test, schemars(extend("enum" = ["asked", "done"])))]
    pub(super) enhanced: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "BankCredit"))]
#[serde(deny_unknown_fields, expecting = "the fields of a bank credit")]
pub(super) struct CreditEntry {
    /// In units of the account's currency; below zero it is a debit.
    #[cfg_attr(test, schemars(with = "Amount"))]
    pub(super) amount: String,
    /// The reference that the payer wrote.
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(super) concept: Option<String>,
    pub(super) payer_name: Option<String>,
    pub(super) payer_iban: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(super) end_to_end_id: Option<String>,
    /// The `id` or `external_id` of the payment that the payer means, whatever the concept is.
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(super) meant_for: Option<String>,
    /// When it was booked, as RFC 3339. Default, and at the latest: the start of the clock.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(super) booked_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Payment"))]
#[serde(deny_unknown_fields, expecting = "the fields of a payment")]
pub(super) struct PaymentEntry {
    /// The mail address of one of the customers above.
    pub(super) customer: String,
    /// In units of the method's currency.
    #[cfg_attr(test, schemars(with = "Amount"))]
    pub(super) amount: String,
    /// How it is paid. Default: by transfer.
    #[cfg_attr(test, schemars(with = "Option<Method>"))]
    pub(super) method: Option<String>,
    /// Default: USDC.
    pub(super) coin: Option<String>,
    /// Default: the coin's usual one.
    pub(super) chain: Option<String>,
    /// 25 letters and digits. Default: made from the seed.
    #[cfg_attr(test, schemars(regex(pattern = "^[A-Za-z0-9]{25}$")))]
    pub(super) id: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<Text>"))]
    pub(super) external_id: Option<String>,
    /// The reference of a transfer. Default: made from the seed.
    #[cfg_attr(test, schemars(range(min = 1, max = 999_999_999_u64)))]
    pub(super) concept: Option<u64>,
    /// Default: made from the seed; none for a guided payment that is not paid.
    pub(super) wallet: Option<String>,
    #[serde(default)]
    pub(super) guided: bool,
    /// `started` (the default), `pending_bank`, `payment_received`, `coins_sent`, or any other text.
    pub(super) status: Option<String>,
    /// When it was created, as RFC 3339. Default, and at the latest: the start of the clock.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(super) created_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Offramp"))]
#[serde(deny_unknown_fields, expecting = "the fields of an off-ramp")]
pub(super) struct OfframpEntry {
    /// The mail address of one of the customers above.
    pub(super) customer: String,
    /// In coin units.
    #[cfg_attr(test, schemars(with = "Amount"))]
    pub(super) amount: String,
    pub(super) symbol: String,
    /// Default: the coin's usual one.
    pub(super) chain: Option<String>,
    /// Where the money goes: an IBAN, or the name of a bank in Latin America.
    pub(super) iban: Option<String>,
    pub(super) bank_name: Option<String>,
    /// `started` (the default), `crypto_received`, `finished`, or any other text.
    pub(super) status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Subscription"))]
#[serde(deny_unknown_fields, expecting = "the fields of a subscription")]
pub(super) struct SubscriptionEntry {
    #[cfg_attr(test, schemars(extend("enum" = EVENT_TYPES)))]
    pub(super) event: String,
    #[cfg_attr(test, schemars(extend("format" = "uri")))]
    pub(super) url: String,
}

macro_rules! fault_entry {
    ($name:ident, $schema:literal, $names:expr $(, $target:ident: $(#[$doc:meta])*)?) => {
        #[derive(Debug, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = $schema))]
        #[serde(deny_unknown_fields, expecting = "the fields of a fault")]
        pub(super) struct $name {
            $($(#[$doc])* #[serde(default)] pub(super) $target: Option<String>,)?
            #[cfg_attr(test, schemars(extend("enum" = $names)))]
            pub(super) fault: String,
            /// Such as a status or a number of seconds; `docs/faults.md` lists what each fault takes.
            #[cfg_attr(test, schemars(with = "Option<Text>"))]
            pub(super) detail: Option<String>,
            /// How many suffer it. Default: 1.
            #[cfg_attr(test, schemars(range(min = 1)))]
            pub(super) times: Option<u32>,
            /// How many are spared first. Default: 0.
            pub(super) skip: Option<u32>,
        }
    };
}

fault_entry! {
    FaultEntry, "Fault", Fault::names(), operation: /// An operation such as `create_payment`. Default: any.
}
fault_entry! {
    WebhookFaultEntry, "WebhookFault", WebhookFault::names(), event: /// An event such as `PAY_IN`. Default: any.
}
fault_entry! { TransferFaultEntry, "TransferFault", TransferFault::names() }
