//! Holding the objects of a reply against the specification.

use std::collections::BTreeMap;

use cryptopocket_core::shape::{Kind, Shape};
use serde_json::Value;

use crate::locate::Object;
use crate::outline::{Field, Outline};
use crate::proposal::Proposal;
use crate::report::{Finding, Verdict};

/// What one operation's objects showed.
pub(crate) struct Comparison {
    pub(crate) findings: Vec<Finding>,
    /// Where each field stands: its name in the specification and on the wire.
    pub(crate) names: BTreeMap<String, String>,
}

/// Holds `objects`, which stand at `place`, against the specification. `chosen` are the names chosen before.
pub(crate) fn compare(
    outline: &Outline,
    objects: &[&Object],
    place: &str,
    chosen: &BTreeMap<String, String>,
) -> Comparison {
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| Value::Object((*object).clone()))
        .collect();
    let shape = Shape::of_json(&Value::Array(rows).to_string());
    let mut comparison = Comparison {
        findings: Vec::new(),
        names: BTreeMap::new(),
    };
    for (name, field) in outline.object_fields() {
        let wire = chosen
            .get(name)
            .or(field.wire.as_ref())
            .map_or(name, String::as_str);
        let (actual, finding) = one(outline, &shape, place, name, wire, field);
        comparison
            .names
            .extend(actual.map(|actual| (name.to_owned(), actual)));
        comparison.findings.push(finding);
    }
    let known: Vec<&str> = comparison
        .names
        .iter()
        .flat_map(|(name, wire)| [name.as_str(), wire.split('.').next().unwrap_or_default()])
        .chain(outline.object_fields().map(|(name, _)| name))
        .collect();
    let fields = shape.iter().filter_map(|(path, _)| path.strip_prefix("[]."));
    let extra = fields.filter(|name| !name.contains(['.', '[']) && !known.contains(name));
    // Beside an object at the top level stand the words of its envelope.
    let extra = extra.filter(|name| !(place.is_empty() && matches!(*name, "status" | "message")));
    let extra = extra.map(|name| {
        let place = joined(place, name);
        Finding::new(&outline.id, place, Verdict::Extra, kinds(&shape, name))
    });
    let extra: Vec<_> = extra.collect();
    suspect(&mut comparison.findings, &extra, outline);
    comparison.findings.extend(extra);
    comparison
}

/// An optional field that did not come although an unknown one of a like kind did: that may be it.
fn suspect(findings: &mut [Finding], extra: &[Finding], outline: &Outline) {
    for finding in findings
        .iter_mut()
        .filter(|finding| finding.verdict == Verdict::Unseen && finding.detail.is_empty())
    {
        let name = |finding: &Finding| finding.place.rsplit('.').next().unwrap_or_default().to_owned();
        let own = name(finding);
        let Some((_, field)) = outline.object_fields().find(|(known, _)| *known == own) else {
            continue;
        };
        let is_alike = |extra: &&Finding| {
            let mut kinds = extra
                .detail
                .split(" or ")
                .filter_map(|kind| kind.parse::<Kind>().ok());
            field.form != "string" && kinds.all(|kind| is_expected(field, kind))
        };
        let like: Vec<String> = extra
            .iter()
            .filter(is_alike)
            .map(|extra| format!("`{}`", name(extra)))
            .collect();
        if !like.is_empty() {
            finding.verdict = Verdict::Missing;
            finding.detail = format!("optional; perhaps {}", like.join(" or "));
        }
    }
}

fn one(
    outline: &Outline,
    shape: &Shape,
    place: &str,
    name: &str,
    wire: &str,
    field: &Field,
) -> (Option<String>, Finding) {
    let finding = |verdict, detail: String| {
        let property = field.path.rsplit(['.', ']']).next().unwrap_or_default();
        Finding::new(&outline.id, joined(place, name), verdict, detail).of(&field.schema, property)
    };
    let has_value = |wire: &str| seen(shape, wire).next().is_some();
    let found = if has_value(wire) || !has_value(name) {
        wire
    } else {
        name
    };
    let is_readable = |name: &str| seen(shape, name).all(|kind| is_readable(field, kind));
    let mut others = field
        .candidates
        .iter()
        .filter(|candidate| *candidate != found && has_value(candidate));
    let fits = seen(shape, found).all(|kind| is_expected(field, kind));
    if has_value(found) && fits {
        let is_sometimes = field.required && shape.has(&format!("[].{found}"), Kind::Absent);
        let verdict = if is_sometimes {
            Verdict::Missing
        } else {
            Verdict::Confirmed
        };
        let detail = if is_sometimes {
            "absent from some objects"
        } else {
            ""
        };
        return (Some(found.to_owned()), finding(verdict, detail.to_owned()));
    }
    let unreadable = others.clone().find(|candidate| !is_readable(candidate));
    if let Some(candidate) = others.find(|candidate| is_readable(candidate)) {
        let detail = format!("comes as `{candidate}`, {}", kinds(shape, candidate));
        let proposal = Proposal::Field {
            name: name.to_owned(),
            wire: candidate.clone(),
        };
        // `holder` is there, only not as expected.
        let is_inside = candidate.split_once('.').is_some_and(|(outer, _)| outer == name);
        let verdict = if is_inside {
            Verdict::OtherType
        } else {
            Verdict::OtherName
        };
        return (
            Some(candidate.clone()),
            finding(verdict, detail).proposing(proposal),
        );
    }
    if has_value(found) {
        let detail = format!("expected {}, found {}", expected(field), kinds(shape, found));
        return (Some(found.to_owned()), finding(Verdict::OtherType, detail));
    }
    let is_null = shape.has(&format!("[].{found}"), Kind::Null);
    let open = match (field.required, is_null) {
        (true, true) if !field.nullable => finding(
            Verdict::OtherType,
            format!("expected {}, found null", expected(field)),
        ),
        (required, false) if required || unreadable.is_some() => {
            let perhaps = unreadable.map_or_else(String::new, |name| format!("; perhaps `{name}`"));
            finding(Verdict::Missing, format!("expected {}{perhaps}", expected(field)))
        }
        (_, true) => finding(Verdict::Unseen, "null".to_owned()),
        _ => finding(Verdict::Unseen, String::new()),
    };
    (None, open)
}

/// The kinds of values seen in a field of the objects.
fn seen<'s>(shape: &'s Shape, name: &str) -> impl Iterator<Item = Kind> + use<'s> {
    let kinds: Vec<Kind> = shape.kinds(&format!("[].{name}")).collect();
    kinds
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::Absent | Kind::Null))
}

fn kinds(shape: &Shape, name: &str) -> String {
    let kinds: Vec<&str> = seen(shape, name).map(Kind::as_str).collect();
    if kinds.is_empty() {
        "null".to_owned()
    } else {
        kinds.join(" or ")
    }
}

fn is_expected(field: &Field, kind: Kind) -> bool {
    match field.form.as_str() {
        "boolean" => kind == Kind::Boolean,
        "integer" => kind == Kind::Integer,
        "number" => matches!(kind, Kind::Integer | Kind::Decimal),
        "number-text" => matches!(kind, Kind::IntegerText | Kind::DecimalText),
        "time" => kind == Kind::TimeText,
        "date" => kind == Kind::DateText,
        "id" => kind == Kind::Integer || kind.is_text() && kind != Kind::EmptyText,
        "string" => kind.is_text() && !(field.key && kind == Kind::EmptyText),
        "list" => kind.is_list(),
        "object" => kind.is_object(),
        _ => true,
    }
}

/// Whether the SDK reads the kind as a value of the field: numbers as text, booleans as 0 and 1.
fn is_readable(field: &Field, kind: Kind) -> bool {
    const NUMBERS: [Kind; 4] = [Kind::Integer, Kind::Decimal, Kind::IntegerText, Kind::DecimalText];
    match field.form.as_str() {
        "integer" => matches!(kind, Kind::Integer | Kind::IntegerText),
        "number" | "number-text" => NUMBERS.contains(&kind),
        "boolean" => matches!(
            kind,
            Kind::Boolean | Kind::Integer | Kind::IntegerText | Kind::WordText
        ),
        _ => is_expected(field, kind),
    }
}

fn expected(field: &Field) -> &str {
    match field.form.as_str() {
        "number-text" => "a number as text",
        "time" => "a time in RFC 3339",
        "date" => "a date",
        "id" => "an integer or text",
        "string" => "text",
        other => other,
    }
}

fn joined(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}.{name}")
    }
}
