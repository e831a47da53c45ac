//! The event catalogue of the webhooks crate, and sample deliveries for tests.

use super::{Files, header};
use crate::spec::Node;
use heck::ToUpperCamelCase as _;
use serde_json::Value;

const CATALOGUE: &str = "crates/cryptopocket-webhooks/src/generated";
const FIXTURES: &str = "tests/fixtures/events";
const SOURCE: &str = "spec/events.yaml";

/// Folders that hold nothing else.
pub(crate) const FOLDERS: [&str; 2] = [CATALOGUE, FIXTURES];

/// The catalogue's module, and one JSON file for each sample.
pub(crate) fn files(events: &Value) -> Result<Files, String> {
    let mut files = Files::new();
    let mut text = header("The events that the provider sends.", SOURCE);
    text += "use cryptopocket_types::evidence::Evidence;\n\nuse crate::catalogue::{Domain, EventInfo, EventKind};\n\n";
    text += "/// All known events; within a domain in the order in which they happen.\n";
    text += "pub const EVENTS: &[EventInfo] = &[\n";
    for event in events.list("events") {
        text += &entry(event);
        for example in event.list("examples") {
            let body = example
                .get("body")
                .ok_or_else(|| format!("{SOURCE}: an example without `body`"))?;
            let name = format!("{FIXTURES}/{}.{}.json", event.word("type"), example.word("name"));
            let json = serde_json::to_string_pretty(body).map_err(|e| e.to_string())?;
            if files.insert(name.clone(), json + "\n").is_some() {
                return Err(format!("{SOURCE}: two examples would be written to {name}"));
            }
        }
    }
    files.insert(format!("{CATALOGUE}/events.rs"), text + "];\n");
    let module = header("The event catalogue.", SOURCE) + "#[rustfmt::skip]\npub(crate) mod events;\n";
    files.insert(format!("{CATALOGUE}.rs"), module);
    Ok(files)
}

fn entry(event: &Value) -> String {
    let aliases: Vec<&str> = event.list("aliases").map(|alias| alias.word("type")).collect();
    let domain = match event.word("domain") {
        "onramp" => "OnRamp",
        _ => "OffRamp",
    };
    let grade = |key: &str| format!("Evidence::{}", event.word(key).to_upper_camel_case());
    let quoted = |key: &str| format!("{:?}", event.word(key));
    let mut samples = event.list("examples").filter_map(|example| example.get("body"));
    let sample = samples.next().map(Value::to_string).unwrap_or_default();
    let fields = [
        ("kind", format!("EventKind::{}", event.word("kind"))),
        ("name", quoted("type")),
        ("aliases", format!("&{aliases:?}")),
        ("domain", format!("Domain::{domain}")),
        ("summary", quoted("summary")),
        ("evidence", grade("evidence")),
        ("payload_evidence", grade("payload_evidence")),
        ("source", quoted("source")),
        ("sample", format!("{sample:?}")),
    ];
    let fields = fields.map(|(name, value)| format!("        {name}: {value},\n"));
    format!("    EventInfo {{\n{}    }},\n", fields.concat())
}
