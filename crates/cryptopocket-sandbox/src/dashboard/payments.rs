//! Payments and every step from one of their states to the next.

use cryptopocket_emulator::{Engine, Payment};
use maud::{Markup, html};

use super::find::matching;
use super::parts::{act, acts, any_status, badge, facts, newest, table as framed, time};
use super::view::View;

const STATUSES: &[&str] = &[
    "started",
    "pending_bank",
    "payment_received",
    "coins_sent",
    "payment_rejected",
];

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let all = &view.integration(engine).payments;
    let (found, turn) = newest(
        view,
        "payments",
        all.len(),
        |place| all.at(place),
        |one| matching::payment(view, one),
    );
    let rows = found.into_iter().map(|one| row(engine, view, one)).collect();
    framed(
        "Payments, newest first",
        &["Payment", "Amount", "Status", "What can happen"],
        (rows, turn),
        view,
        "None yet. POST /createPayment or /createGuidedPayment makes one.",
    )
}

fn row(engine: &Engine, view: &View, one: &Payment) -> Markup {
    let id = &one.id;
    let user = one.user.to_string();
    let concept = one.concept.map(|concept| concept.to_string());
    let customer = view.integration(engine).customers.get(&one.user);
    let amount = one.fiat_amount.rescaled(2).unwrap_or(one.fiat_amount);
    html! {
        tr id={ "payment-" (id) } tabindex="-1" {
            td data-label="Payment" {
                code { (id) }
                @if let Some(external_id) = &one.external_id { br; (external_id) }
                br; @if let Some(customer) = customer { (customer.name) " " } code { (user) }
                br; (time(one.created_at))
            }
            td data-label="Amount" {
                strong { (amount) " " (one.fiat) }
                br; (one.coin_amount) " " (one.asset.symbol)
                br; span.dim { (one.method.name) @if one.guided { ", guided" } }
            }
            td data-label="Status" { (badge(&one.status)) }
            td data-label="What can happen" {
                (acts(view, &steps(view, one)))
                details id={ "more-payment-" (id) } {
                    summary { "More" }
                    (facts(&[
                        ("concept", concept.as_deref()),
                        ("chain", Some(one.asset.chain)),
                        ("wallet", one.wallet.as_deref()),
                        ("holder", one.holder.as_deref()),
                        ("txid", one.txid.as_deref()),
                        ("callback_url", one.callback_url.as_deref()),
                    ]))
                    (any_status(view, &format!("payments/{id}/status"), &format!("payment-{id}"), STATUSES))
                }
            }
        }
    }
}

fn steps(view: &View, one: &Payment) -> Markup {
    let step = |last: &str, label| act(view, &format!("payments/{}/{last}", one.id), label, &one.id, None);
    let by_transfer = one.concept.is_some();
    html! {
        @match one.status.as_str() {
            "started" if by_transfer => {
                (step("announce", "Say it was sent"))
                (step("transfer", "Send the transfer"))
                (step("fail", "Fail"))
            }
            "pending_bank" => { (step("transfer", "Send the transfer")) (step("fail", "Fail")) }
            "started" => {
                (step("pay", "Pay"))
                (step("fail", "Fail"))
                a.button.small.plain href={ "/pages/gateway/" (one.id) } { "Gateway" }
            }
            "payment_received" => (step("coins", "Send the coins")),
            _ => {}
        }
    }
}
