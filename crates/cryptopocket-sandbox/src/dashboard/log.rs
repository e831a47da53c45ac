//! The section of the call log: the last calls and their answers, redacted.

use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::Entry;
use maud::{Markup, html};

use super::list::{List, joined};
use super::view::View;
use crate::web::pretty;

/// Characters of a body that are shown.
const SHOWN_CHARS: usize = 4_000;
const LIST: List = List {
    section: "log",
    caption: "Requests, newest first",
    empty: "No requests yet. The API page sends some.",
    headings: &["Time", "Request", "Answer"],
};

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let calls = engine.call_log().since(0).into_iter().rev();
    LIST.show(view, calls, searched, row)
}

fn searched(call: &Entry) -> String {
    let status = call.status.map(|status| status.to_string());
    joined(&[Some(&call.operation), Some(&call.path), status.as_deref()])
}

fn row(call: &Entry) -> Markup {
    let word = call.word();
    let kind = match call.status {
        Some(200..300) if !word.starts_with("error") => "good",
        Some(200..300) => "warn",
        _ => "bad",
    };
    let (date, clock) = call.at.split_once('T').unwrap_or((&call.at, ""));
    html! {
        tr id={ "log-" (call.number) } {
            td data-label="Time" { time.dim datetime=(call.at) title=(date) { (clock.trim_end_matches('Z')) } }
            td data-label="Request" {
                strong { (call.method) } " " code { (call.path) @if !call.query.is_empty() { "?" (call.query) } }
                br; span.dim { (call.operation) }
                @if let Some(fault) = &call.fault { " " span.badge.bad { "fault: " (fault) } }
            }
            td data-label="Answer" {
                span .badge .(kind) {
                    @if let Some(status) = call.status { (status) " " (word) } @else { "no answer" }
                }
                details id={ "more-log-" (call.number) } {
                    summary { "Bodies" }
                    (body("Request", call.body.get()))
                    (body("Answer", call.reply.get()))
                }
            }
        }
    }
}

fn body(title: &str, json: &str) -> Markup {
    let text: String = json.chars().take(SHOWN_CHARS).collect();
    let omitted = json.len().saturating_sub(text.len());
    html! {
        h4 { (title) }
        @if json == "null" {
            p.dim { "No body." }
        } @else {
            pre tabindex="0" { (pretty(&text)) @if omitted > 0 { "\n… " (omitted) " more bytes" } }
        }
    }
}
