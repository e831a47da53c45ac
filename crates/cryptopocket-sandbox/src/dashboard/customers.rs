//! The section of customers.

use cryptopocket_emulator::{Customer, Engine, Reinforcement};
use maud::{Markup, html};

use super::list::{List, texts};
use super::parts::{any_status, badge, button, buttons, facts, time};
use super::view::View;

const STATUSES: &[&str] = &["unused", "processing", "valid", "fail"];
const LIST: List = List {
    section: "customers",
    caption: "Customers, newest first",
    headings: &["Customer", "Verification", "What can happen"],
    empty: "None yet. POST /registerUser makes one.",
};

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let customers = view.integration(engine).customers.iter().rev();
    LIST.show(view, customers, search_texts, |customer| {
        row(engine, view, customer)
    })
}

fn search_texts(customer: &Customer) -> Vec<String> {
    let own = [customer.id.to_string(), customer.full_name()];
    let more = [&customer.email, &customer.uuid, &customer.kyc].map(String::clone);
    own.into_iter()
        .chain(more)
        .chain(texts([&customer.external_id]))
        .collect()
}

fn row(engine: &Engine, view: &View, customer: &Customer) -> Markup {
    let id = customer.id.to_string();
    let kyc = format!("customers/{id}/kyc");
    let set = |label, status| button(view, &kyc, label, &customer.name, Some(("status", status)));
    let ban = |label, banned| {
        let command = format!("customers/{id}/ban");
        button(
            view,
            &command,
            label,
            &customer.name,
            Some(("banned:flag", banned)),
        )
    };
    let documents = customer.documents.join(", ");
    html! {
        tr id={ "customer-" (id) } tabindex="-1" {
            td data-label="Customer" {
                strong { (customer.full_name()) }
                @if customer.company { " " span.badge { "company" } }
                br; (customer.email)
                br; code { (id) } " " (time(customer.created_at))
            }
            td data-label="Verification" {
                (badge(&customer.kyc))
                @if customer.banned { " " (badge("banned")) }
                @match customer.reinforcement {
                    Reinforcement::NotAsked => {}
                    Reinforcement::Asked => { " " span.badge.warn { "declaration asked for" } }
                    Reinforcement::Done => { " " span.badge.good { "declaration given" } }
                }
            }
            td data-label="What can happen" {
                (buttons(view, &html! {
                    @if customer.kyc != "valid" { (set("Approve", "valid")) }
                    @if customer.kyc != "fail" { (set("Reject", "fail")) }
                    @if customer.banned { (ban("Let back in", "false")) } @else { (ban("Ban", "true")) }
                    a.button.small.plain href=(customer.verification_link(engine.origin())) { "Form" }
                }))
                details id={ "more-customer-" (id) } {
                    summary { "More" }
                    (facts(&[
                        ("uuid", Some(&customer.uuid)),
                        ("external_id", customer.external_id.as_deref()),
                        ("country", customer.country.as_deref()),
                        ("callback_url", customer.callback_url.as_deref()),
                        ("documents", (!documents.is_empty()).then_some(&documents)),
                    ]))
                    (any_status(view, &kyc, &format!("customer-{id}"), STATUSES))
                }
            }
        }
    }
}
