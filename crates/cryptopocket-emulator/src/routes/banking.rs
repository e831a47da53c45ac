//! Bank accounts, their transactions, and reconciliation.

use super::{Answer, Call};
use crate::wire::{Failure, Object, Reply, account, transaction};

pub(super) fn accounts(call: &mut Call<'_>) -> Answer {
    let accounts = call.integration().accounts.iter();
    Ok(Reply::data(accounts.map(account).collect::<Vec<_>>()))
}

pub(super) fn transactions(call: &mut Call<'_>) -> Answer {
    let mut input = call.query();
    let (page, period) = (input.page(), input.period());
    input.check()?;
    let account = call.integration().account(call.parameter());
    let account = account.ok_or(Failure::Code("account_not_found"))?;
    let page = account
        .feed
        .page(page, |booked| period.contains(booked.booked_at));
    Ok(Reply::page(&page, |booked| transaction(account, booked)))
}

pub(super) fn reconcile(call: &mut Call<'_>) -> Answer {
    let mut input = call.body()?;
    let (payment_id, transaction_id) = (
        input.required_id("payment_id"),
        input.required_id("transaction_id"),
    );
    let iban = input.text("iban", 42);
    input.check()?;
    call.tenant()
        .reconcile(&payment_id, &transaction_id, iban.as_deref())?;
    let data = Object::new()
        .with("payment_id", payment_id)
        .with("transaction_id", transaction_id);
    Ok(Reply::data(data.with("status", "payment_received")))
}
