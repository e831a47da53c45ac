//! The section of the bank: accounts, their transactions, and a form that books a credit.

use cryptopocket_emulator::{BankAccount, BankTransaction, Engine, Integration};
use maud::{Markup, html};

use super::list::{List, joined};
use super::parts::{badge, facts, labelled, submit, time};
use super::view::View;

/// The newest payments, among which the one with a credit's concept is looked for.
const MAX_SUGGESTED_FROM: usize = 1_000;
const LIST: List = List {
    section: "bank",
    caption: "Bank transactions, newest first",
    empty: "No transactions yet.",
    headings: &["Transaction", "Amount", "Payer", "Reconciliation"],
};

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let integration = view.integration(engine);
    html! {
        @for account in &integration.accounts {
            p {
                strong { (account.alias) } " " code { (account.iban) } ", " (account.holder) ": "
                strong { (account.balance.rescaled(2).unwrap_or(account.balance)) " " (account.currency) }
            }
            (LIST.show(view, account.feed.iter().rev(), searched, |transaction| {
                row(integration, view, account, transaction)
            }))
        }
    }
}

fn searched(transaction: &BankTransaction) -> String {
    joined(&[
        Some(&transaction.id),
        Some(&transaction.amount.to_string()),
        transaction.concept.as_deref(),
        transaction.counterparty_name.as_deref(),
        transaction.counterparty_iban.as_deref(),
        transaction.end_to_end_id.as_deref(),
        transaction.payment.as_deref(),
    ])
}

fn row(
    integration: &Integration,
    view: &View,
    account: &BankAccount,
    transaction: &BankTransaction,
) -> Markup {
    let id = &transaction.id;
    let field = format!("reconcile-{id}");
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
                    form.line method="post" action=(view.action("bank/reconcile")) data-do {
                        input type="hidden" name="api_key" value=(integration.key);
                        input type="hidden" name="transaction_id" value=(id);
                        label for=(field) { "Payment" }
                        input id=(field) name="payment_id" value=(suggestion(integration, transaction).unwrap_or_default())
                            required autocomplete="off" spellcheck="false";
                        (submit("Reconcile"))
                    }
                }
            }
        }
    }
}

/// The payment whose concept a credit carries.
fn suggestion<'a>(integration: &'a Integration, transaction: &BankTransaction) -> Option<&'a str> {
    let concept: u64 = transaction.concept.as_deref()?.trim().parse().ok()?;
    let mut recent = integration.payments.iter().rev().take(MAX_SUGGESTED_FROM);
    let found = recent.find(|payment| payment.concept == Some(concept))?;
    Some(&found.id)
}

/// The form that books a credit.
pub(super) fn credit(engine: &Engine, view: &View) -> Markup {
    let field = |name: &str, label: &str, hint: Option<&str>, required: bool| {
        labelled(&format!("credit-{name}"), label, |id| {
            html! { input id=(id) name=(name) required[required] autocomplete="off" placeholder=[hint]; }
        })
    };
    html! {
        details #more-credit {
            summary { "Book a credit" }
            form.grid method="post" action=(view.action("bank/credits")) data-do data-clear {
                input type="hidden" name="api_key" value=(view.integration(engine).key);
                (field("amount", "Amount", Some("240.00; negative for a debit"), true))
                (field("concept", "Concept", Some("the payer’s reference"), false))
                (field("payer_name", "Name of the payer", None, false))
                (field("payer_iban", "IBAN of the payer", None, false))
                (field("end_to_end_id", "End-to-end id", None, false))
                (submit("Book"))
            }
        }
    }
}
