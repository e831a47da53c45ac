//! Changes to the lines of the document. A YAML library would lose its comments and its form.

use crate::spec::{self, Document, Node};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// Changes to operations and schemas, by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    version: u32,
    #[serde(default)]
    operations: BTreeMap<String, Operation>,
    #[serde(default)]
    schemas: BTreeMap<String, BTreeMap<String, Change>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Operation {
    path: Option<String>,
    grade: Option<String>,
    first_page: Option<u32>,
    parameters: BTreeMap<String, Change>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Change {
    /// Its name on the wire.
    name: Option<String>,
    /// Other kinds of values that come.
    form: Vec<String>,
    unit: Option<String>,
    grade: Option<String>,
}

/// The document after the patch, and the number of changed places.
pub(super) fn edited(text: &str, patch: &str) -> Result<(String, usize), String> {
    let patch: Patch = serde_json::from_value(spec::yaml(patch)?)
        .map_err(|e| format!("this is no patch of a probe: {e}"))?;
    if patch.version != 1 {
        let version = patch.version;
        return Err(format!(
            "a patch of version {version}, and this tool knows version 1"
        ));
    }
    let document = Document::parse(text)?;
    let mut lines = Lines {
        lines: text.lines().map(str::to_owned).collect(),
        changes: 0,
    };
    for (id, operation) in &patch.operations {
        lines
            .operation(&document, id, operation)
            .map_err(|e| format!("operation {id}: {e}"))?;
    }
    for (schema, properties) in &patch.schemas {
        for (name, change) in properties {
            let keys = ["components", "schemas", schema, "properties", name];
            lines
                .change(&keys, change)
                .map_err(|e| format!("{schema}.{name}: {e}"))?;
        }
    }
    let mut text = lines.lines.join("\n");
    text.push('\n');
    Ok((text, lines.changes))
}

struct Lines {
    lines: Vec<String>,
    changes: usize,
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

impl Lines {
    /// The first line of a node, and the lines below it. `keys` lead to it from the top; an item of a list is
    /// `- name: page`.
    fn node(&self, keys: &[&str]) -> Result<(usize, Range<usize>), String> {
        let (mut head, mut below) = (0, 0..self.lines.len());
        for (depth, key) in keys.iter().enumerate() {
            let colon = if key.starts_with('-') { "" } else { ":" };
            let line = format!("{}{key}{colon}", "  ".repeat(depth));
            head = below
                .find(|at| self.lines[*at].trim_end() == line)
                .ok_or_else(|| format!("the document has no line `{}`", line.trim()))?;
            let rest = self.lines.iter().enumerate().skip(head + 1);
            let mut ends = rest.filter(|(_, line)| !line.trim().is_empty() && indent(line) <= 2 * depth);
            below = head + 1..ends.next().map_or(self.lines.len(), |(end, _)| end);
        }
        Ok((head, below))
    }

    fn operation(&mut self, document: &Document, id: &str, change: &Operation) -> Result<(), String> {
        let operations = document.operations();
        let operation = operations.iter().find(|operation| operation.id() == id);
        let operation = operation.ok_or_else(|| format!("the document has no line `operationId: {id}`"))?;
        let mut path = operation.path;
        if let Some(other) = change.path.as_deref().filter(|other| *other != path) {
            if operations.iter().filter(|other| other.path == path).count() > 1 {
                return Err("another operation has the same path".to_owned());
            }
            let (head, _) = self.node(&["paths", path])?;
            self.lines[head] = format!("  {other}:");
            self.changes += 1;
            // The old one takes its place among the candidates.
            let candidates = operation.node.words("x-candidates").filter(|it| *it != other);
            let candidates: Vec<&str> = std::iter::once(path).chain(candidates).collect();
            path = other;
            if operation.node.has("x-candidates") {
                let list = format!("[{}]", candidates.join(", "));
                self.set(&["paths", path, operation.method], "x-candidates", Some(&list))?;
            }
        }
        let method = operation.method;
        self.set(&["paths", path, method], "x-evidence", change.grade.as_deref())?;
        for (name, change) in &change.parameters {
            let item = format!("- name: {name}");
            self.change(&["paths", path, method, "parameters", &item], change)?;
        }
        let page = ["paths", path, method, "parameters", "- name: page"];
        let first = change.first_page.map(|first| first.to_string());
        self.set(&page, "x-first-page", first.as_deref())
    }

    fn change(&mut self, keys: &[&str], change: &Change) -> Result<(), String> {
        let forms = (!change.form.is_empty()).then(|| format!("[{}]", change.form.join(", ")));
        self.set(keys, "x-evidence", change.grade.as_deref())?;
        self.set(keys, "x-wire-unit", change.unit.as_deref())?;
        self.set(keys, "x-wire-form", forms.as_deref())?;
        self.set(keys, "x-wire-name", change.name.as_deref())
    }

    /// The line of a key of a node.
    fn at(&self, keys: &[&str], key: &str) -> Result<usize, String> {
        let start = format!("{}{key}: ", "  ".repeat(keys.len()));
        let (_, mut below) = self.node(keys)?;
        below
            .find(|at| self.lines[*at].starts_with(&start))
            .ok_or_else(|| format!("it has no `{key}`"))
    }

    /// Writes a key that is there already, or stands above the grade.
    fn set(&mut self, keys: &[&str], key: &str, value: Option<&str>) -> Result<(), String> {
        let Some(value) = value else { return Ok(()) };
        let line = format!("{}{key}: {value}", "  ".repeat(keys.len()));
        match self.at(keys, key) {
            Ok(at) if self.lines[at] == line => return Ok(()),
            Ok(at) => self.lines[at] = line,
            Err(_) => self.lines.insert(self.at(keys, "x-evidence")?, line),
        }
        self.changes += 1;
        Ok(())
    }
}
