//! The customers of an integration and what a reviewer can decide about them.

use cryptopocket_emulator::{Customer, Engine, Reinforcement};
use maud::{Markup, html};

use super::find::matching;
use super::parts::{act, acts, any_status, badge, facts, newest, table as framed, time};
use super::view::View;

const STATUSES: &[&str] = &["unused", "processing", "valid", "fail"];

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let all = &view.integration(engine).customers;
    let (found, turn) = newest(
        view,
        "customers",
        all.len(),
        |place| all.at(place),
        |one| matching::customer(view, one),
    );
    let rows = found.iter().map(|one| row(engine, view, one)).collect();
    framed(
        "Customers, newest first",
        &["Customer", "Verification", "What can happen"],
        (rows, turn),
        view,
        "None yet. POST /registerUser makes one.",
    )
}

fn row(engine: &Engine, view: &View, one: &Customer) -> Markup {
    let id = one.id.to_string();
    let kyc = format!("customers/{id}/kyc");
    let set = |label, status| act(view, &kyc, label, &one.name, Some(("status", status)));
    let ban = |label, banned| {
        let call = format!("customers/{id}/ban");
        act(view, &call, label, &one.name, Some(("banned:flag", banned)))
    };
    let documents = one.documents.join(", ");
    html! {
        tr id={ "customer-" (id) } tabindex="-1" {
            td data-label="Customer" {
                strong { (one.name) @if let Some(last) = &one.last_name { " " (last) } }
                @if one.company { " " span.badge { "company" } }
                br; (one.email)
                br; code { (id) } " " (time(one.created_at))
            }
            td data-label="Verification" {
                (badge(&one.kyc))
                @if one.banned { " " (badge("banned")) }
                @match one.reinforcement {
                    Reinforcement::NotAsked => {}
                    Reinforcement::Asked => { " " span.badge.warn { "declaration asked for" } }
                    Reinforcement::Done => { " " span.badge.good { "declaration given" } }
                }
            }
            td data-label="What can happen" {
                (acts(view, &html! {
                    @if one.kyc != "valid" { (set("Approve", "valid")) }
                    @if one.kyc != "fail" { (set("Reject", "fail")) }
                    @if one.banned { (ban("Let back in", "false")) } @else { (ban("Ban", "true")) }
                    a.button.small.plain href=(one.verification_link(engine.origin())) { "Form" }
                }))
                details id={ "more-customer-" (id) } {
                    summary { "More" }
                    (facts(&[
                        ("uuid", Some(&one.uuid)),
                        ("external_id", one.external_id.as_deref()),
                        ("country", one.country.as_deref()),
                        ("callback_url", one.callback_url.as_deref()),
                        ("documents", (!documents.is_empty()).then_some(&documents)),
                    ]))
                    (any_status(view, &kyc, &format!("customer-{id}"), STATUSES))
                }
            }
        }
    }
}
