//! Comparing two documents, operation by operation, and two event catalogues.

use super::Change;
use super::flatten::{self, Facts, Way};
use crate::spec::{Document, Node};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every change: of the operations, then of the enums, each of which is reported once.
pub(crate) fn documents(old: &Document, new: &Document) -> Vec<Change> {
    let mut report = Report::default();
    let (before, after) = (flat(old), flat(new));
    for id in keys(&before, &after) {
        report.under = format!("`{id}`");
        match (before.get(id), after.get(id)) {
            (Some(old), Some(new)) => operations(old, new, &mut report),
            (_, Some(new)) => {
                let call = &new[&(Way::Call, String::new())]["call"];
                report.add(false, format!("operation added: `{call}`"));
            }
            _ => report.add(true, "operation removed"),
        }
    }
    let (before, after) = (enums(old), enums(new));
    let none = BTreeSet::new();
    for name in keys(&before, &after) {
        report.under = format!("Enum `{name}`");
        let users = format!(" (used by {})", users(new, name));
        let (old, new) = (before.get(name), after.get(name));
        report.words("value", old.unwrap_or(&none), new.unwrap_or(&none), &users);
    }
    report.changes
}

/// Every change of an event, under one heading.
pub(super) fn events(old: &Value, new: &Value) -> Vec<Change> {
    let (before, after) = (by_kind(old), by_kind(new));
    let mut report = Report {
        under: "Events".to_owned(),
        ..Report::default()
    };
    for kind in keys(&before, &after) {
        match (before.get(kind), after.get(kind)) {
            (Some(old), Some(new)) => {
                let what = format!("`{kind}`: spelling");
                report.words(&what, &spellings(old), &spellings(new), "");
                let facts = |event: &Value| {
                    let keys = ["object", "object_status", "evidence"];
                    keys.map(|key| (key, event.word(key).trim().to_owned())).into()
                };
                let breaks = |fact: &str, _: &str| fact != "evidence";
                report.facts(&format!("`{kind}`"), &facts(old), &facts(new), breaks);
            }
            (_, Some(event)) => report.add(false, format!("event `{kind}` added (`{}`)", event.word("type"))),
            _ => report.add(true, format!("event `{kind}` removed")),
        }
    }
    report.changes
}

type Flat = BTreeMap<(Way, String), Facts>;

fn flat(document: &Document) -> BTreeMap<String, Flat> {
    let operations = document.operations().into_iter();
    let flat = |operation| flatten::operation(document, &operation);
    operations
        .map(|operation| (operation.id().to_owned(), flat(operation)))
        .collect()
}

fn enums(document: &Document) -> BTreeMap<&str, BTreeSet<&str>> {
    let enums = document.schemas().filter(|(_, schema)| schema.has("enum"));
    enums
        .map(|(name, schema)| (name, schema.words("enum").collect()))
        .collect()
}

/// The operations that mention an enum.
fn users(document: &Document, name: &str) -> String {
    let operations = document.operations().into_iter();
    let users = operations.filter(|operation| document.reached([operation.node]).contains(name));
    let users: BTreeSet<String> = users.map(|operation| format!("`{}`", operation.id())).collect();
    users.into_iter().collect::<Vec<_>>().join(", ")
}

fn by_kind(events: &Value) -> BTreeMap<&str, &Value> {
    events
        .list("events")
        .map(|event| (event.word("kind"), event))
        .collect()
}

fn spellings(event: &Value) -> BTreeSet<&str> {
    let aliases = event.list("aliases");
    std::iter::once(event)
        .chain(aliases)
        .map(|it| it.word("type"))
        .collect()
}

/// The keys of either map, in order.
fn keys<'a, K: Ord, V>(old: &'a BTreeMap<K, V>, new: &'a BTreeMap<K, V>) -> BTreeSet<&'a K> {
    old.keys().chain(new.keys()).collect()
}

fn operations(old: &Flat, new: &Flat, report: &mut Report) {
    for key in keys(old, new) {
        let (way, name) = key;
        let at = match way {
            Way::Call => "the call".to_owned(),
            Way::Parameter => format!("parameter `{name}`"),
            Way::Request => format!("request field `{name}`"),
            Way::Reply => format!("reply field `{name}`"),
        };
        match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => report.facts(&at, old, new, |fact, after| breaks(*way, fact, after)),
            (_, Some(new)) => {
                let presence = new.get("presence").map_or("optional", String::as_str);
                let breaking = presence == "required" && *way != Way::Reply;
                report.add(breaking, format!("{at} added, {presence}"));
            }
            _ => report.add(true, format!("{at} removed")),
        }
    }
}

/// Whether a changed fact breaks a program.
fn breaks(way: Way, fact: &str, after: &str) -> bool {
    match fact {
        "grade" | "description" | "source" | "statuses" | "refusals" => false,
        // Replies are not checked; a request may now be refused.
        "checks" => way != Way::Reply && !after.is_empty(),
        // A builder takes an optional parameter where a required one was.
        "presence" if way == Way::Parameter => after == "required",
        _ => true,
    }
}

/// The changes so far, and the heading of the next.
#[derive(Default)]
struct Report {
    under: String,
    changes: Vec<Change>,
}

impl Report {
    fn add(&mut self, breaking: bool, text: impl Into<String>) {
        self.changes.push(Change {
            under: self.under.clone(),
            breaking,
            text: text.into(),
        });
    }

    fn words(&mut self, what: &str, old: &BTreeSet<&str>, new: &BTreeSet<&str>, users: &str) {
        for word in old.difference(new) {
            self.add(true, format!("{what} `{word}` removed{users}"));
        }
        for word in new.difference(old) {
            self.add(false, format!("{what} `{word}` added{users}"));
        }
    }

    fn facts(&mut self, at: &str, old: &Facts, new: &Facts, breaks: impl Fn(&str, &str) -> bool) {
        for fact in keys(old, new) {
            let before = old.get(fact).map_or("", String::as_str);
            let after = new.get(fact).map_or("", String::as_str);
            if before == after {
                continue;
            }
            let shown = |text: &str| {
                if text.is_empty() {
                    "none".to_owned()
                } else {
                    text.to_owned()
                }
            };
            let text = match *fact {
                "description" => format!("{at}: description reworded"),
                fact => format!("{at}: {fact} {} → {}", shown(before), shown(after)),
            };
            self.add(breaks(fact, after), text);
        }
    }
}
