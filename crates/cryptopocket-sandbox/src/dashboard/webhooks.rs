//! The section of webhooks: subscriptions, and the delivery log with every attempt.

use cryptopocket_emulator::{Attempt, Delivery, Engine};
use maud::{Markup, html};

use super::list::{List, joined};
use super::parts::{badge, button, buttons, facts, time};
use super::view::View;
use crate::web::pretty;

const LIST: List = List {
    section: "webhooks",
    caption: "Webhooks, newest first",
    empty: "No webhooks yet.",
    headings: &["Webhook", "URL", "State", "Actions"],
};

pub(super) fn tables(engine: &Engine, view: &View) -> Markup {
    let subscriptions = &view.integration(engine).subscriptions;
    let deliveries = engine.deliveries().rev();
    let deliveries = deliveries.filter(|delivery| delivery.integration == view.integration);
    html! {
        h3 { "Subscriptions" }
        @if subscriptions.is_empty() {
            p.dim { "No subscriptions yet. POST /subscribeToWebhook creates one." }
        } @else {
            dl.pairs { @for (event, url) in subscriptions { dt { code { (event) } } dd { code { (url) } } } }
        }
        h3 { "Deliveries" }
        (LIST.show(view, deliveries, searched, |delivery| row(view, delivery)))
    }
}

fn searched(delivery: &Delivery) -> String {
    joined(&[
        Some(&delivery.event),
        Some(&delivery.subject),
        Some(&delivery.url),
        Some(delivery.state.name()),
    ])
}

fn row(view: &View, delivery: &Delivery) -> Markup {
    let id = delivery.id.to_string();
    let redeliver = format!("deliveries/{id}/redeliver");
    html! {
        tr id={ "delivery-" (id) } tabindex="-1" {
            td data-label="Webhook" { "#" (id) " " strong { (delivery.event) } br; code { (delivery.subject) } }
            td data-label="URL" { code { (delivery.url) } }
            td data-label="State" { (badge(delivery.state.name())) }
            td data-label="Actions" {
                (buttons(view, &button(view, &redeliver, "Send again", &format!("webhook {id}"), None)))
                details id={ "more-delivery-" (id) } {
                    summary {
                        @match delivery.attempts.len() {
                            0 => "No attempt yet",
                            1 => "1 attempt",
                            count => { (count) " attempts" }
                        }
                    }
                    ol.attempts { @for attempt in &delivery.attempts { li { (show(attempt)) } } }
                    h4 { "Signed body" }
                    pre tabindex="0" { (pretty(&String::from_utf8_lossy(&delivery.body))) }
                }
            }
        }
    }
}

fn show(attempt: &Attempt) -> Markup {
    html! {
        (time(attempt.at)) " "
        @match &attempt.result {
            Ok(status) => { "answered " strong { (status) } }
            Err(reason) => { "no answer: " (reason) }
        }
        @if let Some(remark) = &attempt.remark {
            (facts(&[
                ("X-Timestamp", Some(&remark.timestamp)),
                ("X-Signature", Some(&remark.signature)),
                ("Answer", (!remark.answer.is_empty()).then_some(&remark.answer)),
            ]))
        }
    }
}
