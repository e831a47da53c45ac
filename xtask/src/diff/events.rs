//! Comparing two event catalogues.

use super::{Change, word};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every change of an event, under one heading.
pub(super) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let (before, after) = (by_kind(old), by_kind(new));
    let mut changes = Vec::new();
    let mut add = |breaking: bool, text: String| {
        changes.push(Change {
            under: "Events".to_owned(),
            breaking,
            text,
        });
    };
    for kind in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        match (before.get(kind), after.get(kind)) {
            (Some(_), None) => add(true, format!("event `{kind}` removed")),
            (None, Some(event)) => add(false, format!("event `{kind}` added (`{}`)", word(event, "type"))),
            (Some(old), Some(new)) => {
                let (was, is) = (spellings(old), spellings(new));
                was.difference(&is)
                    .for_each(|gone| add(true, format!("`{kind}`: spelling `{gone}` removed")));
                is.difference(&was)
                    .for_each(|more| add(false, format!("`{kind}`: spelling `{more}` added")));
                for (key, breaking) in [("object", true), ("object_status", true), ("evidence", false)] {
                    let (was, is) = (word(old, key), word(new, key));
                    if was != is {
                        add(breaking, format!("`{kind}`: {key} {was} → {is}"));
                    }
                }
            }
            (None, None) => {}
        }
    }
    changes
}

fn list<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    node.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn by_kind(events: &Value) -> BTreeMap<&str, &Value> {
    list(events, "events")
        .map(|event| (word(event, "kind"), event))
        .collect()
}

fn spellings(event: &Value) -> BTreeSet<&str> {
    std::iter::once(event)
        .chain(list(event, "aliases"))
        .map(|spelling| word(spelling, "type"))
        .collect()
}
