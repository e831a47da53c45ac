//! Changes to the lines of the document. A YAML library would lose its comments and its form.

use super::patch::{Change, Operation, Patch};
use std::ops::Range;

/// The document after the patch, and the number of changed places.
pub(super) fn edited(text: &str, patch: &Patch) -> Result<(String, usize), String> {
    let mut lines = Lines {
        lines: text.lines().map(str::to_owned).collect(),
        changes: 0,
    };
    for (id, operation) in &patch.operations {
        lines
            .operation(id, operation)
            .map_err(|e| format!("operation {id}: {e}"))?;
    }
    for (schema, properties) in &patch.schemas {
        for (name, change) in properties {
            let at = |e| format!("{schema}.{name}: {e}");
            let block = lines.property(schema, name).map_err(at)?;
            lines.change(block, 10, change).map_err(at)?;
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
    /// The first line of `range` that is `wanted`, white space at its end apart.
    fn find(&self, range: Range<usize>, wanted: &str) -> Result<usize, String> {
        range
            .into_iter()
            .find(|at| self.lines[*at].trim_end() == wanted)
            .ok_or_else(|| format!("the document has no line `{}`", wanted.trim()))
    }

    /// The lines after `head` that stand deeper than `depth`.
    fn below(&self, head: usize, depth: usize) -> Range<usize> {
        let rest = self.lines.iter().enumerate().skip(head + 1);
        let mut ends = rest.filter(|(_, line)| !line.trim().is_empty() && indent(line) <= depth);
        head + 1..ends.next().map_or(self.lines.len(), |(end, _)| end)
    }

    fn operation(&mut self, id: &str, operation: &Operation) -> Result<(), String> {
        let found = self.find(0..self.lines.len(), &format!("      operationId: {id}"))?;
        let head = (0..found)
            .rev()
            .find(|at| self.lines[*at].starts_with("  /"))
            .ok_or("it stands below no path")?;
        if let Some(path) = &operation.path {
            self.path(head, path)?;
        }
        let block = |lines: &Self| -> Result<Range<usize>, String> {
            let mut methods = lines.below(head, 2).filter(|at| indent(&lines.lines[*at]) == 4);
            let method = methods.rfind(|at| *at < found).ok_or("it has no method")?;
            Ok(lines.below(method, 4))
        };
        if let Some(grade) = &operation.grade {
            let block = block(self)?;
            self.set(block, 6, "x-evidence", grade)?;
        }
        for (name, change) in &operation.parameters {
            let block = block(self)?;
            let head = self.find(block, &format!("        - name: {name}"))?;
            let parameter = self.below(head, 8);
            self.change(parameter, 10, change)?;
        }
        if let Some(first) = operation.first_page {
            let block = block(self)?;
            let head = self.find(block, "        - name: page")?;
            let parameter = self.below(head, 8);
            self.set(parameter, 10, "x-first-page", &first.to_string())?;
        }
        Ok(())
    }

    /// Another path. The old one takes its place among the candidates.
    fn path(&mut self, head: usize, path: &str) -> Result<(), String> {
        let item = self.below(head, 2);
        let methods = item.clone().filter(|at| indent(&self.lines[*at]) == 4);
        if methods.count() > 1 {
            return Err("another operation has the same path".to_owned());
        }
        let old = self.lines[head].trim().trim_end_matches(':').to_owned();
        if old == path {
            return Ok(());
        }
        self.lines[head] = format!("  {path}:");
        self.changes += 1;
        let candidates = item
            .into_iter()
            .find(|at| self.lines[*at].starts_with("      x-candidates: ["));
        if let Some(at) = candidates {
            let list = self.lines[at]
                .trim_start()
                .trim_start_matches("x-candidates: [")
                .trim_end_matches(']');
            let others = list.split(", ").filter(|other| *other != path);
            let others: Vec<&str> = std::iter::once(old.as_str()).chain(others).collect();
            self.lines[at] = format!("      x-candidates: [{}]", others.join(", "));
        }
        Ok(())
    }

    /// The lines of a property.
    fn property(&self, schema: &str, name: &str) -> Result<Range<usize>, String> {
        let components = self.find(0..self.lines.len(), "components:")?;
        let schema = self.find(components..self.lines.len(), &format!("    {schema}:"))?;
        let properties = self.find(self.below(schema, 4), "      properties:")?;
        let property = self.find(self.below(properties, 6), &format!("        {name}:"))?;
        Ok(self.below(property, 8))
    }

    fn change(&mut self, mut block: Range<usize>, depth: usize, change: &Change) -> Result<(), String> {
        if let Some(grade) = &change.grade {
            self.set(block.clone(), depth, "x-evidence", grade)?;
        }
        let forms = (!change.form.is_empty()).then(|| format!("[{}]", change.form.join(", ")));
        for (key, value) in [
            ("x-wire-unit", &change.unit),
            ("x-wire-form", &forms),
            ("x-wire-name", &change.name),
        ] {
            let Some(value) = value else { continue };
            if self.at(block.clone(), depth, key).is_ok() {
                self.set(block.clone(), depth, key, value)?;
            } else {
                let grade = self.at(block.clone(), depth, "x-evidence")?;
                self.lines
                    .insert(grade, format!("{}{key}: {value}", " ".repeat(depth)));
                block.end += 1;
                self.changes += 1;
            }
        }
        Ok(())
    }

    fn at(&self, mut block: Range<usize>, depth: usize, key: &str) -> Result<usize, String> {
        let start = format!("{}{key}: ", " ".repeat(depth));
        block
            .find(|at| self.lines[*at].starts_with(&start))
            .ok_or_else(|| format!("it has no `{key}`"))
    }

    fn set(&mut self, block: Range<usize>, depth: usize, key: &str, value: &str) -> Result<(), String> {
        let at = self.at(block, depth, key)?;
        let line = format!("{}{key}: {value}", " ".repeat(depth));
        if self.lines[at] != line {
            self.lines[at] = line;
            self.changes += 1;
        }
        Ok(())
    }
}
