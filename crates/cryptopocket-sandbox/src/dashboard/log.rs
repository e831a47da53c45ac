//! The last calls and what was answered, with secrets and files blotted out.

use cryptopocket_emulator::Engine;
use cryptopocket_emulator::server::Entry;
use maud::{Markup, html};

use super::find::matching;
use super::parts::{newest, table as framed};
use super::view::View;
use crate::web::pretty;

/// Characters of a body that are shown.
const SHOWN: usize = 4_000;

pub(super) fn table(engine: &Engine, view: &View) -> Markup {
    let all = &engine.call_log();
    let (found, turn) = newest(
        view,
        "log",
        all.len(),
        |place| all.at(place),
        |entry| matching::call(view, entry),
    );
    let rows = found.iter().map(|entry| row(entry)).collect();
    framed(
        "Requests, newest first",
        &["When", "Request", "Answer"],
        (rows, turn),
        view,
        "No request yet. The API page makes some.",
    )
}

fn row(one: &Entry) -> Markup {
    let word = one.word();
    let kind = match one.status {
        Some(200..300) if !word.starts_with("error") => "good",
        Some(200..300) => "warn",
        _ => "bad",
    };
    let (date, clock) = one.at.split_once('T').unwrap_or((&one.at, ""));
    html! {
        tr id={ "log-" (one.number) } {
            td data-label="When" { time.dim datetime=(one.at) title=(date) { (clock.trim_end_matches('Z')) } }
            td data-label="Request" {
                strong { (one.method) } " " code { (one.path) @if !one.query.is_empty() { "?" (one.query) } }
                br; span.dim { (one.operation) }
                @if let Some(fault) = &one.fault { " " span.badge.bad { "fault: " (fault) } }
            }
            td data-label="Answer" {
                span .badge .(kind) {
                    @if let Some(status) = one.status { (status) " " (word) } @else { "no answer" }
                }
                details id={ "more-log-" (one.number) } {
                    summary { "Bodies" }
                    (body("Request", one.body.get()))
                    (body("Answer", one.reply.get()))
                }
            }
        }
    }
}

fn body(title: &str, json: &str) -> Markup {
    let text: String = json.chars().take(SHOWN).collect();
    let left = json.len().saturating_sub(text.len());
    html! {
        h4 { (title) }
        @if json == "null" {
            p.dim { "No body." }
        } @else {
            pre tabindex="0" { (pretty(&text)) @if left > 0 { "\n… " (left) " bytes more" } }
        }
    }
}
