//! The section of faults.

use cryptopocket_emulator::server::EVENT_TYPES;
use cryptopocket_emulator::{Engine, Fault, ROUTES, TransferFault, WebhookFault};
use maud::{Markup, html};

use super::parts::{labelled, submit, switch};
use super::view::View;

/// The armed faults.
pub(super) fn armed(engine: &Engine, view: &View) -> Markup {
    let armed = engine.armed_faults();
    html! {
        @if armed.is_empty() {
            p.dim { "No fault is armed." }
        } @else {
            ul.armed {
                @for fault in &armed {
                    li {
                        strong { (fault.what) }
                        @if let Some(detail) = &fault.detail { " " (detail) }
                        " on " code { (fault.on) } ", " (fault.left) "×"
                        @if fault.skip > 0 { " after " (fault.skip) }
                    }
                }
            }
            (switch(view, "faults", "clear-faults", "Disarm all", &[("_method", "DELETE")]))
        }
    }
}

/// The forms that arm faults.
pub(super) fn arm(_: &Engine, view: &View) -> Markup {
    let operations: Vec<&str> = ROUTES.iter().map(|route| route.operation).collect();
    html! {
        (form(view, "faults", "calls", Some(("operation", "Call", &operations)), &Fault::names()))
        (form(view, "webhook-faults", "webhooks", Some(("event", "Event", EVENT_TYPES)), &WebhookFault::names()))
        (form(view, "transfer-faults", "transfers", None, &TransferFault::names()))
    }
}

fn form(view: &View, call: &str, title: &str, on: Option<(&str, &str, &[&str])>, names: &[&str]) -> Markup {
    let field = |field: &str, label: &str, input: &dyn Fn(&str) -> Markup| {
        labelled(&format!("{call}-{field}"), label, input)
    };
    html! {
        details id={ "more-" (call) } {
            summary { "Faults of " (title) }
            form.grid method="post" action=(view.action(call)) data-do {
                @if let Some((name, label, values)) = on {
                    (field("on", label, &|id| html! {
                        select id=(id) name=(name) {
                            option value="*" { "any" }
                            @for value in values { option { (value) } }
                        }
                    }))
                }
                (field("fault", "Fault", &|id| html! {
                    select id=(id) name="fault" { @for name in names { option { (name) } } }
                }))
                (field("detail", "Detail", &|id| html! {
                    input id=(id) name="detail" autocomplete="off" placeholder="status, ms, code …";
                }))
                (field("skip", "Skip", &|id| html! {
                    input id=(id) name="skip:number" type="number" min="0" value="0" required;
                }))
                (field("times", "Times", &|id| html! {
                    input id=(id) name="times:number" type="number" min="1" value="1" required;
                }))
                (submit("Arm"))
            }
        }
    }
}
