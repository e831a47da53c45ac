//! The patch for the specification.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cryptopocket_core::shape::Kind;

use crate::outline::{Field, outline, outlines};
use crate::proposal::Proposal;
use crate::report::{Cure, Finding, Verdict};

/// What is to be changed of a path, parameter or property.
#[derive(Default)]
struct Change<'f> {
    name: Option<&'f str>,
    forms: BTreeSet<Kind>,
    /// The unit, and whether it is estimated.
    unit: Option<(&'static str, bool)>,
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

pub(crate) fn patch(findings: &[Finding]) -> String {
    let mut operations: BTreeMap<&str, Operation<'_>> = BTreeMap::new();
    let mut schemas: BTreeMap<&str, BTreeMap<&str, Change<'_>>> = BTreeMap::new();
    for finding in findings {
        let operation = operations.entry(&finding.operation).or_default();
        operation.has_fields |= finding.property.is_some();
        operation.is_empty |= finding.place == "reply" && finding.verdict == Verdict::Unseen;
        if let Some((schema, name)) = &finding.property {
            schemas
                .entry(schema)
                .or_default()
                .entry(name)
                .or_default()
                .note(finding);
        } else if finding.place == "path" {
            operation.path.note(finding);
        } else if let Some(name) = finding.place.strip_prefix("parameter ") {
            operation.parameters.entry(name).or_default().note(finding);
        }
        if let Some(Proposal::FirstPage(first)) = finding.proposal {
            operation.first_page = Some(first);
        }
    }
    let mut text = "# Proposed by a probe. `cargo xtask probe --apply patch.yaml`, then `cargo xtask regen`.\nversion: 1\n"
        .to_owned();
    section(
        &mut text,
        "operations",
        operations.iter().filter_map(|(id, it)| it.lines(id)),
    );
    section(
        &mut text,
        "schemas",
        schemas.iter().filter_map(|(schema, it)| properties(schema, it)),
    );
    let person: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.verdict.is_difference() && finding.cure == Cure::Person)
        .collect();
    if !person.is_empty() {
        text.push_str("# For a person, since nothing above can say it, or since it is an estimate:\n");
        for finding in person {
            let _ = writeln!(text, "# - {finding}");
        }
    }
    text
}

impl<'f> Change<'f> {
    fn note(&mut self, finding: &'f Finding) {
        self.has_unit |= finding.tells_unit && finding.cure != Cure::Person;
        match &finding.proposal {
            Some(Proposal::Path(name)) => self.name = Some(name),
            Some(Proposal::Field { wire, kinds, .. }) => {
                self.name.get_or_insert(wire);
                self.forms.extend(kinds);
                // `holder.name` is inside of what was expected to be text: the name is no more than a way to read it.
                self.is_contradicted |= finding.verdict == Verdict::OtherType;
            }
            Some(Proposal::RequestField { wire, .. } | Proposal::Parameter { wire, .. }) => {
                self.name.get_or_insert(wire);
            }
            Some(Proposal::Form { kinds }) => self.forms.extend(kinds),
            Some(Proposal::Unit {
                unit, is_estimate, ..
            }) => {
                self.unit = Some((unit, *is_estimate));
                self.is_contradicted |= is_estimate;
            }
            Some(Proposal::FirstPage(_)) => {}
            None if finding.verdict == Verdict::Confirmed => {}
            None => {
                self.is_contradicted |= finding.verdict.is_difference();
                return;
            }
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
        let mut lines = String::new();
        if let Some(path) = self.path.name {
            let _ = writeln!(lines, "    path: {path}");
        }
        if self.path.is_observed(is_guess(&outline.evidence)) {
            let only = if self.is_empty && !self.has_fields {
                " # the path alone: no reply held a row"
            } else {
                ""
            };
            let _ = writeln!(lines, "    grade: observed{only}");
        }
        if let Some(first) = self.first_page {
            let _ = writeln!(lines, "    first_page: {first}");
        }
        let parameters = self.parameters.iter().filter_map(|(name, change)| {
            let line = change.line(is_guess(&outline.parameter(name)?.evidence))?;
            Some(format!("      {name}: {line}\n"))
        });
        let parameters: String = parameters.collect();
        if !parameters.is_empty() {
            let _ = write!(lines, "    parameters:\n{parameters}");
        }
        (!lines.is_empty()).then(|| format!("  {id}:\n{lines}"))
    }
}

fn properties(schema: &str, properties: &BTreeMap<&str, Change<'_>>) -> Option<String> {
    let lines = properties.iter().filter_map(|(name, change)| {
        let field = property(schema, name)?;
        // The grade is that of the unit too.
        let is_open = field.is_money() && !change.has_unit;
        let line = change.line(is_guess(&field.evidence) && !is_open)?;
        Some(format!("    {name}: {line}\n"))
    });
    let lines: String = lines.collect();
    (!lines.is_empty()).then(|| format!("  {schema}:\n{lines}"))
}

fn section(text: &mut String, title: &str, blocks: impl Iterator<Item = String>) {
    let blocks: String = blocks.collect();
    let _ = if blocks.is_empty() {
        writeln!(text, "{title}: {{}}")
    } else {
        write!(text, "{title}:\n{blocks}")
    };
}

fn is_guess(evidence: &str) -> bool {
    matches!(evidence, "assumed" | "older")
}

fn property(schema: &str, name: &str) -> Option<&'static Field> {
    let mut fields = outlines()
        .iter()
        .flat_map(|outline| outline.request.iter().chain(&outline.reply));
    fields.find(|field| field.schema == schema && field.property() == name)
}
