//! Finding the objects that a reply is about.

use serde_json::{Map, Value};

/// Where the numbers of a page may stand.
const PAGING: [&str; 7] = [
    "/pagination",
    "/meta/pagination",
    "/meta",
    "/data/pagination",
    "/data/meta",
    "/data",
    "",
];

/// Fields of which one shows that page numbers stand there.
const PAGE: [&str; 6] = [
    "current_page",
    "last_page",
    "total_pages",
    "next_page_url",
    "page",
    "total",
];

/// Fields of an envelope beside the answer.
const ENVELOPE: [&str; 7] = [
    "status",
    "message",
    "success",
    "code",
    "pagination",
    "meta",
    "links",
];

/// The objects of a reply, and where they stand.
pub(crate) struct Located<'v> {
    /// One object, or the rows of a list.
    pub(crate) objects: Vec<&'v Value>,
    /// `data`, `data[]`, `data.data[]` and so on.
    pub(crate) place: String,
    /// Where the numbers of the page stand.
    pub(crate) paging: Option<String>,
}

impl Located<'_> {
    /// Where a field of the objects stands.
    pub(crate) fn inside(&self, name: &str) -> String {
        joined(&self.place, name)
    }
}

fn joined(place: &str, name: &str) -> String {
    let dot = if place.is_empty() { "" } else { "." };
    format!("{place}{dot}{name}")
}

pub(crate) fn locate(reply: &Value) -> Located<'_> {
    let (objects, place) = descend(reply, String::new(), 4);
    let is_page = |place: &Value| PAGE.iter().any(|name| place.get(name).is_some());
    let mut paging = PAGING.into_iter();
    let paging = paging.find(|place| reply.pointer(place).is_some_and(is_page));
    Located {
        objects,
        place,
        paging: paging.map(|place| place.trim_start_matches('/').replace('/', ".")),
    }
}

/// The value at a path of names, unless it is null.
pub(crate) fn value<'v>(object: &'v Value, path: &str) -> Option<&'v Value> {
    let found = path.split('.').try_fold(object, |value, name| value.get(name));
    found.filter(|value| !value.is_null())
}

fn descend(value: &Value, place: String, depth: usize) -> (Vec<&Value>, String) {
    match value {
        Value::Array(rows) => {
            let objects = rows.iter().filter(|row| row.is_object());
            (objects.collect(), format!("{place}[]"))
        }
        Value::Object(fields) => match inside(fields) {
            Some((name, inner)) if depth > 0 => descend(inner, joined(&place, name), depth - 1),
            _ => (vec![value], place),
        },
        _ => (Vec::new(), place),
    }
}

/// The field of an envelope that holds the answer.
fn inside(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let is_compound = |value: &Value| value.is_object() || value.is_array();
    if let Some(data) = fields.get("data").filter(|data| is_compound(data)) {
        return Some(("data", data));
    }
    // Without one, the only object or list beside words of an envelope.
    let mut others = fields
        .iter()
        .filter(|(name, _)| !ENVELOPE.contains(&name.as_str()));
    match (others.next(), others.next()) {
        (Some((name, value)), None) if is_compound(value) && fields.len() > 1 => Some((name, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_found_in_each_shape() {
        for (reply, place, count, paging) in [
            (json!({"status": "ok", "data": {"id": 1}}), "data", 1, None),
            (json!({"status": "ok", "payment": {"id": 1}}), "payment", 1, None),
            (json!({"id": 1, "holder": {"name": "x"}}), "", 1, None),
            (json!([{"id": 1}, {"id": 2}]), "[]", 2, None),
            (
                json!({"data": [{"id": 1}], "pagination": {"current_page": 1}}),
                "data[]",
                1,
                Some("pagination"),
            ),
            (
                json!({"data": {"current_page": 1, "data": [{"id": 1}]}}),
                "data.data[]",
                1,
                Some("data"),
            ),
            (json!({"current_page": 1, "data": []}), "data[]", 0, Some("")),
            (
                json!({"data": [], "meta": {"total": 1}}),
                "data[]",
                0,
                Some("meta"),
            ),
        ] {
            let located = locate(&reply);
            assert_eq!(
                (located.place.as_str(), located.objects.len()),
                (place, count),
                "{reply}"
            );
            assert_eq!(located.paging.as_deref(), paging, "{reply}");
        }
    }
}
