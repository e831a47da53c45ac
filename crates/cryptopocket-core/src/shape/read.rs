//! From a document to its shape.

use cryptopocket_types::reading::Fields;
use serde_json::value::RawValue;

use super::name::is_field_name;
use super::{Kind, PLACEHOLDER, Shape};

/// Levels that are looked at.
const DEPTH: usize = 12;
/// Rows of a list that are looked at.
const ROWS: usize = 200;

pub(super) fn json(text: &str) -> Shape {
    let mut shape = Shape::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    if text.is_empty() {
        shape.add("", Kind::Empty);
    } else if let Ok(raw) = serde_json::from_str::<&RawValue>(text) {
        value(&mut shape, "", raw.get(), DEPTH);
    } else {
        let is_html = text.starts_with('<');
        shape.add("", if is_html { Kind::Html } else { Kind::NotJson });
    }
    shape
}

pub(super) fn form(text: &str) -> Shape {
    let mut shape = Shape::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        shape.add("", Kind::Object);
        shape.add(&below("", &name), Kind::of_text(&value));
    }
    shape
}

fn value(shape: &mut Shape, path: &str, json: &str, depth: usize) {
    if let Some(kind) = scalar(json) {
        shape.add(path, kind);
    } else if depth == 0 {
        shape.add(path, Kind::Deep);
    } else if json.starts_with('[') {
        let rows: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
        shape.add(path, Kind::of_rows(rows.len()));
        let path = format!("{path}[]");
        let mut all = Shape::new();
        for row in rows.iter().take(ROWS) {
            // Each by itself, so that a field that only some rows have is told apart.
            let mut one = Shape::new();
            value(&mut one, &path, row.get(), depth - 1);
            all.merge(&one);
        }
        shape.merge(&all);
    } else {
        object(shape, path, json, depth);
    }
}

fn object(shape: &mut Shape, path: &str, json: &str, depth: usize) {
    let fields = serde_json::from_str::<Fields<'_>>(json).unwrap_or_default();
    let count = fields.iter().len();
    let kind = if count == 0 {
        Kind::EmptyObject
    } else {
        Kind::Object
    };
    shape.add(path, kind);
    let is_map = is_map(&fields, depth);
    for (name, raw) in fields.iter() {
        let path = below(path, if is_map { PLACEHOLDER } else { name });
        value(shape, &path, raw.get(), depth - 1);
    }
}

/// Whether the names are keys, as of a map of customers by name: several fields, all of them objects of one shape.
fn is_map(fields: &Fields<'_>, depth: usize) -> bool {
    let is_of_objects = fields.iter().all(|(_, raw)| raw.get().starts_with('{'));
    fields.iter().len() > 1 && is_of_objects && {
        let mut places = fields.iter().map(|(_, raw)| {
            let mut shape = Shape::new();
            value(&mut shape, "", raw.get(), depth.min(2) - 1);
            shape.places.into_keys().collect::<Vec<_>>()
        });
        let first = places.next();
        places.all(|places| Some(places) == first)
    }
}

fn below(path: &str, name: &str) -> String {
    let name = if is_field_name(name) { name } else { PLACEHOLDER };
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn scalar(json: &str) -> Option<Kind> {
    Some(match json.as_bytes().first()? {
        b'n' => Kind::Null,
        b't' | b'f' => Kind::Boolean,
        b'"' => Kind::of_text(&serde_json::from_str::<String>(json).unwrap_or_default()),
        b'{' | b'[' => return None,
        _ if json.contains(['.', 'e', 'E']) => Kind::Decimal,
        _ => Kind::Integer,
    })
}
