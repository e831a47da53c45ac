//! Bank accounts, their transactions, and reconciliation.

use super::call::{Answer, Call};
use crate::fields::Fields;
use crate::wire::{Reply, account, object, or_refuse, transaction};

#[allow(clippy::unnecessary_wraps, reason = "all handlers have one signature")]
pub(super) fn accounts(call: &mut Call<'_>, _: Fields<'_>) -> Answer {
    let accounts = call.integration().accounts.iter();
    Ok(Reply::data(accounts.map(account).collect::<Vec<_>>()))
}

pub(super) fn transactions(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let (page, period) = (input.page(), input.period());
    input.check()?;
    let account = or_refuse(call.integration().account(call.parameter), "account_not_found")?;
    let span = account.feed.span(&period, |booked| booked.booked_at);
    let page = account.feed.page(page, span);
    Ok(Reply::page(&page, |booked| transaction(account, booked)))
}

pub(super) fn reconcile(call: &mut Call<'_>, mut input: Fields<'_>) -> Answer {
    let payment = input.required_id("payment_id");
    let transaction = input.required_id("transaction_id");
    let iban = input.text("iban", 42);
    input.check()?;
    call.tenant().reconcile(&payment, &transaction, iban.as_deref())?;
    let status = "payment_received";
    Ok(Reply::data(
        object! { payment_id: payment, transaction_id: transaction, status: status },
    ))
}
