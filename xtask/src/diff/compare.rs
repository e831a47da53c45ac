//! Comparing two documents, operation by operation.

use super::Change;
use super::flatten::{self, Facts, Flat, Way};
use crate::spec::Document;
use std::collections::{BTreeMap, BTreeSet};

/// Every change, in the order of the operations.
pub(crate) fn documents(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    let (before, after) = (flat(old), flat(new));
    for id in keys(&before, &after) {
        let mut report = Report {
            under: format!("`{id}`"),
            changes: &mut changes,
        };
        match (before.get(id), after.get(id)) {
            (Some(old), Some(new)) => operations(old, new, &mut report),
            (_, Some(new)) => report.add(false, format!("operation added: `{}`", new.call["call"])),
            _ => report.add(true, "operation removed"),
        }
    }
    enums(&before, &after, &mut changes);
    changes
}

fn flat(document: &Document) -> BTreeMap<String, Flat> {
    let operations = document.operations();
    let flat = |operation| flatten::operation(document, operation);
    operations
        .iter()
        .map(|operation| (operation.id().to_owned(), flat(operation)))
        .collect()
}

/// The keys of either map, in order.
fn keys<'a, K: Ord, V>(old: &'a BTreeMap<K, V>, new: &'a BTreeMap<K, V>) -> BTreeSet<&'a K> {
    old.keys().chain(new.keys()).collect()
}

struct Report<'a> {
    under: String,
    changes: &'a mut Vec<Change>,
}

impl Report<'_> {
    fn add(&mut self, breaking: bool, text: impl Into<String>) {
        self.changes.push(Change {
            under: self.under.clone(),
            breaking,
            text: text.into(),
        });
    }
}

fn operations(old: &Flat, new: &Flat, report: &mut Report<'_>) {
    let call_breaks =
        |fact: &str, _: &str| !matches!(fact, "grade" | "source" | "description" | "statuses" | "refusals");
    facts("the call", &old.call, &new.call, report, call_breaks);
    for key in keys(&old.fields, &new.fields) {
        let (way, name) = key;
        let at = match way {
            Way::Parameter => format!("parameter `{name}`"),
            Way::Request => format!("request field `{name}`"),
            Way::Reply => format!("reply field `{name}`"),
        };
        match (old.fields.get(key), new.fields.get(key)) {
            (Some(old), Some(new)) => {
                facts(&at, old, new, report, |fact, after| {
                    field_breaks(*way, fact, after)
                });
            }
            (_, Some(new)) => {
                let presence = new.get("presence").map_or("optional", String::as_str);
                let breaking = presence == "required" && *way != Way::Reply;
                report.add(breaking, format!("{at} added, {presence}"));
            }
            _ => report.add(true, format!("{at} removed")),
        }
    }
}

/// Whether a changed fact of a field breaks a program.
fn field_breaks(way: Way, fact: &str, after: &str) -> bool {
    match fact {
        "grade" | "description" => false,
        // Replies are not checked; a request may now be refused.
        "checks" => way != Way::Reply && !after.is_empty(),
        // A builder takes an optional parameter where a required one was.
        "presence" if way == Way::Parameter => after == "required",
        _ => true,
    }
}

fn facts(at: &str, old: &Facts, new: &Facts, report: &mut Report<'_>, breaks: impl Fn(&str, &str) -> bool) {
    for fact in keys(old, new) {
        let before = old.get(fact).map_or("", String::as_str);
        let after = new.get(fact).map_or("", String::as_str);
        if before == after {
            continue;
        }
        let text = match *fact {
            "description" => format!("{at}: description reworded"),
            fact => format!("{at}: {fact} {} → {}", shown(before), shown(after)),
        };
        report.add(breaks(fact, after), text);
    }
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// Enums are reported once, with the operations that mention them.
fn enums(before: &BTreeMap<String, Flat>, after: &BTreeMap<String, Flat>, changes: &mut Vec<Change>) {
    let (old, new) = (values(before), values(after));
    let empty = Values::default();
    for name in keys(&old, &new) {
        let (old, new) = (old.get(name).unwrap_or(&empty), new.get(name).unwrap_or(&empty));
        let users = new.users.join(", ");
        let mut report = Report {
            under: format!("Enum `{name}`"),
            changes,
        };
        for value in old.values.difference(&new.values) {
            report.add(true, format!("value `{value}` removed (used by {users})"));
        }
        for value in new.values.difference(&old.values) {
            report.add(false, format!("value `{value}` added (used by {users})"));
        }
    }
}

/// The values of an enum, and the operations that mention it.
#[derive(Default)]
struct Values<'a> {
    values: BTreeSet<&'a str>,
    users: Vec<String>,
}

fn values(flat: &BTreeMap<String, Flat>) -> BTreeMap<&str, Values<'_>> {
    let mut found: BTreeMap<&str, Values<'_>> = BTreeMap::new();
    for (id, operation) in flat {
        for (name, values) in &operation.enums {
            let entry = found.entry(name).or_default();
            entry.values.extend(values.iter().map(String::as_str));
            entry.users.push(format!("`{id}`"));
        }
    }
    found
}
