//! The samples of success in the specification, with the grade of each of their fields.

use cryptopocket_tests::catalogue;
use serde_json::Value;

/// A reply of an operation.
pub(crate) struct Sample {
    pub(crate) operation: String,
    pub(crate) reply: Value,
    pub(crate) places: Vec<Place>,
}

/// A field of a sample.
pub(crate) struct Place {
    /// JSON pointer.
    pub(crate) path: String,
    pub(crate) grade: String,
    pub(crate) class: Class,
}

/// What may become of the call when a field is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// The object is of no use without it: `x-key`, or the envelope around the object. It may fail the call.
    Key,
    /// It repeats what was asked for, or counts the rows. A readable value that contradicts the call may fail it.
    Echo,
    /// It never fails the call.
    Field,
}

impl Class {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Echo => "echo",
            Self::Field => "field",
        }
    }
}

/// Every sample of success of every operation.
pub(crate) fn samples() -> Vec<Sample> {
    let root = specification("openapi.yaml");
    let mut samples = Vec::new();
    for methods in root["paths"].as_object().expect("paths").values() {
        for operation in methods.as_object().expect("methods").values() {
            if let Some(id) = operation["operationId"].as_str() {
                samples.extend(of_operation(&root, id, operation));
            }
        }
    }
    samples
}

/// A document of `spec/`.
pub(crate) fn specification(file: &str) -> Value {
    let path = format!("{}/../spec/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the specification");
    yaml_serde::from_str(&text).expect("YAML")
}

fn of_operation(root: &Value, id: &str, operation: &Value) -> Vec<Sample> {
    let content = operation["responses"]["200"]["content"]
        .as_object()
        .expect("content");
    let media = content.values().next().expect("a media type");
    let schema = success(root, &media["schema"]);
    let examples = media["examples"].as_object().expect("examples");
    let replies = examples
        .values()
        .map(|example| resolved(root, example)["value"].clone())
        .filter(|reply| matches!(reply["status"].as_str(), Some("ok" | "success" | "sucess")));
    replies
        .map(|mut reply| {
            name_what_was_asked_for(id, &mut reply);
            let mut places = Vec::new();
            walk(id, root, schema, &reply, "", &mut places);
            Sample {
                operation: id.to_owned(),
                reply,
                places,
            }
        })
        .collect()
}

/// The branch of the reply's schema that has `data`, or that is no error.
fn success<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let branches = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let Some(branches) = branches else {
        return resolved(root, schema);
    };
    let errors = ["ErrorResponse", "IntegrationError", "ValidationErrorResponse"];
    let is_error = |branch: &&Value| {
        let name = branch["$ref"].as_str().unwrap_or_default();
        errors.iter().any(|error| name.ends_with(error))
    };
    let branch = branches.iter().find(|branch| !is_error(branch));
    resolved(root, branch.expect("a branch of success"))
}

fn resolved<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    if let Some(reference) = node["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#'));
        return resolved(root, target.expect("the target of a reference"));
    }
    match node["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) => resolved(root, only),
        _ => node,
    }
}

fn is_echo(operation: &str, name: &str) -> bool {
    match operation {
        "reconcile_payment" => ["payment_id", "transaction_id"].contains(&name),
        "get_token_price" => ["symbol", "fiat_symbol"].contains(&name),
        "find_customer" => name == "email",
        list => list.starts_with("list_") && ["current_page", "last_page", "total"].contains(&name),
    }
}

fn walk(operation: &str, root: &Value, schema: &Value, value: &Value, path: &str, places: &mut Vec<Place>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let property = &schema["properties"][name.as_str()];
                let path = format!("{path}/{name}");
                let is_envelope = path == "/status" || path == "/data";
                places.push(Place {
                    path: path.clone(),
                    grade: property["x-evidence"].as_str().unwrap_or("unknown").to_owned(),
                    class: match name.as_str() {
                        _ if is_envelope || property["x-key"] == true => Class::Key,
                        name if is_echo(operation, name) => Class::Echo,
                        _ => Class::Field,
                    },
                });
                walk(operation, root, resolved(root, property), value, &path, places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let schema = resolved(root, &schema["items"]);
                walk(operation, root, schema, item, &format!("{path}/{index}"), places);
            }
        }
        _ => {}
    }
}

/// Replaces the ids of the sample by those that the call asks for, since a reply about another object is refused.
fn name_what_was_asked_for(id: &str, reply: &mut Value) {
    let asked: Value = serde_json::from_str(catalogue::case(id).reply).expect("JSON");
    for name in [
        "id",
        "payment_id",
        "transaction_id",
        "symbol",
        "fiat_symbol",
        "user_id",
        "email",
    ] {
        if let (Some(Value::Object(data)), Some(asked)) = (reply.get_mut("data"), asked["data"].get(name))
            && data.contains_key(name)
        {
            data.insert(name.to_owned(), asked.clone());
        }
    }
}
