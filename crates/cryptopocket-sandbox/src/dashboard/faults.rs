//! The section of faults.

use cryptopocket_emulator::server::EVENT_TYPES;
use cryptopocket_emulator::{Engine, Fault, ROUTES, TransferFault, WebhookFault};
use maud::{Markup, html};

use super::parts::submit;
use super::view::View;

/// The armed faults.
pub(super) fn armed(engine: &Engine, view: &View) -> Markup {
    let waiting = engine.armed_faults();
    html! {
        @if waiting.is_empty() {
            p.dim { "None is set." }
        } @else {
            ul.armed {
                @for one in &waiting {
                    li {
                        strong { (one.what) }
                        @if let Some(detail) = &one.detail { " " (detail) }
                        " on " code { (one.on) } ", " (one.left) "×"
                        @if one.skip > 0 { " after " (one.skip) }
                    }
                }
            }
            form.acts method="post" action=(view.action("faults")) data-do {
                button #clear-faults.small type="submit" name="_method" value="DELETE" { "Clear all" }
            }
        }
    }
}

/// The forms that arm faults.
pub(super) fn arm(_: &Engine, view: &View) -> Markup {
    let operations: Vec<&str> = ROUTES.iter().map(|route| route.operation).collect();
    html! {
        (fault(view, "faults", "A call", Some(("operation", "Call", &operations)), &Fault::names()))
        (fault(view, "webhook-faults", "A webhook", Some(("event", "Event", EVENT_TYPES)), &WebhookFault::names()))
        (fault(view, "transfer-faults", "A transfer", None, &TransferFault::names()))
    }
}

fn fault(view: &View, call: &str, title: &str, on: Option<(&str, &str, &[&str])>, names: &[&str]) -> Markup {
    let id = |field: &str| format!("{call}-{field}");
    html! {
        details id={ "more-" (call) } {
            summary { "Let it go wrong: " (title.to_lowercase()) }
            form.grid method="post" action=(view.action(call)) data-do {
                @if let Some((field, label, values)) = on {
                    div {
                        label for=(id("on")) { (label) }
                        select id=(id("on")) name=(field) {
                            option value="*" { "any" }
                            @for value in values { option { (value) } }
                        }
                    }
                }
                div {
                    label for=(id("fault")) { "Fault" }
                    select id=(id("fault")) name="fault" { @for name in names { option { (name) } } }
                }
                div {
                    label for=(id("detail")) { "Detail" }
                    input id=(id("detail")) name="detail" autocomplete="off" placeholder="status, ms, code …";
                }
                div {
                    label for=(id("skip")) { "Spared first" }
                    input id=(id("skip")) name="skip:number" type="number" min="0" value="0" required;
                }
                div {
                    label for=(id("times")) { "Times" }
                    input id=(id("times")) name="times:number" type="number" min="1" value="1" required;
                }
                (submit("Set"))
            }
        }
    }
}
