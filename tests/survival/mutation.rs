//! Wrong forms of one value.

use serde_json::{Value, json};

/// The reply with the value at `path` in each wrong form, named.
pub(crate) fn mutations(reply: &Value, path: &str, value: &Value) -> Vec<(&'static str, Value)> {
    let mut forms = vec![
        ("gone", None),
        ("null", Some(Value::Null)),
        ("wrapped in an object", Some(json!({ "value": value }))),
        ("wrapped in a list", Some(json!([value]))),
        ("empty list", Some(json!([]))),
        ("empty object", Some(json!({}))),
        ("empty text", Some(json!(""))),
        ("false", Some(json!(false))),
        ("zero", Some(json!(0))),
        ("one as text", Some(json!("1"))),
        ("negative fraction", Some(json!(-1.5))),
        ("word of tomorrow", Some(json!("word_of_tomorrow"))),
        ("amount of two readings", Some(json!("1.234,50"))),
        ("time without zone", Some(json!("2026-06-20 10:15:30"))),
    ];
    match value {
        Value::Number(number) => forms.push(("number as text", Some(json!(number.to_string())))),
        Value::String(text) => {
            let number = text.parse::<serde_json::Number>().ok();
            forms.extend(number.map(|number| ("text as number", Some(Value::Number(number)))));
        }
        Value::Bool(truth) => {
            forms.push(("boolean as number", Some(json!(u8::from(*truth)))));
            forms.push(("boolean as text", Some(json!(truth.to_string()))));
        }
        _ => {}
    }
    forms
        .into_iter()
        .filter(|(_, form)| form.as_ref() != Some(value))
        .map(|(name, form)| (name, with(reply, path, form)))
        .collect()
}

fn with(reply: &Value, path: &str, form: Option<Value>) -> Value {
    let mut reply = reply.clone();
    let (parent, name) = path.rsplit_once('/').expect("a path of a field");
    let parent = reply.pointer_mut(parent).and_then(Value::as_object_mut);
    let parent = parent.expect("an object around the field");
    match form {
        Some(form) => drop(parent.insert(name.to_owned(), form)),
        None => drop(parent.remove(name)),
    }
    reply
}
