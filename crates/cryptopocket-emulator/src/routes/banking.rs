//! Bank accounts, their transactions, and reconciliation.

use super::call::{Answer, Call};
use crate::wire::{Object, Reply, account, or_refuse, transaction};

#[allow(clippy::unnecessary_wraps, reason = "all handlers have one signature")]
pub(super) fn accounts(call: &mut Call<'_>) -> Answer {
    let accounts = call.integration().accounts.iter();
    Ok(Reply::data(accounts.map(account).collect::<Vec<_>>()))
}

pub(super) fn transactions(call: &mut Call<'_>) -> Answer {
    let (page, period) = call.query(|input| (input.page(), input.period()))?;
    let account = or_refuse(call.integration().account(call.parameter), "account_not_found")?;
    let span = account.feed.span(period, |booked| booked.booked_at);
    let page = account.feed.page(page, span.len(), span);
    Ok(Reply::page(&page, |booked| transaction(account, booked)))
}

pub(super) fn reconcile(call: &mut Call<'_>) -> Answer {
    let (payment, transaction, iban) = call.body(|input| {
        (
            input.required_id("payment_id"),
            input.required_id("transaction_id"),
            input.text("iban", 42),
        )
    })?;
    call.tenant().reconcile(&payment, &transaction, iban.as_deref())?;
    let data = Object::new()
        .with("payment_id", payment)
        .with("transaction_id", transaction);
    Ok(Reply::data(data.with("status", "payment_received")))
}
