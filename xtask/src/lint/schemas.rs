//! Rules on the structure of schemas: what becomes a good Rust type.

use super::findings::Findings;
use super::places::{self, Place, Role};
use super::rules;
use crate::generate::{values, variant};
use crate::spec::{Document, ERROR_SCHEMAS, Node};
use serde_json::Value;
use std::collections::BTreeSet;

/// Keywords that `validate` or another rule checks, or that do not restrict a value.
const KEYWORDS: [&str; 24] = [
    "$ref",
    "type",
    "format",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "discriminator",
    "nullable",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "pattern",
    "example",
    "deprecated",
];

/// Formats of text that samples are checked for.
const FORMATS: [&str; 5] = ["date", "date-time", "uri", "email", "uuid"];

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for place in places::all(document) {
        keywords(&place, findings);
        objects(&place, findings);
        unions(&place, findings);
        if place.schema.has("enum") {
            enums(&place, findings);
        }
    }
}

fn keywords(Place { at, schema, .. }: &Place<'_>, findings: &mut Findings) {
    for key in schema.as_object().into_iter().flat_map(|schema| schema.keys()) {
        let known = key.starts_with("x-") || KEYWORDS.contains(&key.as_str());
        findings.check(
            known,
            at,
            rules::KEYWORDS,
            format!("`{key}` is not checked by anything"),
        );
    }
    let typed = ["type", "$ref", "allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| schema.has(key));
    findings.check(typed, at, rules::TYPED, "has no type");
    let kind = schema.word("type");
    findings.check(
        kind != "array" || schema.has("items"),
        at,
        rules::ITEMS,
        "an array without `items`",
    );
    let format = schema.word("format");
    let known = kind != "string" || !schema.has("format") || FORMATS.contains(&format);
    findings.check(
        known,
        at,
        rules::FORMATS,
        format!("nothing checks the format `{format}`"),
    );
}

fn objects(place: &Place<'_>, findings: &mut Findings) {
    let Place {
        at,
        name,
        role,
        schema,
    } = place;
    let component = *role == Role::Component;
    let described = schema.get("properties").is_some_and(Value::is_object);
    let map = schema.get("additionalProperties").is_some_and(Value::is_object);
    let object = schema.word("type") == "object";
    let inline = !component && (described || (object && !map));
    findings.check(!inline, at, rules::NAMED_OBJECTS, "an object without a name");
    let has = |name: &str| schema.fields("properties").any(|(property, _)| property == name);
    findings.check(!has("extra"), at, rules::EXTRA, "has a property `extra`");
    for name in schema.words("required") {
        findings.check(
            has(name),
            at,
            rules::REQUIRED,
            format!("requires the missing property `{name}`"),
        );
    }
    let both = described && map && !(component && ERROR_SCHEMAS.contains(name));
    findings.check(!both, at, rules::NO_MAP_BESIDE, "has properties and is a map");
    let closed = object && schema.get("additionalProperties") == Some(&Value::Bool(false));
    let request = name.ends_with("Request");
    findings.check(!closed || request, at, rules::OPEN_OBJECTS, "a closed reply");
}

fn unions(Place { at, role, schema, .. }: &Place<'_>, findings: &mut Findings) {
    let plain = ["anyOf", "not", "discriminator"]
        .iter()
        .all(|key| !schema.has(key));
    findings.check(
        plain,
        at,
        rules::NO_ANY_OF,
        "uses `anyOf`, `not` or `discriminator`",
    );
    let kinds: Vec<&str> = schema.list("oneOf").map(|member| member.word("type")).collect();
    let id = schema.has("x-id") && (kinds == ["integer", "string"] || kinds == ["string", "integer"]);
    let allowed = *role == Role::ReplyBody || !schema.has("oneOf") || id;
    findings.check(allowed, at, rules::NO_ONE_OF, "uses `oneOf`");
    let members: Vec<_> = schema.list("allOf").collect();
    let reference = members.len() == 1 && members[0].has("$ref");
    let allowed = reference || !schema.has("allOf");
    findings.check(allowed, at, rules::ONE_ALL_OF, "`allOf` is more than a reference");
}

fn enums(Place { at, role, schema, .. }: &Place<'_>, findings: &mut Findings) {
    if *role != Role::Component {
        return findings.add(at, rules::NAMED_ENUMS, "an enum without a name");
    }
    let texts = schema.word("type") == "string" && values(schema).count() > 0;
    findings.check(texts, at, rules::TEXT_ENUMS, "not an enum of texts");
    findings.check(schema.flag("x-open"), at, rules::OPEN_ENUMS, "a closed enum");
    let mut names = BTreeSet::new();
    for value in values(schema) {
        let name = variant(value);
        let reserved = ["", "Unknown", "Self"].contains(&name.as_str());
        let usable = !reserved && !name.starts_with(|c: char| c.is_ascii_digit());
        findings.check(
            usable,
            at,
            rules::VARIANT,
            format!("{value:?} has no name in Rust"),
        );
        let problem = format!("{value:?} has the Rust name of another value");
        findings.check(names.insert(name), at, rules::VARIANT_TWICE, problem);
    }
    let listed: BTreeSet<&str> = values(schema).collect();
    for key in ["x-enum-descriptions", "x-enum-evidence"] {
        findings.check(schema.has(key), at, rules::ENUM_NOTES, format!("no `{key}`"));
        let noted: BTreeSet<&str> = schema.fields(key).map(|(value, _)| value).collect();
        for value in noted.symmetric_difference(&listed) {
            let problem = format!("{value:?} is not both in `enum` and in `{key}`");
            findings.add(at, rules::ENUM_VALUES, problem);
        }
    }
}
