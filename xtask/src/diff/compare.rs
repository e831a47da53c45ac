//! Comparing two documents, operation by operation.

use super::Change;
use super::flatten::{self, Facts, Flat, Way};
use crate::spec::Document;
use std::collections::{BTreeMap, BTreeSet};

/// Every change, in the order of the operations.
pub(crate) fn documents(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    let before = flat(old);
    let after = flat(new);
    for id in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let mut report = Report {
            under: format!("`{id}`"),
            changes: &mut changes,
        };
        match (before.get(id), after.get(id)) {
            (Some(old), Some(new)) => operations(old, new, &mut report),
            (Some(_), None) => report.add(true, "operation removed"),
            (None, Some(new)) => report.add(false, format!("operation added: `{}`", new.call["call"])),
            (None, None) => {}
        }
    }
    changes.extend(enums(&before, &after));
    changes
}

fn flat(document: &Document) -> BTreeMap<String, Flat> {
    let operations = document.operations();
    operations
        .iter()
        .map(|o| (o.id().to_owned(), flatten::operation(document, o)))
        .collect()
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
    facts("the call", &old.call, &new.call, report, |fact, _, _| {
        !matches!(fact, "grade" | "source" | "description" | "refusals")
    });
    for key in old
        .fields
        .keys()
        .chain(new.fields.keys())
        .collect::<BTreeSet<_>>()
    {
        let (way, name) = key;
        let at = match way {
            Way::Parameter => format!("parameter `{name}`"),
            Way::Request => format!("request field `{name}`"),
            Way::Reply => format!("reply field `{name}`"),
        };
        match (old.fields.get(key), new.fields.get(key)) {
            (Some(_), None) => report.add(true, format!("{at} removed")),
            (None, Some(new)) => {
                let required = new.get("presence").is_some_and(|presence| presence == "required");
                let breaking = required && *way != Way::Reply;
                let presence = if required { "required" } else { "optional" };
                report.add(breaking, format!("{at} added, {presence}"));
            }
            (Some(old), Some(new)) => {
                facts(&at, old, new, report, |fact, _, after| {
                    field_breaks(*way, fact, after)
                });
            }
            (None, None) => {}
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

fn facts(
    at: &str,
    old: &Facts,
    new: &Facts,
    report: &mut Report<'_>,
    breaks: impl Fn(&str, &str, &str) -> bool,
) {
    for fact in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let before = old.get(fact).map_or("", String::as_str);
        let after = new.get(fact).map_or("", String::as_str);
        if before == after {
            continue;
        }
        let breaking = breaks(fact, before, after);
        if *fact == "description" {
            report.add(breaking, format!("{at}: description reworded"));
        } else {
            report.add(
                breaking,
                format!("{at}: {fact} {} → {}", shown(before), shown(after)),
            );
        }
    }
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// Enums are reported once, with the operations that mention them.
fn enums(before: &BTreeMap<String, Flat>, after: &BTreeMap<String, Flat>) -> Vec<Change> {
    let mut changes = Vec::new();
    let (old, new) = (values(before), values(after));
    for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let empty = (BTreeSet::new(), BTreeSet::new());
        let ((old, _), (new, users)) = (old.get(name).unwrap_or(&empty), new.get(name).unwrap_or(&empty));
        let users: Vec<String> = users.iter().map(|id| format!("`{id}`")).collect();
        let mut report = Report {
            under: format!("Enum `{name}`"),
            changes: &mut changes,
        };
        for value in old.difference(new) {
            report.add(
                true,
                format!("value `{value}` removed (used by {})", users.join(", ")),
            );
        }
        for value in new.difference(old) {
            report.add(
                false,
                format!("value `{value}` added (used by {})", users.join(", ")),
            );
        }
    }
    changes
}

type Values = BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>;

/// For each enum its values, and the operations that mention it.
fn values(flat: &BTreeMap<String, Flat>) -> Values {
    let mut found = Values::new();
    for (id, operation) in flat {
        for (name, values) in &operation.enums {
            let entry = found.entry(name.clone()).or_default();
            entry.0.extend(values.iter().cloned());
            entry.1.insert(id.clone());
        }
    }
    found
}
