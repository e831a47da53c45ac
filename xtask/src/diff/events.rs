//! Comparing two event catalogues.

use super::Change;
use crate::spec::Node;
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
            (None, Some(event)) => add(false, format!("event `{kind}` added (`{}`)", event.word("type"))),
            (Some(old), Some(new)) => {
                let (was, is) = (spellings(old), spellings(new));
                for gone in was.difference(&is) {
                    add(true, format!("`{kind}`: spelling `{gone}` removed"));
                }
                for more in is.difference(&was) {
                    add(false, format!("`{kind}`: spelling `{more}` added"));
                }
                for (key, breaking) in [("object", true), ("object_status", true), ("evidence", false)] {
                    let (was, is) = (old.word(key).trim(), new.word(key).trim());
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

fn by_kind(events: &Value) -> BTreeMap<&str, &Value> {
    events
        .list("events")
        .map(|event| (event.word("kind"), event))
        .collect()
}

fn spellings(event: &Value) -> BTreeSet<&str> {
    std::iter::once(event)
        .chain(event.list("aliases"))
        .map(|spelling| spelling.word("type"))
        .collect()
}
