//! The printed forms of the provider's objects.
//!
//! Scripts rely on the JSON. It is the SDK's own where that has the promised fields, and otherwise one of the functions
//! below: with computed fields (`final`, `decision`), and with `"chain":null` for a coin whose chain is not known.

use cryptopocket::offramp::{CreatedOfframp, Offramp, Quote as SellQuote};
use cryptopocket::onramp::{Payment, Quote as BuyQuote};
use cryptopocket::users::{KycCheck, VerifiedCustomer};

pub(crate) use crate::output::views::*;
use crate::output::{Object, coin, coin_field, object};

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

pub(crate) fn sell_quote(quote: &SellQuote) -> Object {
    object! { quote => sell: coin_field(&quote.sell), receive, fee, taken_at, extra }
}

/// A payment, as `payments get` prints it.
pub(crate) fn payment(payment: &Payment) -> Object {
    object! {
        payment => id, external_id, user_id: payment.user_id.borrowed().map(ToString::to_string), status,
        final: payment.is_final(), fiat, coin: coin_field(&payment.coin), created_at, holder, txid, extra,
    }
}

/// An off-ramp, as `offramp get` prints it.
pub(crate) fn offramp(offramp: &Offramp) -> Object {
    object! {
        offramp => id, status, final: offramp.is_final(), coin: coin_field(&offramp.coin), fiat, extra,
    }
}

pub(crate) fn created_offramp(created: &CreatedOfframp) -> Object {
    object! { created => id, wallet, send: coin(&created.send), message, extra }
}
