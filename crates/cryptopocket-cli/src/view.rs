//! The printed forms of the provider's objects.
//!
//! Scripts rely on the JSON. It is the SDK's own where that has the promised fields, and otherwise one of the functions
//! below: with computed fields (`final`, `decision`), and with `"chain":null` for a coin whose chain is not known.

use cryptopocket::offramp::{CreatedOfframp, Offramp, Quote as SellQuote};
use cryptopocket::onramp::{Payment, Quote as BuyQuote};
use cryptopocket::users::{KycCheck, VerifiedCustomer};

use crate::output::Part::{At, Says, Status, Text};
use crate::output::{Object, View, coin, coin_field, object};

pub(crate) const ASSETS: View = &[
    ("symbol", At("symbol")),
    ("chain", At("chain")),
    ("name", At("name")),
    (">decimals", At("decimals")),
    ("active", At("active")),
    (">minimum", At("min_purchase")),
];

pub(crate) const PRICE: View = &[
    ("coin", At("symbol")),
    ("chain", At("chain")),
    ("price of one", At("price")),
];

pub(crate) const PAYMENT_METHODS: View = &[
    ("payment type", At("payment_type")),
    ("name", At("name")),
    ("currency", At("currency")),
    ("country", At("country")),
    (">minimum", At("min")),
    (">maximum", At("max")),
];

pub(crate) const ACCOUNTS: View = &[
    ("iban", At("iban")),
    ("bic", At("bic")),
    ("holder", At("holder_name")),
    ("alias", At("alias")),
    (">balance", At("balance")),
    ("currency", At("currency")),
    ("status", At("status")),
];

pub(crate) const TRANSACTIONS: View = &[
    ("transaction", At("id")),
    ("booked", At("booking_date")),
    (">amount", At("amount")),
    ("concept", At("concept")),
    ("counterparty", At("counterparty_name")),
    ("reconciled", At("reconciled")),
    ("payment", At("payment_id")),
];

pub(crate) const RECONCILED: View = &[
    ("payment", At("payment_id")),
    ("transaction", At("transaction_id")),
    ("status", At("status")),
];

pub(crate) const CUSTOMER: View = &[
    ("customer", At("id")),
    ("name", At("name")),
    ("last name", At("last_name")),
    ("e-mail", At("email")),
    ("country", At("country")),
    ("identity check", At("kyc_status")),
    ("external id", At("external_id")),
    ("-uuid", At("uuid")),
    ("-created", At("created_at")),
];

pub(crate) const CREATED_CUSTOMER: View = &[
    ("customer", At("id")),
    ("next", Text("the customer proves their identity on this page")),
    ("page", At("kyc_form_url")),
];

pub(crate) const CREATED_COMPANY: View = &[
    ("company", At("id")),
    ("uuid", At("uuid")),
    (
        "next",
        Text("the company proves its identity on this page, within 90 days"),
    ),
    ("page", At("kyb_link")),
    ("password", At("password")),
];

pub(crate) fn verified(customer: &VerifiedCustomer) -> Object {
    object! {
        "id": customer.id.to_string(),
        "uuid": customer.uuid,
        "kyc_status": customer.kyc_status,
        "decision": customer.decision().as_str(),
        "extra": customer.extra,
    }
}

pub(crate) const VERIFIED: View = &[
    ("customer", At("id")),
    ("uuid", At("uuid")),
    ("identity check", At("kyc_status")),
    ("decision", At("decision")),
];

pub(crate) fn kyc(check: &KycCheck) -> Object {
    object! {
        "user_id": check.user_id.to_string(),
        "kyc_status": check.kyc_status,
        "decision": check.decision().as_str(),
    }
}

pub(crate) const KYC: View = &[
    ("customer", At("user_id")),
    ("identity check", At("kyc_status")),
    ("decision", At("decision")),
];

pub(crate) fn buy_quote(quote: &BuyQuote) -> Object {
    object! {
        "spend": quote.spend,
        "tokens": coin(&quote.tokens),
        "price": quote.price,
        "fee": quote.fee,
        "payment_type": quote.payment_type,
        "taken_at": quote.taken_at,
        "extra": quote.extra,
    }
}

pub(crate) const BUY_QUOTE: View = &[
    ("spend", At("spend")),
    ("receive about", At("tokens")),
    ("chain", At("tokens/chain")),
    ("price of one", At("price")),
    ("fee", At("fee")),
    ("paid by", At("payment_type")),
    ("note", Text("only indicative; the provider locks no price")),
];

pub(crate) fn sell_quote(quote: &SellQuote) -> Object {
    object! {
        "sell": coin_field(&quote.sell),
        "receive": quote.receive,
        "fee": quote.fee,
        "taken_at": quote.taken_at,
        "extra": quote.extra,
    }
}

pub(crate) const SELL_QUOTE: View = &[
    ("sell", At("sell")),
    ("chain", At("sell/chain")),
    ("receive about", At("receive")),
    ("fee", At("fee")),
    ("note", Text("only indicative; the provider locks no price")),
];

/// A payment, as `payments get` prints it.
pub(crate) fn payment(payment: &Payment) -> Object {
    object! {
        "id": payment.id,
        "external_id": payment.external_id,
        "user_id": payment.user_id.borrowed().map(ToString::to_string),
        "status": payment.status,
        "final": payment.is_final(),
        "fiat": payment.fiat,
        "coin": coin_field(&payment.coin),
        "created_at": payment.created_at,
        "holder": payment.holder,
        "txid": payment.txid,
        "extra": payment.extra,
    }
}

pub(crate) const PAYMENT: View = &[
    ("payment", At("id")),
    ("status", Status),
    (">pays", At("fiat")),
    (">receives", At("coin")),
    ("customer", At("user_id")),
    ("external id", At("external_id")),
    ("created", At("created_at")),
    ("-holder", At("holder")),
    ("-txid", At("txid")),
];

pub(crate) const PAYMENT_STATE: View = &[
    ("", At("status")),
    ("  ", At("fiat")),
    (" → ", At("coin")),
    ("  txid ", At("txid")),
];

/// A new payment. What was ordered is in the form for people only: a program knows it.
pub(crate) const CREATED_PAYMENT: View = &[
    ("payment", At("payment_id")),
    ("external id", At("external_id")),
    ("pays", At("pays")),
    ("buys", At("buys")),
    ("wallet", At("wallet")),
    ("next", At("next_step")),
    ("page", At("next/url")),
    ("IBAN", At("next/iban")),
    ("BIC", At("next/bic")),
    ("beneficiary", At("next/beneficiary")),
    (
        "concept",
        Says("next/concept", "{} (keep it: no later call repeats it)"),
    ),
];

/// An off-ramp, as `offramp get` prints it.
pub(crate) fn offramp(offramp: &Offramp) -> Object {
    object! {
        "id": offramp.id,
        "status": offramp.status,
        "final": offramp.is_final(),
        "coin": coin_field(&offramp.coin),
        "fiat": offramp.fiat,
        "extra": offramp.extra,
    }
}

pub(crate) const OFFRAMP: View = &[
    ("off-ramp", At("id")),
    ("status", Status),
    (">sells", At("coin")),
    ("chain", At("coin/chain")),
    (">receives", At("fiat")),
];

pub(crate) const OFFRAMP_STATE: View = &[("", At("status")), ("  ", At("coin")), (" → ", At("fiat"))];

pub(crate) fn created_offramp(created: &CreatedOfframp) -> Object {
    object! {
        "id": created.id,
        "wallet": created.wallet,
        "send": coin(&created.send),
        "message": created.message,
        "extra": created.extra,
    }
}

pub(crate) const CREATED_OFFRAMP: View = &[
    ("off-ramp", At("id")),
    ("next", Text("the customer sends the coins to this address")),
    ("coins", At("send")),
    ("chain", At("send/chain")),
    ("address", At("wallet")),
];
