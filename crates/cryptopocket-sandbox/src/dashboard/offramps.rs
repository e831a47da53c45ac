//! Sales of coins and what can happen to them.

use cryptopocket_emulator::{Engine, Offramp};
use maud::{Markup, html};

use super::find::matching;
use super::parts::{
    act, acts, address, any_status, badge, facts, newest, plain_button, table as framed, time,
};
use super::view::View;

const STATUSES: &[&str] = &["started", "crypto_received", "finished"];

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let all = &view.integration(engine).offramps;
    let (found, turn) = newest(
        view,
        "offramps",
        all.len(),
        |place| all.at(place),
        |one| matching::offramp(view, one),
    );
    let rows = found.iter().map(|one| row(engine, view, one)).collect();
    framed(
        "Off-ramps, newest first",
        &["Off-ramp", "Amount", "Status", "What can happen"],
        (rows, turn),
        view,
        "None yet. POST /createRampoff makes one.",
    )
}

fn row(engine: &Engine, view: &View, one: &Offramp) -> Markup {
    let id = one.id.to_string();
    let deposit = format!("offramps/{id}/deposit");
    let received = one.received.to_string();
    let partial = format!("amount-{id}");
    html! {
        tr id={ "offramp-" (id) } tabindex="-1" {
            td data-label="Off-ramp" {
                code { (id) }
                br; @if let Some(customer) = view.integration(engine).customers.get(&one.user) { (customer.name) " " }
                code { (one.user) }
                br; (time(one.created_at))
            }
            td data-label="Amount" {
                strong { (one.amount) " " (one.asset.symbol) }
                br; (one.fiat_amount) " EUR"
            }
            td data-label="Status" { (badge(&one.status)) }
            td data-label="What can happen" {
                (acts(view, &html! {
                    @match one.status.as_str() {
                        "started" => (act(view, &deposit, "Coins arrive", &id, None)),
                        "crypto_received" => (act(view, &format!("offramps/{id}/payout"), "Pay out", &id, None)),
                        _ => {}
                    }
                }))
                details id={ "more-offramp-" (id) } {
                    summary { "More" }
                    (facts(&[
                        ("chain", Some(one.asset.chain)),
                        ("wallet", Some(&one.wallet)),
                        ("received", Some(&received)),
                        ("pay out to", Some(&one.payout_to)),
                    ]))
                    @if one.status == "started" {
                        form.line method="post" action=(address(&deposit, view)) data-do {
                            label for=(partial) { "Part of the coins arrives" }
                            input id=(partial) name="amount" inputmode="decimal" required autocomplete="off";
                            (plain_button("Deposit"))
                        }
                    }
                    (any_status(view, &format!("offramps/{id}/status"), &format!("offramp-{id}"), STATUSES))
                }
            }
        }
    }
}
