//! The section of payments.

use cryptopocket_emulator::{Engine, Payment};
use maud::{Markup, html};

use super::list::{List, joined};
use super::parts::{any_status, badge, button, buttons, facts, time};
use super::view::View;

const STATUSES: &[&str] = &[
    "started",
    "pending_bank",
    "payment_received",
    "coins_sent",
    "payment_rejected",
];
const LIST: List = List {
    section: "payments",
    caption: "Payments, newest first",
    empty: "No payments yet. POST /createPayment or /createGuidedPayment creates one.",
    headings: &["Payment", "Amount", "Status", "Actions"],
};

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let payments = view.integration(engine).payments.iter().rev();
    LIST.show(view, payments, searched, |payment| row(engine, view, payment))
}

fn searched(payment: &Payment) -> String {
    joined(&[
        Some(&payment.id),
        Some(&payment.user.to_string()),
        Some(&payment.status),
        Some(payment.method.payment_type),
        payment.concept.map(|concept| concept.to_string()).as_deref(),
        payment.external_id.as_deref(),
        payment.wallet.as_deref(),
        payment.holder.as_deref(),
        payment.txid.as_deref(),
    ])
}

fn row(engine: &Engine, view: &View, payment: &Payment) -> Markup {
    let id = &payment.id;
    let concept = payment.concept.map(|concept| concept.to_string());
    let customer = view.integration(engine).customers.get(&payment.user);
    let amount = payment.fiat_amount.rescaled(2).unwrap_or(payment.fiat_amount);
    html! {
        tr id={ "payment-" (id) } tabindex="-1" {
            td data-label="Payment" {
                code { (id) }
                @if let Some(external_id) = &payment.external_id { br; (external_id) }
                br; @if let Some(customer) = customer { (customer.name) " " } code { (payment.user) }
                br; (time(payment.created_at))
            }
            td data-label="Amount" {
                strong { (amount) " " (payment.fiat) }
                br; (payment.coin_amount) " " (payment.asset.symbol)
                br; span.dim { (payment.method.name) @if payment.guided { ", guided" } }
            }
            td data-label="Status" { (badge(&payment.status)) }
            td data-label="Actions" {
                (buttons(view, &steps(view, payment)))
                details id={ "more-payment-" (id) } {
                    summary { "More" }
                    (facts(&[
                        ("concept", concept.as_deref()),
                        ("chain", Some(payment.asset.chain)),
                        ("wallet", payment.wallet.as_deref()),
                        ("holder", payment.holder.as_deref()),
                        ("txid", payment.txid.as_deref()),
                        ("callback_url", payment.callback_url.as_deref()),
                    ]))
                    (any_status(view, &format!("payments/{id}/status"), &format!("payment-{id}"), STATUSES))
                }
            }
        }
    }
}

/// The buttons for the steps that are possible in the payment's state.
fn steps(view: &View, payment: &Payment) -> Markup {
    let started = payment.status == "started";
    let steps: &[(&str, &str)] = match payment.status.as_str() {
        "started" if payment.concept.is_some() => &[
            ("announce", "Announce the transfer"),
            ("transfer", "Send the transfer"),
            ("fail", "Fail"),
        ],
        "pending_bank" => &[("transfer", "Send the transfer"), ("fail", "Fail")],
        "started" => &[("pay", "Pay"), ("fail", "Fail")],
        "payment_received" => &[("coins", "Send the coins")],
        _ => &[],
    };
    html! {
        @for (step, label) in steps {
            (button(view, &format!("payments/{}/{step}", payment.id), label, &payment.id, None))
        }
        @if started && payment.concept.is_none() {
            a.button.small.plain href={ "/pages/gateway/" (payment.id) } { "Gateway" }
        }
    }
}
