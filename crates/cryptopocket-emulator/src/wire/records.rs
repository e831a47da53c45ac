//! Records as replies show them. Requests carry customer ids as numbers, most replies as text.

use cryptopocket_types::Decimal;

use super::{Object, number, object};
use crate::catalogue::{Asset, Method};
use crate::prices::base_units;
use crate::records::{BankAccount, BankTransaction, Customer, Offramp, Payment};

pub(crate) fn asset(asset: &Asset, min_purchase: Decimal) -> Object {
    object! {
        symbol: asset.symbol, name: asset.name, chain: asset.chain, decimals: asset.decimals, active: asset.active,
        min_purchase: number(min_purchase),
    }
}

pub(crate) fn method(method: &Method, min_amount: Decimal) -> Object {
    let view = object! { payment_type: method.payment_type, name: method.name, fiat_symbol: method.fiat };
    let view = view.with_some("country", method.country);
    view.with("min_amount", number(min_amount))
}

/// Money in cents, coins as a number.
pub(crate) fn payment(payment: &Payment) -> Object {
    let view = object! {
        id: &payment.id, external_id: &payment.external_id, user_id: payment.user.to_string(), status: &payment.status,
        fiat_amount: payment.fiat_amount.to_minor(2).unwrap_or(0), fiat_symbol: &payment.fiat,
        coin_symbol: payment.asset.symbol, coin_amount: number(payment.coin_amount),
        created_at: payment.created_at.to_string(), holder: &payment.holder,
    };
    let txid = payment.txid.as_ref().filter(|_| payment.status == "coins_sent");
    view.with_some("txid", txid)
}

/// Coins as a string of base units, money as a decimal string.
pub(crate) fn offramp(offramp: &Offramp) -> Object {
    let decimals = offramp.asset.decimals;
    object! {
        id: offramp.id, status: &offramp.status, blockchain: offramp.asset.chain, crypto: offramp.asset.symbol,
        amount: base_units(offramp.amount, decimals), decimals: decimals, fiat_amount: offramp.fiat_amount.to_string(),
    }
}

pub(crate) fn customer(customer: &Customer) -> Object {
    object! {
        id: customer.id.to_string(), uuid: &customer.uuid, external_id: &customer.external_id, name: &customer.name,
        last_name: &customer.last_name, email: &customer.email, country: &customer.country, kyc_status: &customer.kyc,
        created_at: customer.created_at.to_string(),
    }
}

pub(crate) fn account(account: &BankAccount) -> Object {
    object! {
        iban: &account.iban, bic: &account.bic, holder_name: &account.holder, alias: &account.alias,
        currency: &account.currency, balance: account.balance.to_string(), status: "active",
    }
}

pub(crate) fn transaction(account: &BankAccount, transaction: &BankTransaction) -> Object {
    let date = transaction.booked_at.date();
    object! {
        id: &transaction.id, iban: &account.iban, amount: transaction.amount.to_string(), currency: &account.currency,
        booking_date: &date, value_date: &date, concept: &transaction.concept,
        counterparty_name: &transaction.counterparty_name, counterparty_iban: &transaction.counterparty_iban,
        end_to_end_id: &transaction.end_to_end_id, reconciled: transaction.payment.is_some(),
        payment_id: &transaction.payment,
    }
}
