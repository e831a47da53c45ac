//! Bank accounts, their transactions, and reconciliation.

use super::Call;
use crate::wire::{BankAccountView, BankTransactionView, Failure, Reconciled, Reply};

#[allow(
    clippy::unnecessary_wraps,
    reason = "handlers share one signature, whether they can fail or not"
)]
pub(super) fn accounts(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let accounts = call.integration().accounts.iter();
    Ok(Reply::data(
        &accounts.map(BankAccountView::of).collect::<Vec<_>>(),
    ))
}

pub(super) fn transactions(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.query();
    let page = input.page();
    let (from, to) = (input.moment("from"), input.through("to"));
    input.check()?;
    let account = call.integration().account(call.parameter());
    let account = account.ok_or(Failure::Code("account_not_found"))?;
    let feed = &account.feed;
    let span = feed.span(from, to, |transaction| transaction.booked_at);
    let page = feed.page(span.len(), span, page);
    Ok(Reply::page(&page.map(|transaction| {
        BankTransactionView::of(account, transaction)
    })))
}

pub(super) fn reconcile(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let mut input = call.body()?;
    let (payment_id, transaction_id) = (
        input.required_id("payment_id"),
        input.required_id("transaction_id"),
    );
    let iban = input.text("iban", 42);
    input.check()?;
    let (integration, provider) = call.parts();
    integration.reconcile(provider, &payment_id, &transaction_id, iban.as_deref())?;
    let (payment_id, transaction_id) = (payment_id.as_str(), transaction_id.as_str());
    Ok(Reply::data(&Reconciled {
        payment_id,
        transaction_id,
        status: "payment_received",
    }))
}
