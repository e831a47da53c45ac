//! JSON forms that differ from the SDK's own.
//!
//! They have computed fields (`final`, `decision`), and a coin whose chain is not known has `"chain":null`.

use cryptopocket::id::{serialize_field_text, serialize_text};
use cryptopocket::offramp::{CreatedOfframp, FiatAmount, Offramp, Quote as SellQuote};
use cryptopocket::onramp::{CreatedPayment, Payment, Quote as BuyQuote};
use cryptopocket::users::{KycCheck, VerifiedCustomer};
use cryptopocket::{
    Chain, CoinAmount, Decimal, ExternalId, Extra, Field, KycStatus, Money, OfframpId, OfframpStatus,
    PaymentId, PaymentStatus, PaymentType, Personal, Symbol, Timestamp, TxId, UserId,
};
use serde::{Serialize, Serializer};

/// A payment, as `payments get` prints it.
#[derive(Serialize)]
pub(crate) struct PaymentView(#[serde(with = "PaymentForm")] pub(crate) Payment);

#[derive(Serialize)]
#[serde(remote = "Payment")]
struct PaymentForm {
    id: PaymentId,
    external_id: Field<ExternalId>,
    #[serde(serialize_with = "serialize_field_text")]
    user_id: Field<UserId>,
    status: PaymentStatus,
    #[serde(getter = "Payment::is_final")]
    r#final: bool,
    fiat: Field<Money>,
    #[serde(serialize_with = "coin_field")]
    coin: Field<CoinAmount>,
    created_at: Field<Timestamp>,
    holder: Field<Personal>,
    txid: Field<TxId>,
    extra: Extra,
}

/// A new payment and the payer's next step.
#[derive(Serialize)]
pub(crate) struct CreatedView {
    #[serde(flatten)]
    pub(crate) created: CreatedPayment,
    /// Printed for people only: a program knows what it ordered.
    #[serde(skip)]
    pub(crate) order: Order,
}

/// The ordered payment. The provider's reply does not repeat it.
pub(crate) struct Order {
    pub(crate) pays: Money,
    pub(crate) symbol: Symbol,
    pub(crate) chain: Option<Chain>,
    /// `None` if the customer names it on the provider's page.
    pub(crate) wallet: Option<Personal>,
}

/// An off-ramp, as `offramp get` prints it.
#[derive(Serialize)]
pub(crate) struct OfframpView(#[serde(with = "OfframpForm")] pub(crate) Offramp);

#[derive(Serialize)]
#[serde(remote = "Offramp")]
struct OfframpForm {
    id: OfframpId,
    status: OfframpStatus,
    #[serde(getter = "Offramp::is_final")]
    r#final: bool,
    #[serde(serialize_with = "coin_field")]
    coin: Field<CoinAmount>,
    fiat: Field<FiatAmount>,
    extra: Extra,
}

/// A new off-ramp and the address that receives the coins.
#[derive(Serialize)]
pub(crate) struct CreatedOfframpView(#[serde(with = "CreatedOfframpForm")] pub(crate) CreatedOfframp);

#[derive(Serialize)]
#[serde(remote = "CreatedOfframp")]
struct CreatedOfframpForm {
    id: OfframpId,
    wallet: Field<String>,
    #[serde(serialize_with = "coin")]
    send: CoinAmount,
    message: Field<String>,
    extra: Extra,
}

/// The coins that an amount of euros buys.
#[derive(Serialize)]
pub(crate) struct BuyView(#[serde(with = "BuyForm")] pub(crate) BuyQuote);

#[derive(Serialize)]
#[serde(remote = "BuyQuote")]
struct BuyForm {
    spend: Field<Money>,
    #[serde(serialize_with = "coin")]
    tokens: CoinAmount,
    price: Field<Money>,
    fee: Field<Money>,
    payment_type: Field<PaymentType>,
    taken_at: Timestamp,
    extra: Extra,
}

/// The money that an amount of coins brings.
#[derive(Serialize)]
pub(crate) struct SellView(#[serde(with = "SellForm")] pub(crate) SellQuote);

#[derive(Serialize)]
#[serde(remote = "SellQuote")]
struct SellForm {
    #[serde(serialize_with = "coin_field")]
    sell: Field<CoinAmount>,
    receive: FiatAmount,
    fee: Field<FiatAmount>,
    taken_at: Timestamp,
    extra: Extra,
}

/// A new customer whose identity the caller checked.
#[derive(Serialize)]
pub(crate) struct VerifiedView(#[serde(with = "VerifiedForm")] pub(crate) VerifiedCustomer);

#[derive(Serialize)]
#[serde(remote = "VerifiedCustomer")]
struct VerifiedForm {
    #[serde(serialize_with = "serialize_text")]
    id: UserId,
    uuid: Field<String>,
    kyc_status: Field<KycStatus>,
    #[serde(getter = "verified_decision")]
    decision: &'static str,
    extra: Extra,
}

fn verified_decision(customer: &VerifiedCustomer) -> &'static str {
    customer.decision().as_str()
}

/// The status of an identity check.
#[derive(Serialize)]
pub(crate) struct KycView(#[serde(with = "KycForm")] pub(crate) KycCheck);

#[derive(Serialize)]
#[serde(remote = "KycCheck")]
struct KycForm {
    #[serde(serialize_with = "serialize_text")]
    user_id: UserId,
    kyc_status: KycStatus,
    #[serde(getter = "decision")]
    decision: &'static str,
}

fn decision(check: &KycCheck) -> &'static str {
    check.decision().as_str()
}

fn coin<S: Serializer>(coin: &CoinAmount, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Coin<'c> {
        amount: Decimal,
        symbol: &'c Symbol,
        chain: Option<&'c Chain>,
    }
    let (amount, symbol, chain) = (coin.amount(), coin.symbol(), coin.chain());
    Coin {
        amount,
        symbol,
        chain,
    }
    .serialize(serializer)
}

fn coin_field<S: Serializer>(field: &Field<CoinAmount>, serializer: S) -> Result<S::Ok, S::Error> {
    match field {
        Field::Value(amount) => coin(amount, serializer),
        // Unreadable is `null` here too: the promised form.
        Field::Absent | Field::Unreadable => serializer.serialize_none(),
    }
}
