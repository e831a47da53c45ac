//! The patch for the specification.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_core::Choice;
use cryptopocket_core::shape::Kind;

use crate::outline::{Field, outline};
use crate::report::{Cure, Finding, Report, Verdict};

/// What is to be changed of a path, parameter or property.
#[derive(Default)]
struct Change<'f> {
    name: Option<&'f str>,
    forms: BTreeSet<Kind>,
    /// The unit, and whether it is estimated.
    unit: Option<(&'f str, bool)>,
    is_seen: bool,
    is_contradicted: bool,
    /// The unit of the amount was compared, and not by an estimate alone.
    has_unit: bool,
}

#[derive(Default)]
struct Operation<'f> {
    path: Change<'f>,
    first_page: Option<u32>,
    parameters: BTreeMap<&'f str, Change<'f>>,
    /// A field of its request or reply was looked at.
    has_fields: bool,
    /// A reply held nothing to look at.
    is_empty: bool,
}

impl Report {
    /// The patch that brings the specification to what was found: paths, names, forms, units, and the grade `observed`.
    pub fn patch(&self) -> String {
        let mut operations: BTreeMap<&str, Operation<'_>> = BTreeMap::new();
        let mut schemas: BTreeMap<&str, BTreeMap<&str, (&Field, Change<'_>)>> = BTreeMap::new();
        for finding in &self.findings {
            let operation = operations.entry(&finding.operation).or_default();
            operation.has_fields |= finding.field.is_some();
            operation.is_empty |= finding.place == "reply" && finding.verdict == Verdict::Unseen;
            if let Some(field) = finding.field {
                let properties = schemas.entry(&field.schema).or_default();
                let (_, change) = properties
                    .entry(field.property())
                    .or_insert((field, Change::default()));
                change.note(finding);
            } else if finding.place == "path" {
                operation.path.note(finding);
            } else if let Some(name) = finding.place.strip_prefix("parameter ") {
                operation.parameters.entry(name).or_default().note(finding);
            }
            operation.first_page = finding.choice.first_page.or(operation.first_page);
        }
        let mut text = "# Proposed by a probe. `cargo xtask probe --apply patch.yaml`, then `cargo xtask regen`.\nversion: 1\n"
        .to_owned();
        let operations = operations.iter().filter_map(|(id, it)| it.lines(id));
        text += &block("operations", operations).unwrap_or_else(|| "operations: {}\n".to_owned());
        let schemas = schemas.iter().filter_map(|(schema, it)| properties(schema, it));
        text += &block("schemas", schemas).unwrap_or_else(|| "schemas: {}\n".to_owned());
        let is_open = |finding: &&Finding| finding.verdict.is_difference() && finding.cure == Cure::Person;
        let person: Vec<String> = self
            .findings
            .iter()
            .filter(is_open)
            .map(|it| format!("# - {it}\n"))
            .collect();
        if !person.is_empty() {
            text += "# For a person, since nothing above can say it, or since it is an estimate:\n";
            text += &person.concat();
        }
        text
    }
}

/// A key with lines below it, if there are some.
fn block(key: &str, lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: String = lines.collect();
    (!lines.is_empty()).then(|| format!("{key}:\n{lines}"))
}

impl<'f> Change<'f> {
    fn note(&mut self, finding: &'f Finding) {
        self.has_unit |= finding.tells_unit && finding.cure != Cure::Person;
        let choice = &finding.choice;
        let is_proposal = *choice != Choice::default() || !finding.kinds.is_empty();
        if !is_proposal && finding.verdict != Verdict::Confirmed {
            self.is_contradicted |= finding.verdict.is_difference();
            return;
        }
        let names = [&choice.parameters, &choice.request, &choice.reply];
        let mut names = choice
            .path
            .iter()
            .chain(names.into_iter().flat_map(BTreeMap::values));
        self.name = self.name.or(names.next().map(String::as_str));
        self.forms.extend(&finding.kinds);
        // `holder.name` is inside of what was expected to be text: the name is no more than a way to read it.
        self.is_contradicted |= !choice.reply.is_empty() && finding.verdict == Verdict::OtherType;
        if let Some(unit) = choice.units.values().next() {
            let is_estimate = finding.cure == Cure::Person;
            self.unit = Some((unit, is_estimate));
            self.is_contradicted |= is_estimate;
        }
        self.is_seen = true;
    }

    /// `{name: …, grade: observed}`; `None` if nothing is to be changed.
    fn line(&self, is_guess: bool) -> Option<String> {
        let forms: Vec<&str> = self.forms.iter().map(|kind| kind.as_str()).collect();
        let parts = [
            self.name.map(|name| format!("name: {name}")),
            (!forms.is_empty()).then(|| format!("form: [{}]", forms.join(", "))),
            self.unit.map(|(unit, _)| format!("unit: {unit}")),
            self.is_observed(is_guess).then(|| "grade: observed".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let estimate = self.unit.filter(|(_, is_estimate)| *is_estimate);
        let estimate = estimate.map_or("", |_| " # the unit is estimated from the price");
        (!parts.is_empty()).then(|| format!("{{{}}}{estimate}", parts.join(", ")))
    }

    fn is_observed(&self, is_guess: bool) -> bool {
        is_guess && self.is_seen && !self.is_contradicted
    }
}

impl Operation<'_> {
    fn lines(&self, id: &str) -> Option<String> {
        let outline = outline(id)?;
        let only = if self.is_empty && !self.has_fields {
            " # the path alone: no reply held a row"
        } else {
            ""
        };
        let is_observed = self.path.is_observed(is_guess(&outline.evidence));
        let parameters = self.parameters.iter().filter_map(|(name, change)| {
            let line = change.line(is_guess(&outline.parameter(name)?.evidence))?;
            Some(format!("      {name}: {line}\n"))
        });
        let lines = [
            self.path.name.map(|path| format!("    path: {path}\n")),
            is_observed.then(|| format!("    grade: observed{only}\n")),
            self.first_page.map(|first| format!("    first_page: {first}\n")),
            block("    parameters", parameters),
        ];
        block(&format!("  {id}"), lines.into_iter().flatten())
    }
}

fn properties(schema: &str, properties: &BTreeMap<&str, (&Field, Change<'_>)>) -> Option<String> {
    let lines = properties.iter().filter_map(|(name, (field, change))| {
        // The grade is that of the unit too.
        let is_open = field.is_money() && !change.has_unit;
        let line = change.line(is_guess(&field.evidence) && !is_open)?;
        Some(format!("    {name}: {line}\n"))
    });
    block(&format!("  {schema}"), lines)
}

fn is_guess(evidence: &str) -> bool {
    matches!(evidence, "assumed" | "older")
}
