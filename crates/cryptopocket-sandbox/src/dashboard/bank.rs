//! The bank: accounts, what was booked on them, and a customer's bank to send money from.

use cryptopocket_emulator::{BankAccount, BankTransaction, Engine, Integration};
use maud::{Markup, html};

use super::find::matching;
use super::parts::{address, badge, facts, newest, plain_button, table as framed, time};
use super::view::View;

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let one = view.integration(engine);
    html! {
        @for account in &one.accounts {
            p {
                strong { (account.alias) } " " code { (account.iban) } ", " (account.holder) ": "
                strong { (account.balance.rescaled(2).unwrap_or(account.balance)) " " (account.currency) }
            }
            (feed(one, view, account))
        }
    }
}

fn feed(one: &Integration, view: &View, account: &BankAccount) -> Markup {
    let all = &account.feed;
    let (found, turn) = newest(
        view,
        "bank",
        all.len(),
        |place| all.at(place),
        |one| matching::transaction(view, one),
    );
    let rows = found
        .iter()
        .map(|transaction| row(one, view, account, transaction))
        .collect();
    framed(
        "Bank transactions, newest first",
        &["Transaction", "Amount", "Payer", "Reconciliation"],
        (rows, turn),
        view,
        "Nothing was booked yet.",
    )
}

fn row(one: &Integration, view: &View, account: &BankAccount, transaction: &BankTransaction) -> Markup {
    let id = &transaction.id;
    let field = format!("reconcile-{id}");
    let suggestion = waiting_for(one, transaction).unwrap_or_default();
    html! {
        tr id={ "transaction-" (id) } tabindex="-1" {
            td data-label="Transaction" { code { (id) } br; (time(transaction.booked_at)) }
            td data-label="Amount" { strong { (transaction.amount) " " (account.currency) } }
            td data-label="Payer" {
                (transaction.counterparty_name.as_deref().unwrap_or("unknown"))
                (facts(&[
                    ("concept", transaction.concept.as_deref()),
                    ("IBAN", transaction.counterparty_iban.as_deref()),
                    ("end-to-end id", transaction.end_to_end_id.as_deref()),
                ]))
            }
            td data-label="Reconciliation" {
                @if let Some(payment) = &transaction.payment {
                    (badge("reconciled")) " " code { (payment) }
                    @if transaction.is_misattributed() {
                        p { span.badge.bad { "meant for another" } " " code { (transaction.meant_for.as_deref().unwrap_or_default()) } }
                    }
                } @else if !transaction.amount.is_negative() {
                    form.line method="post" action=(address("bank/reconcile", view)) data-do {
                        input type="hidden" name="api_key" value=(one.key);
                        input type="hidden" name="transaction_id" value=(id);
                        label for=(field) { "Payment it is for" }
                        input id=(field) name="payment_id" value=(suggestion) required autocomplete="off" spellcheck="false";
                        (plain_button("Reconcile"))
                    }
                }
            }
        }
    }
}

/// Payments that are looked through for the concept of a credit.
const LOOKED_THROUGH: usize = 1_000;

/// The payment whose concept a credit carries.
fn waiting_for(one: &Integration, transaction: &BankTransaction) -> Option<String> {
    let concept: u64 = transaction.concept.as_deref()?.trim().parse().ok()?;
    let payments = &one.payments;
    let mut recent = (0..payments.len())
        .rev()
        .take(LOOKED_THROUGH)
        .filter_map(|place| payments.at(place));
    let found = recent.find(|payment| payment.concept == Some(concept))?;
    Some(found.id.clone())
}

/// The form by which money arrives.
pub(super) fn credit(engine: &Engine, view: &View) -> Markup {
    let field = |name: &str, label: &str, hint: Option<&str>, required: bool| {
        html! {
            div {
                label for={ "credit-" (name) } { (label) }
                input id={ "credit-" (name) } name=(name) required[required] autocomplete="off" placeholder=[hint];
            }
        }
    };
    html! {
        details #more-credit {
            summary { "Let money arrive" }
            form.grid method="post" action=(address("bank/credits", view)) data-do data-clear {
                input type="hidden" name="api_key" value=(view.integration(engine).key);
                (field("amount", "Amount", Some("240.00, or below zero for a debit"), true))
                (field("concept", "Concept", Some("what the payer wrote"), false))
                (field("payer_name", "Name of the payer", None, false))
                (field("payer_iban", "IBAN of the payer", None, false))
                (field("end_to_end_id", "End-to-end id", None, false))
                (plain_button("Book it"))
            }
        }
    }
}
