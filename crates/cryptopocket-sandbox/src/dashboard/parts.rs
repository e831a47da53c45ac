//! Parts that several sections share.

use cryptopocket_emulator::Moment;
use maud::{Markup, html};

use super::view::View;

/// A status in the colour of its meaning.
pub(super) fn badge(status: &str) -> Markup {
    let kind = match status {
        "valid" | "coins_sent" | "finished" | "delivered" | "reconciled" => "good",
        "fail" | "payment_rejected" | "given_up" | "lost" | "banned" => "bad",
        "processing" | "pending_bank" | "payment_received" | "crypto_received" | "waiting" | "ready"
        | "in_flight" => "warn",
        _ => "",
    };
    html! { span .badge .(kind) { (status) } }
}

/// A time to the second, with the exact one as title.
pub(super) fn time(at: Moment) -> Markup {
    let text = at.to_string();
    html! { time.dim datetime=(text) title=(text) { (text[..19].replace('T', " ")) } }
}

/// A form of [`button`]s.
pub(super) fn buttons(view: &View, buttons: &Markup) -> Markup {
    // Each button has its own `formaction`; the form's action is never used.
    html! { form.acts method="post" action={ "/?" (view.query()) } data-do { (buttons) } }
}

/// A button that sends a command, with one field at most. `target` completes its label for screen readers.
pub(super) fn button(
    view: &View,
    command: &str,
    label: &str,
    target: &str,
    field: Option<(&str, &str)>,
) -> Markup {
    let (name, value) = field.unzip();
    let id = format!("do-{}-{}", command.replace('/', "-"), value.unwrap_or_default());
    html! {
        button.small type="submit" id=(id) formaction=(view.action(command)) name=[name] value=[value]
            aria-label={ (label) ": " (target) } { (label) }
    }
}

/// A form of one button that sends a command with fixed fields.
pub(super) fn switch(view: &View, command: &str, id: &str, label: &str, fields: &[(&str, &str)]) -> Markup {
    html! {
        form.acts method="post" action=(view.action(command)) data-do {
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button.small id=(id) type="submit" { (label) }
        }
    }
}

/// The button of a form with fields.
pub(super) fn submit(label: &str) -> Markup {
    html! { button.plain type="submit" { (label) } }
}

/// A labelled field. `input` is given the id.
pub(super) fn labelled(id: &str, label: &str, input: impl Fn(&str) -> Markup) -> Markup {
    html! { div { label for=(id) { (label) } (input(id)) } }
}

/// A form that sets a status to any text.
pub(super) fn any_status(view: &View, command: &str, id: &str, known: &[&str]) -> Markup {
    let (field, list) = (format!("status-{id}"), format!("list-{id}"));
    html! {
        form.line method="post" action=(view.action(command)) data-do {
            label for=(field) { "Any status" }
            input id=(field) name="status" list=(list) required autocomplete="off";
            datalist id=(list) { @for status in known { option value=(status) {} } }
            (submit("Set"))
        }
    }
}

/// Names and values, without those that have no value.
pub(super) fn facts(pairs: &[(&str, Option<&str>)]) -> Markup {
    html! {
        dl.pairs {
            @for (name, value) in pairs {
                @if let Some(value) = value { dt { (name) } dd { code { (value) } } }
            }
        }
    }
}
