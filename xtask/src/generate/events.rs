//! The event catalogue of the webhooks crate, and sample deliveries for tests.

use super::{Files, edit::pascal, header};
use serde_json::Value;
use std::fmt::Write as _;

const CATALOGUE: &str = "crates/cryptopocket-webhooks/src/generated";
const FIXTURES: &str = "tests/fixtures/events";
const SOURCE: &str = "spec/events.yaml";

/// Folders that hold nothing else.
pub(crate) const FOLDERS: [&str; 2] = [CATALOGUE, FIXTURES];

/// The catalogue's module and one JSON file a sample.
pub(crate) fn files(events: &Value) -> Result<Files, String> {
    let mut files = Files::new();
    let list = || {
        events
            .get("events")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let mut text = header("The events that the provider sends.", SOURCE);
    text += "use cryptopocket_types::evidence::Evidence;\n\nuse crate::catalogue::{Domain, EventInfo, EventKind};\n\n";
    text += "/// Every event that the provider is known to send; within a domain in the order in which they happen.\n";
    text += "pub const EVENTS: &[EventInfo] = &[\n";
    for event in list() {
        entry(&mut text, event).map_err(|e| format!("{SOURCE}: {}: {e}", word(event, "type")))?;
    }
    text += "];\n";
    files.insert(format!("{CATALOGUE}/events.rs"), text);
    files.insert(
        format!("{CATALOGUE}.rs"),
        header("What the event catalogue says.", SOURCE) + "#[rustfmt::skip]\npub(crate) mod events;\n",
    );
    for event in list() {
        for example in event
            .get("examples")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let body = example
                .get("body")
                .ok_or_else(|| format!("{SOURCE}: an example without `body`"))?;
            let name = format!(
                "{FIXTURES}/{}.{}.json",
                word(event, "type"),
                word(example, "name")
            );
            let text = serde_json::to_string_pretty(body).map_err(|e| e.to_string())?;
            if files.insert(name.clone(), text + "\n").is_some() {
                return Err(format!("{SOURCE}: two examples would be written to {name}"));
            }
        }
    }
    Ok(files)
}

fn entry(text: &mut String, event: &Value) -> std::fmt::Result {
    let aliases: Vec<&str> = event
        .get("aliases")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|alias| word(alias, "type"))
        .collect();
    let domain = if word(event, "domain") == "onramp" {
        "OnRamp"
    } else {
        "OffRamp"
    };
    writeln!(text, "    EventInfo {{")?;
    writeln!(text, "        kind: EventKind::{},", word(event, "kind"))?;
    writeln!(text, "        name: {:?},", word(event, "type"))?;
    writeln!(text, "        aliases: &{aliases:?},")?;
    writeln!(text, "        domain: Domain::{domain},")?;
    writeln!(text, "        summary: {:?},", word(event, "summary"))?;
    writeln!(
        text,
        "        evidence: Evidence::{},",
        pascal(word(event, "evidence"))
    )?;
    writeln!(
        text,
        "        payload_evidence: Evidence::{},",
        pascal(word(event, "payload_evidence"))
    )?;
    writeln!(text, "        source: {:?},", word(event, "source"))?;
    writeln!(text, "    }},")
}

fn word<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}
