//! Holding the objects of a reply against the specification.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_core::Choice;
use cryptopocket_core::shape::{Kind, Shape};
use serde_json::json;

use crate::form::{expected, is_expected, is_readable};
use crate::locate::{Located, value};
use crate::outline::{Field, Outline};
use crate::report::{Cure, Finding, Verdict};

const NEVER_SENT: &str = "optional, and never sent";

struct Reply<'a> {
    outline: &'static Outline,
    located: &'a Located<'a>,
    shape: Shape,
}

/// Holds the objects of a reply against the specification, by the names of a choice. Returns the findings, and where each
/// field stands: its name in the specification and on the wire.
pub(crate) fn compare(
    outline: &'static Outline,
    located: &Located<'_>,
    choice: Option<&Choice>,
) -> (Vec<Finding>, BTreeMap<String, String>) {
    let shape = Shape::of_json(&json!(located.objects).to_string());
    let reply = Reply {
        outline,
        located,
        shape,
    };
    let (mut findings, mut names) = (Vec::new(), BTreeMap::new());
    for (name, field) in outline.object_fields() {
        let chosen = choice.and_then(|choice| choice.reply.get(name));
        let wire = chosen.or(field.wire.as_ref()).map_or(name, String::as_str);
        let (actual, finding) = reply.field(name, wire, field);
        if let Some(actual) = actual {
            findings.extend(reply.strange_words(name, &actual, field));
            names.insert(name.to_owned(), actual);
        }
        findings.push(finding);
    }
    let additions = reply.additions(&names);
    for finding in findings.iter_mut().filter(|finding| finding.detail == NEVER_SENT) {
        let Some(field) = finding.field.filter(|field| field.form != "string") else {
            continue;
        };
        // An unknown field of a like kind came: that may be it.
        let is_alike = |other: &&String| reply.is_as_expected(other, field);
        let alike = listed(additions.iter().filter(is_alike));
        if !alike.is_empty() {
            finding.verdict = Verdict::Missing;
            finding.cure = Cure::Person;
            finding.detail = format!("optional; perhaps it is {alike}");
        }
    }
    let additions = additions.iter();
    findings.extend(additions.map(|name| reply.finding(name, Verdict::Extra, reply.found(name))));
    (findings, names)
}

impl Reply<'_> {
    fn finding(&self, name: &str, verdict: Verdict, detail: impl Into<String>) -> Finding {
        Finding::new(&self.outline.id, self.located.inside(name), verdict, detail)
    }

    /// Where a field stands, and what is to be said of it.
    fn field(&self, name: &str, wire: &str, field: &'static Field) -> (Option<String>, Finding) {
        let finding = |verdict, detail: String| self.finding(name, verdict, detail).of(field);
        let own = if self.has(wire) || !self.has(name) {
            wire
        } else {
            name
        };
        if self.is_as_expected(own, field) {
            let is_sometimes = field.required && self.shape.has(&format!("[].{own}"), Kind::Absent);
            let (verdict, detail) = match is_sometimes {
                true => (Verdict::Missing, "some objects lack it"),
                false if field.is_money() => (
                    Verdict::Confirmed,
                    "by name and form; the unit is another question",
                ),
                false => (Verdict::Confirmed, ""),
            };
            return (Some(own.to_owned()), finding(verdict, detail.to_owned()));
        }
        let is_here = self.has(own);
        // Text such as `4800.24` states its unit by its point. A whole number may be cents.
        let may_be_cents = field.unit == "decimal-string" && self.kinds(own).contains(&Kind::Integer);
        let perhaps = if may_be_cents { "; perhaps in cents" } else { "" };
        let detail = format!("expected {}, found {}{perhaps}", expected(field), self.found(own));
        if is_here && !may_be_cents && self.reads(own, field) {
            let found = Finding {
                cure: Cure::None,
                kinds: self.unexpected(own, field),
                ..finding(Verdict::OtherType, detail)
            };
            return (Some(own.to_owned()), found);
        }
        let others = field.candidates.iter();
        let mut others = others.filter(|other| *other != own && self.has(other));
        if let Some(other) = others.clone().find(|other| self.reads(other, field)) {
            // `holder` is there, only not as expected.
            let is_inside = other.split_once('.').is_some_and(|(outer, _)| outer == name);
            let verdict = if is_inside {
                Verdict::OtherType
            } else {
                Verdict::OtherName
            };
            let found = finding(verdict, format!("comes as `{other}`, {}", self.found(other)));
            let found = Finding {
                kinds: self.unexpected(other, field),
                ..found.choosing(|choice| drop(choice.reply.insert(name.to_owned(), other.clone())))
            };
            return (Some(other.clone()), found);
        }
        if is_here {
            return (Some(own.to_owned()), finding(Verdict::OtherType, detail));
        }
        let unreadable = others.next();
        let is_null = self.shape.has(&format!("[].{own}"), Kind::Null);
        let open = match (field.required, is_null) {
            (true, true) if !field.nullable => finding(Verdict::OtherType, detail),
            (required, false) if required || unreadable.is_some() => {
                let perhaps = match unreadable {
                    Some(other) => format!("; perhaps it is `{other}`, {}", self.found(other)),
                    None if field.candidates.is_empty() => String::new(),
                    None => format!("; nor is there {}", listed(&field.candidates)),
                };
                finding(Verdict::Missing, format!("expected {}{perhaps}", expected(field)))
            }
            (_, true) => finding(Verdict::Unseen, "always null".to_owned()),
            _ => finding(Verdict::Unseen, NEVER_SENT.to_owned()),
        };
        (None, open)
    }

    /// Texts that the specification's list of values does not have. They are values, so they are not told.
    fn strange_words(&self, name: &str, wire: &str, field: &Field) -> Option<Finding> {
        let objects = self.located.objects.iter();
        let mut strange: Vec<&str> = objects
            .filter_map(|object| value(object, wire)?.as_str())
            .collect();
        strange.retain(|word| !field.words.iter().any(|known| known == word));
        if field.words.is_empty() || strange.is_empty() {
            return None;
        }
        let is_other_case = |known: &&String| strange.iter().any(|word| word.eq_ignore_ascii_case(known));
        let detail = match listed(field.words.iter().filter(is_other_case)) {
            cases if cases.is_empty() => "a word outside the list".to_owned(),
            cases => format!("{cases} in another case"),
        };
        Some(self.finding(name, Verdict::OtherWord, detail))
    }

    /// Fields that the specification does not know.
    fn additions(&self, names: &BTreeMap<String, String>) -> Vec<String> {
        let wires = names.values().filter_map(|wire| wire.split('.').next());
        let own = self.outline.object_fields().map(|(name, _)| name);
        let mut known: BTreeSet<&str> = own.chain(wires).collect();
        if self.located.place.is_empty() {
            // Beside an object at the top level stand the words of its envelope.
            known.extend(["status", "message"]);
        }
        let fields = self.shape.iter().filter_map(|(path, _)| path.strip_prefix("[]."));
        fields
            .filter(|name| !name.contains(['.', '[']) && !known.contains(name))
            .map(str::to_owned)
            .collect()
    }

    /// The kinds of values of a field, null apart.
    fn kinds(&self, name: &str) -> BTreeSet<Kind> {
        let mut kinds: BTreeSet<Kind> = self.shape.kinds(&format!("[].{name}")).collect();
        kinds.retain(|kind| !matches!(kind, Kind::Absent | Kind::Null));
        kinds
    }

    fn unexpected(&self, name: &str, field: &Field) -> BTreeSet<Kind> {
        let mut kinds = self.kinds(name);
        kinds.retain(|kind| !is_expected(field, *kind));
        kinds
    }

    fn has(&self, name: &str) -> bool {
        !self.kinds(name).is_empty()
    }

    fn is_as_expected(&self, name: &str, field: &Field) -> bool {
        self.has(name) && self.unexpected(name, field).is_empty()
    }

    fn reads(&self, name: &str, field: &Field) -> bool {
        let mut values = self.located.objects.iter().filter_map(|it| value(it, name));
        values.all(|value| is_readable(field, value))
    }

    fn found(&self, name: &str) -> String {
        match self.kinds(name) {
            kinds if kinds.is_empty() => "null".to_owned(),
            kinds => kinds
                .iter()
                .map(|kind| kind.as_str())
                .collect::<Vec<_>>()
                .join(" or "),
        }
    }
}

pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(" or ")
}
