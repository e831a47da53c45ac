//! Bank accounts, what came in on them, and what it was for.

use super::Call;
use crate::wire::{BankAccountView, BankTransactionView, Failure, Page, Reconciled, Reply};

#[allow(
    clippy::unnecessary_wraps,
    reason = "handlers share one signature, whether they can fail or not"
)]
pub(super) fn accounts(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let accounts = &call.world.integrations[call.who].accounts;
    Ok(Reply::data(
        &accounts.iter().map(BankAccountView::of).collect::<Vec<_>>(),
    ))
}

pub(super) fn transactions(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let page = input.page();
    let (from, to) = (input.moment("from"), input.through("to"));
    input.check()?;
    let one = &call.world.integrations[call.who];
    let iban = call.parameters.first().map_or("", String::as_str);
    let account = one.account(iban).ok_or(Failure::Code("account_not_found"))?;
    let span = account.feed.span(from, to);
    let Page {
        items,
        current,
        per_page,
        total,
    } = account.feed.page(span, page);
    let items = items
        .iter()
        .map(|transaction| BankTransactionView::of(account, transaction))
        .collect();
    Ok(Reply::page(&Page {
        items,
        current,
        per_page,
        total,
    }))
}

pub(super) fn reconcile(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    let (payment_id, transaction_id) = (
        input.required_id("payment_id"),
        input.required_id("transaction_id"),
    );
    let iban = input.text("iban", 42);
    input.check()?;
    call.world
        .reconcile(call.who, &payment_id, &transaction_id, iban.as_deref())?;
    let (payment_id, transaction_id) = (payment_id.as_str(), transaction_id.as_str());
    Ok(Reply::data(&Reconciled {
        payment_id,
        transaction_id,
        status: "payment_received",
    }))
}
