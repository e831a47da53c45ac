//! The section of payments.

use cryptopocket_emulator::{Engine, Payment};
use maud::{Markup, html};

use super::list::{List, texts};
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
    headings: &["Payment", "Amount", "Status", "What can happen"],
    empty: "None yet. POST /createPayment or /createGuidedPayment makes one.",
};

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let payments = view.integration(engine).payments.iter().rev();
    LIST.show(view, payments, search_texts, |payment| row(engine, view, payment))
}

fn search_texts(payment: &Payment) -> Vec<String> {
    let concept = payment.concept.map(|concept| concept.to_string());
    let Payment {
        external_id,
        wallet,
        holder,
        txid,
        ..
    } = payment;
    let own = [
        payment.id.clone(),
        payment.user.to_string(),
        payment.status.clone(),
    ];
    let own = own.into_iter().chain([payment.method.payment_type.to_owned()]);
    own.chain(texts([&concept, external_id, wallet, holder, txid]))
        .collect()
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
            td data-label="What can happen" {
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

fn steps(view: &View, payment: &Payment) -> Markup {
    let step = |last: &str, label| {
        let command = format!("payments/{}/{last}", payment.id);
        button(view, &command, label, &payment.id, None)
    };
    html! {
        @match payment.status.as_str() {
            "started" if payment.concept.is_some() => {
                (step("announce", "Say it was sent"))
                (step("transfer", "Send the transfer"))
                (step("fail", "Fail"))
            }
            "pending_bank" => { (step("transfer", "Send the transfer")) (step("fail", "Fail")) }
            "started" => {
                (step("pay", "Pay"))
                (step("fail", "Fail"))
                a.button.small.plain href={ "/pages/gateway/" (payment.id) } { "Gateway" }
            }
            "payment_received" => (step("coins", "Send the coins")),
            _ => {}
        }
    }
}
