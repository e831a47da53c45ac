//! The section of off-ramps.

use cryptopocket_emulator::{Engine, Offramp};
use maud::{Markup, html};

use super::list::{List, joined};
use super::parts::{any_status, badge, button, buttons, facts, submit, time};
use super::view::View;

const STATUSES: &[&str] = &["started", "crypto_received", "finished"];
const LIST: List = List {
    section: "offramps",
    caption: "Off-ramps, newest first",
    empty: "No off-ramps yet. POST /createRampoff creates one.",
    headings: &["Off-ramp", "Amount", "Status", "Actions"],
};

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let offramps = view.integration(engine).offramps.iter().rev();
    LIST.show(view, offramps, searched, |offramp| row(engine, view, offramp))
}

fn searched(offramp: &Offramp) -> String {
    joined(&[
        Some(&offramp.id.to_string()),
        Some(&offramp.user.to_string()),
        Some(&offramp.status),
        Some(&offramp.wallet),
        Some(&offramp.payout_to),
    ])
}

fn row(engine: &Engine, view: &View, offramp: &Offramp) -> Markup {
    let id = offramp.id.to_string();
    let deposit = format!("offramps/{id}/deposit");
    let received = offramp.received.to_string();
    let amount_field = format!("amount-{id}");
    let customer = view.integration(engine).customers.get(&offramp.user);
    html! {
        tr id={ "offramp-" (id) } tabindex="-1" {
            td data-label="Off-ramp" {
                code { (id) }
                br; @if let Some(customer) = customer { (customer.name) " " } code { (offramp.user) }
                br; (time(offramp.created_at))
            }
            td data-label="Amount" {
                strong { (offramp.amount) " " (offramp.asset.symbol) }
                br; (offramp.fiat_amount) " EUR"
            }
            td data-label="Status" { (badge(&offramp.status)) }
            td data-label="Actions" {
                (buttons(view, &html! {
                    @match offramp.status.as_str() {
                        "started" => (button(view, &deposit, "Deposit coins", &id, None)),
                        "crypto_received" => (button(view, &format!("offramps/{id}/payout"), "Pay out", &id, None)),
                        _ => {}
                    }
                }))
                details id={ "more-offramp-" (id) } {
                    summary { "More" }
                    (facts(&[
                        ("chain", Some(offramp.asset.chain)),
                        ("wallet", Some(&offramp.wallet)),
                        ("received", Some(&received)),
                        ("pay out to", Some(&offramp.payout_to)),
                    ]))
                    @if offramp.status == "started" {
                        form.line method="post" action=(view.action(&deposit)) data-do {
                            label for=(amount_field) { "Part of the coins" }
                            input id=(amount_field) name="amount" inputmode="decimal" required autocomplete="off";
                            (submit("Deposit"))
                        }
                    }
                    (any_status(view, &format!("offramps/{id}/status"), &format!("offramp-{id}"), STATUSES))
                }
            }
        }
    }
}
