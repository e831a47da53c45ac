//! Comparing two documents, operation by operation, and two event catalogues.

use super::Change;
use super::flatten::{self, Items, Way};
use crate::spec::{Document, Node};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Every change: of the operations, then of the enums, each of which is reported once.
pub(crate) fn documents(old: &Document, new: &Document) -> Vec<Change> {
    let mut report = Report::default();
    for (id, old, new) in both(&operations(old), &operations(new)) {
        report.under = format!("`{id}`");
        match (old, new) {
            (Some(old), Some(new)) => report.items(old, new),
            (_, Some(new)) => {
                let call = new[&(Way::Call, String::new())].word("call");
                report.add(false, format!("operation added: `{call}`"));
            }
            _ => report.add(true, "operation removed"),
        }
    }
    let none = BTreeSet::new();
    for (name, old, values) in both(&enums(old), &enums(new)) {
        report.under = format!("Enum `{name}`");
        let users = format!(" (used by {})", users(new, name));
        report.words("value", old.unwrap_or(&none), values.unwrap_or(&none), &users);
    }
    report.changes
}

/// Every change of an event, under one heading.
pub(super) fn events(old: &Value, new: &Value) -> Vec<Change> {
    let mut report = Report {
        under: "Events".to_owned(),
        ..Report::default()
    };
    for (kind, old, new) in both(&by_kind(old), &by_kind(new)) {
        match (old, new) {
            (Some(old), Some(new)) => {
                let what = format!("`{kind}`: spelling");
                report.words(&what, &spellings(old), &spellings(new), "");
                let facts = |event: &Value| {
                    let keys = ["object", "object_status", "evidence"];
                    json!(BTreeMap::from(keys.map(|key| (key, event.word(key)))))
                };
                report.facts(Way::Event, &format!("`{kind}`"), &facts(old), &facts(new));
            }
            (_, Some(event)) => report.add(false, format!("event `{kind}` added (`{}`)", event.word("type"))),
            _ => report.add(true, format!("event `{kind}` removed")),
        }
    }
    report.changes
}

/// The keys of either map, in order, with what each map has there.
fn both<'a, K: Ord, V>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (&'a K, Option<&'a V>, Option<&'a V>)> {
    let keys: BTreeSet<&K> = old.keys().chain(new.keys()).collect();
    keys.into_iter().map(|key| (key, old.get(key), new.get(key)))
}

fn operations(document: &Document) -> BTreeMap<String, Items> {
    let operations = document.operations().into_iter();
    operations
        .map(|it| (it.id().to_owned(), flatten::operation(document, &it)))
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
    let events = events.list("events");
    events.map(|event| (event.word("kind"), event)).collect()
}

fn spellings(event: &Value) -> BTreeSet<&str> {
    let all = std::iter::once(event).chain(event.list("aliases"));
    all.map(|it| it.word("type")).collect()
}

/// Whether a changed fact breaks a program.
fn breaks(way: Way, fact: &str, after: &str) -> bool {
    match fact {
        "grade" | "evidence" | "description" | "source" | "statuses" | "refusals" => false,
        // Replies are not checked; a request may now be refused.
        "checks" => way != Way::Reply && after != NONE,
        // A builder takes an optional parameter where a required one was.
        "presence" if way == Way::Parameter => after == "required",
        _ => true,
    }
}

const NONE: &str = "none";

fn shown(fact: &Value) -> String {
    match fact {
        Value::Null => NONE.to_owned(),
        Value::String(text) if text.trim().is_empty() => NONE.to_owned(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(words) if words.is_empty() => NONE.to_owned(),
        Value::Array(words) => words.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
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

    fn items(&mut self, old: &Items, new: &Items) {
        for ((way, name), old, new) in both(old, new) {
            let at = match way {
                Way::Call => "the call".to_owned(),
                Way::Parameter => format!("parameter `{name}`"),
                Way::Request => format!("request field `{name}`"),
                Way::Reply | Way::Event => format!("reply field `{name}`"),
            };
            match (old, new) {
                (Some(old), Some(new)) => self.facts(*way, &at, old, new),
                (_, Some(new)) => {
                    let is_required = new.word("presence") == "required";
                    let presence = if is_required { "required" } else { "optional" };
                    self.add(
                        is_required && *way != Way::Reply,
                        format!("{at} added, {presence}"),
                    );
                }
                _ => self.add(true, format!("{at} removed")),
            }
        }
    }

    fn facts(&mut self, way: Way, at: &str, old: &Value, new: &Value) {
        for (fact, after) in new.as_object().into_iter().flatten() {
            let (before, after) = (shown(&old[fact]), shown(after));
            if before != after {
                let text = match fact.as_str() {
                    "description" => format!("{at}: description reworded"),
                    fact => format!("{at}: {fact} {before} → {after}"),
                };
                self.add(breaks(way, fact, &after), text);
            }
        }
    }
}
