//! Records as replies show them. Requests carry customer ids as numbers, most replies as text.

use cryptopocket_types::Decimal;

use super::{Object, number};
use crate::catalogue::{Asset, Method};
use crate::prices::base_units;
use crate::records::{BankAccount, BankTransaction, Customer, Offramp, Payment};

pub(crate) fn asset(asset: &Asset, min_purchase: Decimal) -> Object {
    Object::new()
        .with("symbol", asset.symbol)
        .with("name", asset.name)
        .with("chain", asset.chain)
        .with("decimals", asset.decimals)
        .with("active", asset.active)
        .with("min_purchase", number(min_purchase))
}

pub(crate) fn method(method: &Method, min_amount: Decimal) -> Object {
    Object::new()
        .with("payment_type", method.payment_type)
        .with("name", method.name)
        .with("fiat_symbol", method.fiat)
        .with_some("country", method.country)
        .with("min_amount", number(min_amount))
}

/// Money in cents, coins as a number.
pub(crate) fn payment(payment: &Payment) -> Object {
    let txid = payment.txid.as_ref().filter(|_| payment.status == "coins_sent");
    Object::new()
        .with("id", &payment.id)
        .with("external_id", &payment.external_id)
        .with("user_id", payment.user.to_string())
        .with("status", &payment.status)
        .with("fiat_amount", payment.fiat_amount.to_minor(2).unwrap_or(0))
        .with("fiat_symbol", &payment.fiat)
        .with("coin_symbol", payment.asset.symbol)
        .with("coin_amount", number(payment.coin_amount))
        .with("created_at", payment.created_at.to_string())
        .with("holder", &payment.holder)
        .with_some("txid", txid)
}

/// Coins as a string of base units, money as a decimal string.
pub(crate) fn offramp(offramp: &Offramp) -> Object {
    Object::new()
        .with("id", offramp.id)
        .with("status", &offramp.status)
        .with("blockchain", offramp.asset.chain)
        .with("crypto", offramp.asset.symbol)
        .with("amount", base_units(offramp.amount, offramp.asset.decimals))
        .with("decimals", offramp.asset.decimals)
        .with("fiat_amount", offramp.fiat_amount.to_string())
}

pub(crate) fn customer(customer: &Customer) -> Object {
    Object::new()
        .with("id", customer.id.to_string())
        .with("uuid", &customer.uuid)
        .with("external_id", &customer.external_id)
        .with("name", &customer.name)
        .with("last_name", &customer.last_name)
        .with("email", &customer.email)
        .with("country", &customer.country)
        .with("kyc_status", &customer.kyc)
        .with("created_at", customer.created_at.to_string())
}

pub(crate) fn account(account: &BankAccount) -> Object {
    Object::new()
        .with("iban", &account.iban)
        .with("bic", &account.bic)
        .with("holder_name", &account.holder)
        .with("alias", &account.alias)
        .with("currency", &account.currency)
        .with("balance", account.balance.to_string())
        .with("status", "active")
}

pub(crate) fn transaction(account: &BankAccount, transaction: &BankTransaction) -> Object {
    Object::new()
        .with("id", &transaction.id)
        .with("iban", &account.iban)
        .with("amount", transaction.amount.to_string())
        .with("currency", &account.currency)
        .with("booking_date", transaction.booked_at.date())
        .with("value_date", transaction.booked_at.date())
        .with("concept", &transaction.concept)
        .with("counterparty_name", &transaction.counterparty_name)
        .with("counterparty_iban", &transaction.counterparty_iban)
        .with("end_to_end_id", &transaction.end_to_end_id)
        .with("reconciled", transaction.payment.is_some())
        .with("payment_id", &transaction.payment)
}
