//! Who is told of what, and each attempt to tell them.

use cryptopocket_emulator::{Delivery, Engine};
use maud::{Markup, html};

use super::find::matching;
use super::parts::{act, acts, badge, facts, newest, table as framed, time};
use super::view::View;
use crate::web::pretty;

pub(super) fn tables(engine: &Engine, view: &View) -> Markup {
    let subscriptions = &view.integration(engine).subscriptions;
    let all: Vec<&Delivery> = engine
        .deliveries()
        .filter(|one| one.integration == view.integration)
        .collect();
    let (found, turn) = newest(
        view,
        "webhooks",
        all.len(),
        |place| all.get(place).copied(),
        |one| matching::delivery(view, one),
    );
    let rows = found.iter().map(|one| row(view, one)).collect();
    html! {
        h3 { "Subscriptions" }
        @if subscriptions.is_empty() {
            p.dim { "None yet. POST /subscribeToWebhook makes one." }
        } @else {
            dl.pairs { @for (event, url) in subscriptions { dt { code { (event) } } dd { code { (url) } } } }
        }
        h3 { "Deliveries" }
        (framed(
            "Webhooks, newest first",
            &["Webhook", "Goes to", "State", "What can happen"],
            (rows, turn),
            view,
            "Nothing was sent yet.",
        ))
    }
}

fn row(view: &View, one: &Delivery) -> Markup {
    let id = one.id.to_string();
    let what = format!("webhook {id}");
    html! {
        tr id={ "delivery-" (id) } tabindex="-1" {
            td data-label="Webhook" { "#" (id) " " strong { (one.event) } br; code { (one.subject) } }
            td data-label="Goes to" { code { (one.url) } }
            td data-label="State" { (badge(one.state.name())) }
            td data-label="What can happen" {
                (acts(view, &act(view, &format!("deliveries/{id}/redeliver"), "Send again", &what, None)))
                details id={ "more-delivery-" (id) } {
                    summary { (attempts(one.attempts.len())) }
                    ol.attempts {
                        @for attempt in &one.attempts {
                            li {
                                (time(attempt.at)) " "
                                @match &attempt.result {
                                    Ok(status) => { "answered " strong { (status) } }
                                    Err(why) => { "no answer: " (why) }
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
                    }
                    h4 { "Body that was signed" }
                    pre tabindex="0" { (pretty(&String::from_utf8_lossy(&one.body))) }
                }
            }
        }
    }
}

fn attempts(count: usize) -> String {
    match count {
        0 => "No attempt yet".to_owned(),
        1 => "1 attempt".to_owned(),
        count => format!("{count} attempts"),
    }
}
