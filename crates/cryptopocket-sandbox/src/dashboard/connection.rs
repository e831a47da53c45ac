//! The section of the connection: URLs and credentials, the integration's switches, scenario and reset.

use cryptopocket_emulator::server::PAYMENT_TYPES;
use cryptopocket_emulator::{Engine, Outage};
use maud::{Markup, html};

use super::parts::{badge, facts, submit, switch};
use super::view::View;

/// The switches of an integration.
pub(super) fn switches(engine: &Engine, view: &View) -> Markup {
    let integration = view.integration(engine);
    let key = ("api_key", integration.key.as_str());
    let flag = |value: bool| if value { "true" } else { "false" };
    let (customers, payments) = (integration.customers.len(), integration.payments.len());
    let whitelist = if integration.whitelisted {
        "Take off the whitelist"
    } else {
        "Put on the whitelist"
    };
    html! {
        p { (customers) " customers, " (payments) " payments, " (integration.offramps.len()) " off-ramps" }
        (switch(view, "whitelist", "whitelist", whitelist, &[key, ("listed:flag", flag(!integration.whitelisted))]))
        (switch(view, "tokens/expire", "expire", "Expire all tokens", &[]))
        details #more-outages {
            summary { "Outages" @for part in &integration.outages { " " (badge(part.name())) } }
            @for outage in Outage::ALL {
                @let (part, down) = (outage.name(), integration.outages.contains(outage));
                @let label = format!("{} {part}", if down { "Bring up" } else { "Take down" });
                (switch(view, "outages", &format!("outage-{part}"), &label, &[key, ("part", part), ("down:flag", flag(!down))]))
            }
        }
        details #more-methods {
            summary { "Payment methods" }
            @for method in PAYMENT_TYPES {
                @let barred = integration.barred_methods.contains(*method);
                @let label = format!("{} {method}", if barred { "Allow" } else { "Bar" });
                (switch(view, "methods", &format!("method-{method}"), &label, &[key, ("payment_type", method), ("barred:flag", flag(!barred))]))
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
    let integration = view.integration(engine);
    let (base, control) = (
        format!("{}/api", engine.settings().origin),
        format!("{}/_sandbox", engine.settings().origin),
    );
    html! {
        (facts(&[("Base URL", Some(&base)), ("Control plane", Some(&control)), ("API key", Some(&integration.key))]))
        details #more-secret { summary { "API secret" } p { code { (integration.secret) } } }
        (switch(view, "integrations", "integrations", "Add an integration", &[]))
        details #more-scenario {
            summary { "Start with a scenario" }
            form method="post" action=(view.action("scenario")) data-do {
                label for="scenario" { "Scenario, in YAML" }
                textarea #scenario name="scenario" rows="10" spellcheck="false" required {
                    @if let Some(scenario) = &engine.settings().scenario { (scenario.source) } @else { (EXAMPLE) }
                }
                p.dim { "Drops the present state." }
                (submit("Start over"))
            }
        }
        details #more-reset {
            summary { "Reset" }
            form.grid method="post" action=(view.action("reset")) data-do data-clear {
                label.tick { input type="checkbox" required; " Drop all customers, payments and money" }
                button type="submit" { "Reset" }
            }
        }
    }
}
