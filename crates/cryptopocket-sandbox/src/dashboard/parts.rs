//! What the tables are made of.

use std::ops::Deref;

use maud::{Markup, html};

use super::view::View;
use crate::moment::Moment;

/// Rows that a table shows; the API's listings have the rest.
pub(super) const ROWS: usize = 25;
/// Entries that a search looks at before it gives up.
pub(super) const SEARCHED: usize = 50_000;

/// The newest of `count` entries that are looked for, and whether older ones were left out.
pub(super) fn newest<I: Deref<Target = T>, T>(
    count: usize,
    at: impl Fn(usize) -> Option<I>,
    keep: impl Fn(&T) -> bool,
) -> (Vec<I>, bool) {
    let mut found = Vec::new();
    for (looked_at, entry) in (0..count).rev().filter_map(at).enumerate() {
        if found.len() == ROWS || looked_at == SEARCHED {
            return (found, true);
        }
        if keep(&entry) {
            found.push(entry);
        }
    }
    (found, false)
}

/// A table with headings, or what to say where it has no rows.
pub(super) fn table(
    caption: &str,
    headings: &[&str],
    (rows, more): (Vec<Markup>, bool),
    view: &View,
    empty: &str,
) -> Markup {
    html! {
        @if rows.is_empty() {
            p.dim { @if view.wanted.is_empty() { (empty) } @else { "Nothing found." } }
        } @else {
            table {
                caption.unseen { (caption) }
                thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
                tbody { @for row in &rows { (row) } }
            }
            @if more { p.dim { "Only the newest are shown." } }
        }
    }
}

/// A word in a colour that goes with its meaning.
pub(super) fn badge(word: &str) -> Markup {
    let kind = match word {
        "valid" | "coins_sent" | "finished" | "delivered" | "reconciled" => "good",
        "fail" | "payment_rejected" | "given_up" | "lost" | "banned" => "bad",
        "processing" | "pending_bank" | "payment_received" | "crypto_received" | "waiting" | "ready"
        | "in_flight" => "warn",
        _ => "",
    };
    html! { span .badge .(kind) { (word) } }
}

pub(super) fn time(at: Moment) -> Markup {
    let text = at.to_string();
    let (date, clock) = text.split_once('T').unwrap_or((&text, ""));
    let clock = clock.split('.').next().unwrap_or_default();
    html! { time.dim datetime=(text) title=(text) { (date) " " (clock) } }
}

/// A form whose buttons are calls of the control plane.
pub(super) fn acts(view: &View, buttons: &Markup) -> Markup {
    // Each button says where it goes; the form itself goes nowhere of use.
    html! { form.acts method="post" action={ "/?" (view.query()) } data-do { (buttons) } }
}

/// A button that makes a control call; `field` is what it sends.
pub(super) fn act(view: &View, call: &str, label: &str, what: &str, field: Option<(&str, &str)>) -> Markup {
    let (name, value) = field.unzip();
    let id = format!("do-{}-{}", call.replace('/', "-"), value.unwrap_or_default());
    html! {
        button.small type="submit" id=(id) formaction=(address(call, view)) name=[name] value=[value]
            aria-label={ (label) ": " (what) } { (label) }
    }
}

/// Where a control call is made from a form.
pub(super) fn address(call: &str, view: &View) -> String {
    let query = view.query();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/dashboard/do/{call}{mark}{query}")
}

pub(super) fn plain_button(label: &str) -> Markup {
    html! { button.plain type="submit" { (label) } }
}

/// A form of its own that sets a status to any word at all.
pub(super) fn any_status(view: &View, call: &str, id: &str, known: &[&str]) -> Markup {
    let (field, list) = (format!("status-{id}"), format!("list-{id}"));
    html! {
        form.line method="post" action=(address(call, view)) data-do {
            label for=(field) { "Any status at all" }
            input id=(field) name="status" list=(list) required autocomplete="off";
            datalist id=(list) { @for word in known { option value=(word) {} } }
            (plain_button("Set"))
        }
    }
}

/// Things and their values; those without a value are left out.
pub(super) fn facts(pairs: &[(&str, Option<&str>)]) -> Markup {
    html! {
        dl.pairs {
            @for (name, value) in pairs {
                @if let Some(value) = value { dt { (name) } dd { code { (value) } } }
            }
        }
    }
}
