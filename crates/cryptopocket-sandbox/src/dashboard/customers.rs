//! The section of customers.

use cryptopocket_emulator::{Customer, Engine, Reinforcement};
use maud::{Markup, html};

use super::list::{List, joined};
use super::parts::{any_status, badge, button, buttons, facts, time};
use super::view::View;

const STATUSES: &[&str] = &["unused", "processing", "valid", "fail"];
const LIST: List = List {
    section: "customers",
    caption: "Customers, newest first",
    empty: "No customers yet. POST /registerUser creates one.",
    headings: &["Customer", "Verification", "Actions"],
};

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let customers = view.integration(engine).customers.iter().rev();
    LIST.show(view, customers, searched, |customer| row(engine, view, customer))
}

fn searched(customer: &Customer) -> String {
    joined(&[
        Some(&customer.id.to_string()),
        Some(&customer.full_name()),
        Some(&customer.email),
        Some(&customer.uuid),
        Some(&customer.kyc),
        customer.external_id.as_deref(),
    ])
}

fn row(engine: &Engine, view: &View, customer: &Customer) -> Markup {
    let id = customer.id.to_string();
    let (kyc, ban) = (format!("customers/{id}/kyc"), format!("customers/{id}/ban"));
    let act = |command, label, field| button(view, command, label, &customer.name, Some(field));
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
                    Reinforcement::Asked => { " " span.badge.warn { "declaration required" } }
                    Reinforcement::Done => { " " span.badge.good { "declaration received" } }
                }
            }
            td data-label="Actions" {
                (buttons(view, &html! {
                    @if customer.kyc != "valid" { (act(&kyc, "Approve", ("status", "valid"))) }
                    @if customer.kyc != "fail" { (act(&kyc, "Reject", ("status", "fail"))) }
                    @if customer.banned { (act(&ban, "Lift the ban", ("banned:flag", "false"))) }
                    @else { (act(&ban, "Ban", ("banned:flag", "true"))) }
                    a.button.small.plain href=(customer.verification_link(&engine.settings().origin)) { "Form" }
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
