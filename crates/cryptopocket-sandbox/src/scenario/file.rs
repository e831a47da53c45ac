//! How a scenario is written down. `scenario.schema.json` is made from these.

#[cfg(test)]
use cryptopocket_emulator::server::{EVENT_TYPES, PAYMENT_TYPES};
#[cfg(test)]
use cryptopocket_emulator::{Fault, Outage, TransferFault, WebhookFault};
use serde::Deserialize;

/// A world to begin with and what is to go wrong in it, for `cryptopocket sandbox --scenario FILE`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "Scenario of the CryptoPocket emulator"))]
#[serde(deny_unknown_fields, default, expecting = "the fields of a scenario")]
pub(super) struct File {
    /// What all ids, tokens and prices follow from.
    pub(super) seed: Option<u64>,
    /// How fast the clock runs.
    #[cfg_attr(test, schemars(regex(pattern = r"^(instant|manual|realtime|[1-9][0-9]*x)$")))]
    pub(super) speed: Option<String>,
    /// What the clock shows at first, as RFC 3339.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(super) start_at: Option<String>,
    /// How many seconds a token lives.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) token_life: Option<u64>,
    /// The sums, in euros, at which the provider says no.
    pub(super) limits: LimitsEntry,
    /// `false`: every token is refused.
    pub(super) whitelisted: Option<bool>,
    /// Payment methods that are answered `method_not_allowed`.
    #[cfg_attr(test, schemars(with = "Vec<Method>"))]
    pub(super) barred_methods: Vec<String>,
    /// Parts of the provider that are down.
    #[cfg_attr(test, schemars(with = "Vec<Part>"))]
    pub(super) outages: Vec<String>,
    /// Customers who are registered already. Their ids run from 100001 in this order.
    pub(super) customers: Vec<CustomerEntry>,
    /// Purchases that were made already. No webhook tells of them.
    pub(super) payments: Vec<PaymentEntry>,
    /// Sales that were made already. No webhook tells of them. Their ids run from 70001 in this order.
    pub(super) offramps: Vec<OfframpEntry>,
    /// Money that has arrived on the bank account already.
    pub(super) bank_credits: Vec<CreditEntry>,
    /// Where webhooks go.
    pub(super) subscriptions: Vec<SubscriptionEntry>,
    /// What goes wrong with calls.
    pub(super) faults: Vec<FaultEntry>,
    /// What goes wrong with webhooks.
    pub(super) webhook_faults: Vec<WebhookFaultEntry>,
    /// What customers get wrong with the transfers they send.
    pub(super) transfer_faults: Vec<TransferFaultEntry>,
}

/// An exact amount, as text or as a number.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Amount(pub(super) String);

#[cfg(test)]
impl schemars::JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An exact amount, as text or as a number.",
            "type": ["string", "number"],
            "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
        })
    }
}

/// Text, or a number that stands for its digits.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Text(pub(super) String);

#[cfg(test)]
impl schemars::JsonSchema for Text {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Text, or a number that stands for its digits.",
            "type": ["string", "number"],
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Limits"))]
#[serde(deny_unknown_fields, default, expecting = "the fields of limits")]
pub(super) struct LimitsEntry {
    /// The least that can be bought for: below it, `min_purchase`.
    pub(super) min_purchase: Option<Amount>,
    /// The most a customer may spend by card in a calendar quarter: above it, `limit_exceded`.
    pub(super) card_per_quarter: Option<Amount>,
    /// What a customer may buy in all before an enhanced verification: above it, `kyc_reinforced_required`.
    pub(super) reinforced_above: Option<Amount>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Customer"))]
#[serde(deny_unknown_fields, expecting = "the fields of a customer")]
pub(super) struct CustomerEntry {
    /// The mail address; the tags behind its `+` count as in a registration.
    #[cfg_attr(test, schemars(extend("format" = "email")))]
    pub(super) email: String,
    pub(super) name: String,
    pub(super) last_name: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[cfg_attr(test, schemars(regex(pattern = "^[A-Z]{2}$")))]
    pub(super) country: Option<String>,
    pub(super) external_id: Option<Text>,
    #[serde(default)]
    pub(super) company: bool,
    /// `valid`, `fail`, `unused`, `processing`, or any other text.
    pub(super) kyc: Option<String>,
    #[serde(default)]
    pub(super) banned: bool,
    /// Where the customer stands with the enhanced verification.
    #[cfg_attr(test, schemars(extend("enum" = ["asked", "done"])))]
    pub(super) enhanced: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "BankCredit"))]
#[serde(deny_unknown_fields, expecting = "the fields of a bank credit")]
pub(super) struct CreditEntry {
    /// In units of the account's currency; below zero it is a debit.
    pub(super) amount: Amount,
    /// What the payer wrote.
    pub(super) concept: Option<Text>,
    pub(super) payer_name: Option<String>,
    pub(super) payer_iban: Option<String>,
    pub(super) end_to_end_id: Option<Text>,
    /// The `id` or `external_id` of the payment that the payer meant, whatever the payer wrote.
    pub(super) meant_for: Option<Text>,
    /// When it was booked, as RFC 3339; by default, and at the latest, when the clock begins.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(super) booked_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Payment"))]
#[serde(deny_unknown_fields, expecting = "the fields of a payment")]
pub(super) struct PaymentEntry {
    /// The mail address of one of the customers above.
    pub(super) customer: String,
    /// In units of the method's currency.
    pub(super) amount: Amount,
    /// How it is paid; by default by transfer.
    #[cfg_attr(test, schemars(with = "Option<Method>"))]
    pub(super) method: Option<String>,
    /// By default USDC.
    pub(super) coin: Option<String>,
    /// By default the coin's usual one.
    pub(super) chain: Option<String>,
    /// 25 letters and digits; by default made from the seed.
    #[cfg_attr(test, schemars(regex(pattern = "^[A-Za-z0-9]{25}$")))]
    pub(super) id: Option<String>,
    pub(super) external_id: Option<Text>,
    /// The reference that a transfer has to carry; by default made from the seed.
    #[cfg_attr(test, schemars(range(min = 1, max = 999_999_999_u64)))]
    pub(super) concept: Option<u64>,
    /// By default made from the seed; a guided payment that is not paid has none.
    pub(super) wallet: Option<String>,
    #[serde(default)]
    pub(super) guided: bool,
    /// `started` (the default), `pending_bank`, `payment_received`, `coins_sent`, or any other text.
    pub(super) status: Option<String>,
    /// When it was created, as RFC 3339; by default, and at the latest, when the clock begins.
    #[cfg_attr(test, schemars(extend("format" = "date-time")))]
    pub(super) created_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Offramp"))]
#[serde(deny_unknown_fields, expecting = "the fields of an off-ramp")]
pub(super) struct OfframpEntry {
    /// The mail address of one of the customers above.
    pub(super) customer: String,
    /// In units of the coin.
    pub(super) amount: Amount,
    pub(super) symbol: String,
    /// By default the coin's usual one.
    pub(super) chain: Option<String>,
    /// Where the money goes: an IBAN, or the name of a bank in Latin America.
    pub(super) iban: Option<String>,
    pub(super) bank_name: Option<String>,
    /// `started` (the default), `crypto_received`, `finished`, or any other text.
    pub(super) status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Subscription"))]
#[serde(deny_unknown_fields, expecting = "the fields of a subscription")]
pub(super) struct SubscriptionEntry {
    #[cfg_attr(test, schemars(extend("enum" = EVENT_TYPES)))]
    pub(super) event: String,
    #[cfg_attr(test, schemars(extend("format" = "uri")))]
    pub(super) url: String,
}

macro_rules! fault_entry {
    ($name:ident, $shown:literal, $known:expr, $($on:ident: $(#[$of_on:meta])*)?) => {
        #[derive(Debug, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[cfg_attr(test, schemars(rename = $shown))]
        #[serde(deny_unknown_fields, expecting = "the fields of a fault")]
        pub(super) struct $name {
            $($(#[$of_on])* #[serde(default)] pub(super) $on: Option<String>,)?
            #[cfg_attr(test, schemars(extend("enum" = $known)))]
            pub(super) fault: String,
            /// Such as a status or a number of seconds; the README's table of faults says what each takes.
            pub(super) detail: Option<Text>,
            /// How many suffer it; by default one.
            #[cfg_attr(test, schemars(range(min = 1)))]
            pub(super) times: Option<u32>,
            /// How many pass unharmed first; by default none.
            pub(super) skip: Option<u32>,
        }
    };
}

fault_entry! {
    FaultEntry, "Fault", Fault::names(), operation: /// An operation such as `create_payment`; by default any.
}
fault_entry! {
    WebhookFaultEntry, "WebhookFault", WebhookFault::names(), event: /// An event such as `PAY_IN`; by default any.
}
fault_entry! {
    TransferFaultEntry, "TransferFault", TransferFault::names(),
}

/// A payment method.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(transparent, inline, extend("enum" = PAYMENT_TYPES))]
struct Method(#[expect(dead_code, reason = "only its schema is asked for")] String);

/// A part that can be down.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(transparent, inline, extend("enum" = Outage::ALL.iter().map(|one| one.name()).collect::<Vec<_>>()))]
struct Part(#[expect(dead_code, reason = "only its schema is asked for")] String);
