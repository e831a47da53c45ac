//! What the tables are made of.

use std::ops::Deref;

use cryptopocket_emulator::Moment;
use maud::{Markup, html};

use super::view::View;

/// Rows that a table shows at a time.
pub(super) const ROWS: usize = 25;
/// Entries that a search looks at before it gives up.
const SEARCHED: usize = 50_000;

/// Which page of a table is shown, and how it goes on.
#[derive(Debug)]
pub(super) struct Turn {
    section: &'static str,
    page: usize,
    more: bool,
    /// The search has looked at as much as it may.
    gave_up: bool,
}

/// The page of `section` that is looked at, of `count` entries from the newest to the oldest, as far as they are wanted.
pub(super) fn newest<I: Deref<Target = T>, T>(
    view: &View,
    section: &'static str,
    count: usize,
    at: impl Fn(usize) -> Option<I>,
    keep: impl Fn(&T) -> bool,
) -> (Vec<I>, Turn) {
    let mut turn = Turn {
        section,
        page: view.page(section),
        more: false,
        gave_up: false,
    };
    let before = (turn.page - 1) * ROWS;
    // Where everything is wanted, what stands before the page need not be looked at.
    let (jumped, mut passed) = if view.wanted.is_empty() {
        (before, 0)
    } else {
        (0, before)
    };
    let mut found = Vec::new();
    let entries = (0..count).rev().skip(jumped).filter_map(at);
    for (looked_at, entry) in entries.enumerate() {
        if looked_at == SEARCHED {
            turn.gave_up = true;
            break;
        }
        if !keep(&entry) {
            continue;
        }
        if passed > 0 {
            passed -= 1;
        } else if found.len() == ROWS {
            turn.more = true;
            break;
        } else {
            found.push(entry);
        }
    }
    (found, turn)
}

/// A table with headings and the way to its other pages, or what to say where it has no rows.
pub(super) fn table(
    caption: &str,
    headings: &[&str],
    (rows, turn): (Vec<Markup>, Turn),
    view: &View,
    empty: &str,
) -> Markup {
    let leads = |page, id: &str, label: &str| {
        html! {
            a.button.small.plain id={ (turn.section) "-" (id) } href=(view.turned(turn.section, page)) { (label) }
        }
    };
    html! {
        @if rows.is_empty() {
            p.dim {
                @if turn.page > 1 { "Nothing is on this page." }
                @else if view.wanted.is_empty() { (empty) }
                @else { "Nothing found." }
            }
        } @else {
            table {
                caption.unseen { (caption) }
                thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
                tbody { @for row in &rows { (row) } }
            }
        }
        @if turn.gave_up { p.dim { "The search ended after " (SEARCHED) " entries." } }
        @if turn.page > 1 || turn.more {
            nav.acts aria-label={ (caption) ": pages" } {
                @if rows.is_empty() {
                    (leads(1, "newer", "Newest"))
                } @else if turn.page > 1 {
                    (leads(turn.page - 1, "newer", "Newer"))
                }
                span.dim { "Page " (turn.page) }
                @if turn.more { (leads(turn.page + 1, "older", "Older")) }
            }
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
