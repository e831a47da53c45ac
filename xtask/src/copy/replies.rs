//! Replies: only success is left, and of success only what the caller asked for.

use crate::spec::{Document, Envelope};
use serde_json::{Map, Value, json};

pub(super) fn strip_errors(document: &Document, root: &mut Value) {
    for operation in document.operations() {
        let Some(success) = operation.success().cloned() else {
            continue;
        };
        set_reply(root, operation.path, operation.method, success);
    }
}

pub(super) fn unwrap_envelopes(document: &Document, root: &mut Value) {
    for operation in document.operations() {
        if operation.envelope() != Envelope::Data {
            continue;
        }
        let Some(data) = operation
            .success_schema()
            .and_then(|s| s.pointer("/properties/data"))
        else {
            continue;
        };
        set_reply(root, operation.path, operation.method, data.clone());
    }
}

fn set_reply(root: &mut Value, path: &str, method: &str, schema: Value) {
    let Some(operation) = root
        .get_mut("paths")
        .and_then(|p| p.get_mut(path)?.get_mut(method))
    else {
        return;
    };
    let description = operation
        .pointer("/responses/200/description")
        .cloned()
        .unwrap_or_else(|| json!("Success"));
    let mut content = Map::new();
    content.insert("schema".to_owned(), schema);
    operation["responses"] =
        json!({ "200": { "description": description, "content": { "application/json": content } } });
}
