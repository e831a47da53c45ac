//! Rules on the structure of schemas: what becomes a good Rust type.

use super::findings::{At, Findings};
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
        let mut at = findings.at(&place.at);
        keywords(place.schema, &mut at);
        objects(&place, &mut at);
        unions(&place, &mut at);
        if place.schema.has("enum") {
            enums(&place, &mut at);
        }
    }
}

fn keywords(schema: &Value, at: &mut At<'_>) {
    for key in schema.as_object().into_iter().flat_map(|schema| schema.keys()) {
        let known = key.starts_with("x-") || KEYWORDS.contains(&key.as_str());
        at.check(
            known,
            rules::KEYWORDS,
            format!("`{key}` is not checked by anything"),
        );
    }
    let typed = ["type", "$ref", "allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| schema.has(key));
    at.check(typed, rules::TYPED, "has no type");
    let kind = schema.word("type");
    at.check(
        kind != "array" || schema.has("items"),
        rules::ITEMS,
        "an array without `items`",
    );
    let format = schema.word("format");
    let known = kind != "string" || !schema.has("format") || FORMATS.contains(&format);
    at.check(
        known,
        rules::FORMATS,
        format!("nothing checks the format `{format}`"),
    );
}

fn objects(place: &Place<'_>, at: &mut At<'_>) {
    let Place {
        name, role, schema, ..
    } = place;
    let component = *role == Role::Component;
    let described = schema.get("properties").is_some_and(Value::is_object);
    let map = schema.get("additionalProperties").is_some_and(Value::is_object);
    let object = schema.word("type") == "object";
    let inline = !component && (described || (object && !map));
    at.check(!inline, rules::NAMED_OBJECTS, "an object without a name");
    let has = |name: &str| schema.fields("properties").any(|(property, _)| property == name);
    at.check(!has("extra"), rules::EXTRA, "has a property `extra`");
    for name in schema.words("required") {
        at.check(
            has(name),
            rules::REQUIRED,
            format!("requires the missing property `{name}`"),
        );
    }
    let both = described && map && !(component && ERROR_SCHEMAS.contains(name));
    at.check(!both, rules::NO_MAP_BESIDE, "has properties and is a map");
    let closed = object && schema.get("additionalProperties") == Some(&Value::Bool(false));
    let request = name.ends_with("Request");
    at.check(!closed || request, rules::OPEN_OBJECTS, "a closed reply");
}

fn unions(Place { role, schema, .. }: &Place<'_>, at: &mut At<'_>) {
    let plain = ["anyOf", "not", "discriminator"]
        .iter()
        .all(|key| !schema.has(key));
    at.check(plain, rules::NO_ANY_OF, "uses `anyOf`, `not` or `discriminator`");
    let kinds: Vec<&str> = schema.list("oneOf").map(|member| member.word("type")).collect();
    let id = schema.has("x-id") && (kinds == ["integer", "string"] || kinds == ["string", "integer"]);
    let allowed = *role == Role::ReplyBody || !schema.has("oneOf") || id;
    at.check(allowed, rules::NO_ONE_OF, "uses `oneOf`");
    let members: Vec<_> = schema.list("allOf").collect();
    let reference = members.len() == 1 && members[0].has("$ref");
    let allowed = reference || !schema.has("allOf");
    at.check(allowed, rules::ONE_ALL_OF, "`allOf` is more than a reference");
}

fn enums(Place { role, schema, .. }: &Place<'_>, at: &mut At<'_>) {
    if *role != Role::Component {
        return at.add(rules::NAMED_ENUMS, "an enum without a name");
    }
    let texts = schema.word("type") == "string" && values(schema).count() > 0;
    at.check(texts, rules::TEXT_ENUMS, "not an enum of texts");
    at.check(schema.flag("x-open"), rules::OPEN_ENUMS, "a closed enum");
    let mut names = BTreeSet::new();
    for value in values(schema) {
        let name = variant(value);
        let reserved = ["", "Unknown", "Self"].contains(&name.as_str());
        let usable = !reserved && !name.starts_with(|c: char| c.is_ascii_digit());
        at.check(usable, rules::VARIANT, format!("{value:?} has no name in Rust"));
        let problem = format!("{value:?} has the Rust name of another value");
        at.check(names.insert(name), rules::VARIANT_TWICE, problem);
    }
    let listed: BTreeSet<&str> = values(schema).collect();
    for key in ["x-enum-descriptions", "x-enum-evidence"] {
        at.check(schema.has(key), rules::ENUM_NOTES, format!("no `{key}`"));
        let noted: BTreeSet<&str> = schema.fields(key).map(|(value, _)| value).collect();
        for value in noted.symmetric_difference(&listed) {
            let problem = format!("{value:?} is not both in `enum` and in `{key}`");
            at.add(rules::ENUM_VALUES, problem);
        }
    }
}
