//! What is beside the tables: the clock, the faults, and how to reach the emulator.

use cryptopocket_emulator::server::{EVENT_TYPES, PAYMENT_TYPES};
use cryptopocket_emulator::{Engine, Fault, Outage, ROUTES, TransferFault, WebhookFault};
use maud::{Markup, html};

use super::parts::{acts, address, facts, plain_button};
use super::view::View;

pub(super) fn clock(engine: &Engine, _: &View) -> Markup {
    let now = engine.now().to_string();
    let (date, clock) = now.split_once('T').unwrap_or((&now, ""));
    html! {
        p.clock { time datetime=(now) { (date) " " strong { (clock.split('.').next().unwrap_or_default()) } " UTC" } }
        p.dim { "Speed: " (engine.speed()) ". " (waiting(engine)) }
    }
}

fn waiting(engine: &Engine) -> Markup {
    html! {
        @if let Some(next) = engine.next_timer().filter(|next| *next > engine.now()) {
            "Something is due in " (next.since(engine.now()).as_secs()) " s."
        } @else {
            "Nothing is due."
        }
    }
}

/// The forms that move the clock on.
pub(super) fn advance(view: &View) -> Markup {
    let leap = |seconds: u32, label: &str| {
        html! {
            button.small type="submit" name="seconds:number" value=(seconds)
                formaction=(address("clock/advance", view)) id={ "leap-" (seconds) } { (label) }
        }
    };
    html! {
        (acts(view, &html! {
            (leap(60, "+1 min"))
            (leap(600, "+10 min"))
            (leap(3_600, "+1 h"))
            (leap(86_400, "+1 day"))
        }))
        form.line method="post" action=(address("clock/advance", view)) data-do {
            label for="seconds" { "Seconds to move on" }
            input #seconds name="seconds:number" type="number" min="0" step="1" required;
            (plain_button("Advance"))
        }
    }
}

/// The faults that wait.
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
            form.acts method="post" action=(address("faults", view)) data-do {
                button #clear-faults.small type="submit" name="_method" value="DELETE" { "Clear all" }
            }
        }
    }
}

/// The forms that set faults.
pub(super) fn arm(view: &View) -> Markup {
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
            form.grid method="post" action=(address(call, view)) data-do {
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
                (plain_button("Set"))
            }
        }
    }
}

/// What is switched on and off for an integration.
pub(super) fn switches(engine: &Engine, view: &View) -> Markup {
    let one = view.integration(engine);
    let count = |what: usize, word: &str| format!("{what} {word}");
    let counts = [
        count(one.customers.len(), "customers"),
        count(one.payments.len(), "payments"),
        count(one.offramps.len(), "off-ramps"),
    ];
    let (label, listed) = if one.whitelisted {
        ("Take off the whitelist", "false")
    } else {
        ("Put on the whitelist", "true")
    };
    html! {
        p { (counts.join(", ")) }
        form.acts method="post" action=(address("whitelist", view)) data-do {
            input type="hidden" name="api_key" value=(one.key);
            button #whitelist.small type="submit" name="listed:flag" value=(listed) { (label) }
        }
        form.acts method="post" action=(address("tokens/expire", view)) data-do {
            button #expire.small type="submit" { "Expire all tokens" }
        }
        details #more-outages {
            summary { "Parts that are down" }
            @for part in Outage::ALL {
                @let down = one.outages.contains(part);
                form.acts method="post" action=(address("outages", view)) data-do {
                    input type="hidden" name="api_key" value=(one.key);
                    input type="hidden" name="part" value=(part);
                    button.small id={ "outage-" (part) } type="submit" name="down:flag" value=(!down) {
                        @if down { "Bring up " (part) } @else { "Take down " (part) }
                    }
                    @if down { span.badge.bad { "down" } }
                }
            }
        }
        details #more-methods {
            summary { "Methods of payment" }
            @for method in PAYMENT_TYPES {
                @let barred = one.barred_methods.contains(*method);
                form.acts method="post" action=(address("methods", view)) data-do {
                    input type="hidden" name="api_key" value=(one.key);
                    input type="hidden" name="payment_type" value=(method);
                    button.small id={ "method-" (method) } type="submit" name="barred:flag" value=(!barred) {
                        @if barred { "Let in " (method) } @else { "Bar " (method) }
                    }
                }
            }
        }
    }
}

const EXAMPLE: &str = "speed: manual
customers:
  - {name: Ana, last_name: López, email: ana@example.com, kyc: valid}
payments:
  - {customer: ana@example.com, amount: 240, external_id: order-2001}
";

/// How a client reaches the emulator as this integration, and the way back to the start.
pub(super) fn connection(engine: &Engine, view: &View) -> Markup {
    let one = view.integration(engine);
    let (base, control) = (
        format!("{}/api", engine.origin()),
        format!("{}/_sandbox", engine.origin()),
    );
    html! {
        (facts(&[("Base URL", Some(&base)), ("Control plane", Some(&control)), ("API key", Some(&one.key))]))
        details #more-secret { summary { "API secret" } p { code { (one.secret) } } }
        form.acts method="post" action=(address("integrations", view)) data-do {
            button #integrations.small type="submit" { "Add an integration" }
        }
        details #more-scenario {
            summary { "Begin with a scenario" }
            form method="post" action=(address("scenario", view)) data-do {
                label for="scenario" { "Scenario, in YAML" }
                textarea #scenario name="scenario" rows="10" spellcheck="false" required {
                    @if let Some(scenario) = engine.scenario() { (scenario.source) } @else { (EXAMPLE) }
                }
                p.dim { "Forgets everything and begins anew with it." }
                (plain_button("Begin anew"))
            }
        }
        details #more-reset {
            summary { "Forget everything" }
            form.grid method="post" action=(address("reset", view)) data-do data-clear {
                label.tick { input type="checkbox" required; " Customers, payments, money: all of it" }
                button type="submit" { "Reset" }
            }
        }
    }
}
