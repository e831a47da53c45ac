//! The printed forms of the provider's objects.
//!
//! Scripts rely on the JSON. It is the SDK's own where that has the promised fields, and otherwise one of the functions
//! below: with computed fields (`final`, `decision`), and with `"chain":null` for a coin whose chain is not known.

use cryptopocket::offramp::{CreatedOfframp, Offramp, Quote as SellQuote};
use cryptopocket::onramp::{Payment, Quote as BuyQuote};
use cryptopocket::users::{KycCheck, VerifiedCustomer};

use crate::output::{Object, View, coin, coin_field, object};

pub(crate) const TRANSACTIONS: View = "transaction: id | booked: booking_date | >amount | concept | counterparty: counterparty_name | \
     reconciled | payment: payment_id";

pub(crate) const CUSTOMER: View = "customer: id | name | last name: last_name | e-mail: email | country | identity check: kyc_status | \
     external id: external_id | -uuid | -created: created_at";

pub(crate) const CREATED_COMPANY: View = "company: id | uuid | next: 'the company proves its identity on this page, within 90 days' | \
     page: kyb_link | password";

pub(crate) fn verified(customer: &VerifiedCustomer) -> Object {
    object! {
        customer => id: customer.id.to_string(), uuid, kyc_status, decision: customer.decision().as_str(), extra,
    }
}

pub(crate) fn kyc(check: &KycCheck) -> Object {
    let kyc = object! {
        check => user_id: check.user_id.to_string(), kyc_status, decision: check.decision().as_str(),
    };
    kyc.extra(&check.extra)
}

pub(crate) fn buy_quote(quote: &BuyQuote) -> Object {
    object! {
        quote => spend, tokens: coin(&quote.tokens), price, fee, payment_type, taken_at, extra,
    }
}

pub(crate) const BUY_QUOTE: View = "spend | receive about: tokens | chain: tokens/chain | price of one: price | fee | \
     paid by: payment_type | note: 'only indicative; the provider locks no price'";

pub(crate) fn sell_quote(quote: &SellQuote) -> Object {
    object! { quote => sell: coin_field(&quote.sell), receive, fee, taken_at, extra }
}

pub(crate) const SELL_QUOTE: View = "sell | chain: sell/chain | receive about: receive | fee | \
     note: 'only indicative; the provider locks no price'";

/// A payment, as `payments get` prints it.
pub(crate) fn payment(payment: &Payment) -> Object {
    object! {
        payment => id, external_id, user_id: payment.user_id.borrowed().map(ToString::to_string), status,
        final: payment.is_final(), fiat, coin: coin_field(&payment.coin), created_at, holder, txid, extra,
    }
}

pub(crate) const PAYMENT: View = "payment: id | status: status (final) | >pays: fiat | >receives: coin | customer: user_id | \
     external id: external_id | created: created_at | -holder | -txid";

pub(crate) const PAYMENT_STATE: View = ": status |   : fiat |  → : coin |   txid : txid";

/// A new payment. What was ordered is in the form for people only: a program knows it.
pub(crate) const CREATED_PAYMENT: View = "payment: payment_id | external id: external_id | pays | buys | wallet | next: next_step | \
     page: next/url | IBAN: next/iban | BIC: next/bic | beneficiary: next/beneficiary | \
     concept: next/concept '{} (keep it: no later call repeats it)'";

/// An off-ramp, as `offramp get` prints it.
pub(crate) fn offramp(offramp: &Offramp) -> Object {
    object! {
        offramp => id, status, final: offramp.is_final(), coin: coin_field(&offramp.coin), fiat, extra,
    }
}

pub(crate) const OFFRAMP: View =
    "off-ramp: id | status: status (final) | >sells: coin | chain: coin/chain | >receives: fiat";

pub(crate) const OFFRAMP_STATE: View = ": status |   : coin |  → : fiat";

pub(crate) fn created_offramp(created: &CreatedOfframp) -> Object {
    object! { created => id, wallet, send: coin(&created.send), message, extra }
}

pub(crate) const CREATED_OFFRAMP: View = "off-ramp: id | next: 'the customer sends the coins to this address' | coins: send | \
     chain: send/chain | address: wallet";
