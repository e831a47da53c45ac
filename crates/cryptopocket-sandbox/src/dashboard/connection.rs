//! The section of the connection: URLs and credentials, the integration's switches, scenario and reset.

use cryptopocket_emulator::server::PAYMENT_TYPES;
use cryptopocket_emulator::{Engine, Outage};
use maud::{Markup, html};

use super::parts::{facts, submit};
use super::view::View;

/// The switches of an integration.
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
        form.acts method="post" action=(view.action("whitelist")) data-do {
            input type="hidden" name="api_key" value=(one.key);
            button #whitelist.small type="submit" name="listed:flag" value=(listed) { (label) }
        }
        form.acts method="post" action=(view.action("tokens/expire")) data-do {
            button #expire.small type="submit" { "Expire all tokens" }
        }
        details #more-outages {
            summary { "Parts that are down" }
            @for part in Outage::ALL {
                @let down = one.outages.contains(part);
                form.acts method="post" action=(view.action("outages")) data-do {
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
                form.acts method="post" action=(view.action("methods")) data-do {
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

/// How clients connect as this integration, and how to start over.
pub(super) fn show(engine: &Engine, view: &View) -> Markup {
    let one = view.integration(engine);
    let (base, control) = (
        format!("{}/api", engine.origin()),
        format!("{}/_sandbox", engine.origin()),
    );
    html! {
        (facts(&[("Base URL", Some(&base)), ("Control plane", Some(&control)), ("API key", Some(&one.key))]))
        details #more-secret { summary { "API secret" } p { code { (one.secret) } } }
        form.acts method="post" action=(view.action("integrations")) data-do {
            button #integrations.small type="submit" { "Add an integration" }
        }
        details #more-scenario {
            summary { "Begin with a scenario" }
            form method="post" action=(view.action("scenario")) data-do {
                label for="scenario" { "Scenario, in YAML" }
                textarea #scenario name="scenario" rows="10" spellcheck="false" required {
                    @if let Some(scenario) = engine.scenario() { (scenario.source) } @else { (EXAMPLE) }
                }
                p.dim { "Forgets everything and begins anew with it." }
                (submit("Begin anew"))
            }
        }
        details #more-reset {
            summary { "Forget everything" }
            form.grid method="post" action=(view.action("reset")) data-do data-clear {
                label.tick { input type="checkbox" required; " Customers, payments, money: all of it" }
                button type="submit" { "Reset" }
            }
        }
    }
}
