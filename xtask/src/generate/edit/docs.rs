//! Documentation of the generated items, from the document's descriptions and grades.

use crate::spec::{Node, Operation};
use serde_json::Value;

/// The documentation of a call.
pub(super) fn call(operation: &Operation<'_>) -> String {
    format!(
        "{}.\n\n{}\n\nSends `{} {}`. Evidence: {}; source: \"{}\".",
        operation.text("summary").trim_end_matches('.'),
        operation.text("description").trim(),
        operation.method.to_uppercase(),
        operation.path,
        operation.text("x-evidence"),
        operation.text("x-source"),
    )
}

/// The documentation of a field or parameter.
pub(super) fn graded(node: &Value) -> String {
    let wire = match node.word("x-wire-name") {
        "" => String::new(),
        wire => format!(" On the wire: `{wire}`."),
    };
    let (description, evidence) = (node.word("description").trim(), node.word("x-evidence"));
    format!("{description}\n\nEvidence: {evidence}.{wire}")
}

/// The lines of a text as rustdoc takes them.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| format!(" {line}").trim_end().to_owned())
        .collect()
}
