//! Finding the objects that a reply is about.

use serde_json::{Map, Value};

pub(crate) type Object = Map<String, Value>;

/// The objects of a reply, and where they stand.
pub(crate) struct Located<'v> {
    /// One object, or the rows of a list.
    pub(crate) objects: Vec<&'v Object>,
    /// `data`, `data[]`, `data.data[]` and so on.
    pub(crate) place: String,
    /// Where the numbers of the page stand.
    pub(crate) paging: Option<&'static str>,
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
    let paging = [
        "pagination",
        "meta.pagination",
        "meta",
        "data.pagination",
        "data.meta",
        "data",
        "",
    ]
    .into_iter()
    .find(|place| {
        let object = reply.as_object();
        let inner = object.and_then(|object| value(object, place)?.as_object());
        inner.or(object.filter(|_| place.is_empty())).is_some_and(is_page)
    });
    Located {
        objects,
        place,
        paging,
    }
}

/// The value at a path of names, unless it is null.
pub(crate) fn value<'v>(object: &'v Object, path: &str) -> Option<&'v Value> {
    let mut names = path.split('.');
    let outer = object.get(names.next()?)?;
    let found = names.try_fold(outer, |value, name| value.get(name));
    found.filter(|value| !value.is_null())
}

fn is_page(object: &Object) -> bool {
    [
        "current_page",
        "last_page",
        "total_pages",
        "next_page_url",
        "page",
        "total",
    ]
    .iter()
    .any(|name| object.contains_key(*name))
}

fn descend(value: &Value, place: String, depth: usize) -> (Vec<&Object>, String) {
    match value {
        Value::Array(rows) => (
            rows.iter().filter_map(Value::as_object).collect(),
            format!("{place}[]"),
        ),
        Value::Object(fields) if depth > 0 => match inside(fields) {
            Some((name, inner)) => descend(inner, joined(&place, name), depth - 1),
            None => (vec![fields], place),
        },
        Value::Object(fields) => (vec![fields], place),
        _ => (Vec::new(), place),
    }
}

/// The field of an envelope that holds the answer.
fn inside(fields: &Object) -> Option<(&str, &Value)> {
    let is_compound = |value: &Value| value.is_object() || value.is_array();
    if let Some((name, data)) = fields.get_key_value("data").filter(|(_, data)| is_compound(data)) {
        return Some((name, data));
    }
    // Without one, the only object or list beside words of an envelope.
    let is_envelope = |name: &str| {
        matches!(
            name,
            "status" | "message" | "success" | "code" | "pagination" | "meta" | "links"
        )
    };
    let mut others = fields.iter().filter(|(name, _)| !is_envelope(name));
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
            assert_eq!(located.paging, paging, "{reply}");
        }
    }
}
