//! From a document to its shape.

use cryptopocket_types::reading::Fields;
use serde_json::value::RawValue;

use super::name::is_field_name;
use super::{Kind, PLACEHOLDER, Shape};

/// Levels that are looked at.
const DEPTH: usize = 12;
/// Rows of a list that are looked at.
const ROWS: usize = 200;

impl Shape {
    /// The shape of a JSON document. Text that is no JSON has the kind [`Kind::NotJson`], or [`Kind::Html`].
    pub fn of_json(json: &str) -> Self {
        let mut shape = Self::new();
        let text = json.strip_prefix('\u{feff}').unwrap_or(json).trim();
        if text.is_empty() {
            shape.add("", Kind::Empty);
        } else if let Ok(raw) = serde_json::from_str::<&RawValue>(text) {
            shape.see("", raw.get(), DEPTH);
        } else {
            let is_html = text.starts_with('<');
            shape.add("", if is_html { Kind::Html } else { Kind::NotJson });
        }
        shape
    }

    /// The shape of a form body or a query: an object of texts.
    pub fn of_form(form: &str) -> Self {
        let mut shape = Self::new();
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            shape.add("", Kind::Object);
            shape.add(&below("", &name), Kind::of_text(&value));
        }
        shape
    }

    /// The shape of a value at `path`.
    fn of_value(path: &str, json: &str, depth: usize) -> Self {
        let mut shape = Self::new();
        shape.see(path, json, depth);
        shape
    }

    fn see(&mut self, path: &str, json: &str, depth: usize) {
        if let Some(kind) = scalar(json) {
            self.add(path, kind);
        } else if depth == 0 {
            self.add(path, Kind::Deep);
        } else if json.starts_with('[') {
            let rows: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
            self.add(path, Kind::of_rows(rows.len()));
            let path = format!("{path}[]");
            let mut all = Self::new();
            for row in rows.iter().take(ROWS) {
                // Each by itself, so that a field that only some rows have is told apart.
                all.merge(&Self::of_value(&path, row.get(), depth - 1));
            }
            self.merge(&all);
        } else {
            let fields = serde_json::from_str::<Fields<'_>>(json).unwrap_or_default();
            let is_empty = fields.iter().len() == 0;
            self.add(path, if is_empty { Kind::EmptyObject } else { Kind::Object });
            let is_map = is_map(&fields, depth);
            for (name, raw) in fields.iter() {
                let path = below(path, if is_map { PLACEHOLDER } else { name });
                self.see(&path, raw.get(), depth - 1);
            }
        }
    }
}

/// Whether the names are keys, as of a map of customers by name: several fields, all of them objects of one shape.
fn is_map(fields: &Fields<'_>, depth: usize) -> bool {
    let is_of_objects = fields.iter().all(|(_, raw)| raw.get().starts_with('{'));
    fields.iter().len() > 1 && is_of_objects && {
        let mut places = fields.iter().map(|(_, raw)| {
            let shape = Shape::of_value("", raw.get(), depth.min(2) - 1);
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
