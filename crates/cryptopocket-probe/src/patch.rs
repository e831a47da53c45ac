//! The patch for the specification.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_core::Choice;

use crate::outline::outline;
use crate::report::{Cure, Finding, Report, Verdict};

const HEAD: &str =
    "# Proposed by a probe. `cargo xtask probe --apply patch.yaml`, then `cargo xtask regen`.\nversion: 1\n";

/// The findings about one thing.
type Group<'f> = Vec<&'f Finding>;

fn grouped<'f>(findings: impl Iterator<Item = (&'f str, &'f Finding)>) -> BTreeMap<&'f str, Group<'f>> {
    let mut groups = BTreeMap::new();
    for (key, finding) in findings {
        groups.entry(key).or_insert_with(Group::new).push(finding);
    }
    groups
}

impl Report {
    /// The patch that brings the specification to what was found: paths, names, forms, units, and the grade `observed`.
    pub fn patch(&self) -> String {
        let operations = grouped(self.findings.iter().map(|it| (it.operation.as_str(), it)));
        let fields = self.findings.iter();
        let schemas = grouped(fields.filter_map(|it| Some((it.field?.schema.as_str(), it))));
        let mut text = HEAD.to_owned();
        let operations = operations
            .iter()
            .filter_map(|(id, findings)| operation(id, findings));
        text += &block("operations", operations).unwrap_or_else(|| "operations: {}\n".to_owned());
        let schemas = schemas
            .iter()
            .filter_map(|(name, findings)| schema(name, findings));
        text += &block("schemas", schemas).unwrap_or_else(|| "schemas: {}\n".to_owned());
        let person = self.differences().filter(|finding| finding.cure == Cure::Person);
        let person = person.map(|finding| format!("# - {finding}\n"));
        let title = "# For a person, since nothing above can say it, or since it is an estimate";
        text += &block(title, person).unwrap_or_default();
        text
    }
}

/// A key with lines below it, if there are some.
fn block(key: &str, lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: String = lines.collect();
    (!lines.is_empty()).then(|| format!("{key}:\n{lines}"))
}

fn operation(id: &str, findings: &Group<'_>) -> Option<String> {
    let outline = outline(id)?;
    let all = findings.iter().copied();
    let path: Group<'_> = all.clone().filter(|finding| finding.place == "path").collect();
    let is_empty = all
        .clone()
        .any(|it| it.place == "reply" && it.verdict == Verdict::Unseen);
    let only = if is_empty && all.clone().all(|finding| finding.field.is_none()) {
        " # the path alone: no reply held a row"
    } else {
        ""
    };
    let parameters = grouped(
        all.clone()
            .filter_map(|it| Some((it.place.strip_prefix("parameter ")?, it))),
    );
    let parameters = parameters.iter().filter_map(|(name, findings)| {
        let line = change(findings, is_guess(&outline.parameter(name)?.evidence))?;
        Some(format!("      {name}: {line}\n"))
    });
    let first_page = all.filter_map(|finding| finding.choice.first_page).next_back();
    let lines = [
        name(&path).map(|path| format!("    path: {path}\n")),
        is_observed(&path, is_guess(&outline.evidence)).then(|| format!("    grade: observed{only}\n")),
        first_page.map(|first| format!("    first_page: {first}\n")),
        block("    parameters", parameters),
    ];
    block(&format!("  {id}"), lines.into_iter().flatten())
}

fn schema(schema: &str, findings: &Group<'_>) -> Option<String> {
    let properties = grouped(findings.iter().filter_map(|it| Some((it.field?.property(), *it))));
    let lines = properties.iter().filter_map(|(name, findings)| {
        let field = findings.first()?.field?;
        // The grade is that of the unit too, which an estimate does not settle.
        let has_unit = findings.iter().any(|it| it.tells_unit && it.cure != Cure::Person);
        let is_guess = is_guess(&field.evidence) && (has_unit || !field.is_money());
        Some(format!("    {name}: {}\n", change(findings, is_guess)?))
    });
    block(&format!("  {schema}"), lines)
}

fn is_guess(evidence: &str) -> bool {
    matches!(evidence, "assumed" | "older")
}

/// `{name: …, grade: observed}`; `None` if nothing is to be changed.
fn change(findings: &Group<'_>, is_guess: bool) -> Option<String> {
    let forms: BTreeSet<_> = findings.iter().flat_map(|finding| &finding.kinds).collect();
    let forms: Vec<&str> = forms.into_iter().map(|kind| kind.as_str()).collect();
    let mut units = findings.iter().rev();
    let unit = units.find_map(|it| Some((it.choice.units.values().next()?, is_estimate(it))));
    let parts = [
        name(findings).map(|name| format!("name: {name}")),
        (!forms.is_empty()).then(|| format!("form: [{}]", forms.join(", "))),
        unit.map(|(unit, _)| format!("unit: {unit}")),
        is_observed(findings, is_guess).then(|| "grade: observed".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let estimate = match unit {
        Some((_, true)) => " # the unit is estimated from the price",
        _ => "",
    };
    (!parts.is_empty()).then(|| format!("{{{}}}{estimate}", parts.join(", ")))
}

/// The path or name that the findings choose.
fn name<'f>(findings: &Group<'f>) -> Option<&'f str> {
    findings.iter().find_map(|finding| {
        let choice = &finding.choice;
        let names = [&choice.parameters, &choice.request, &choice.reply];
        let mut names = names.into_iter().flat_map(BTreeMap::values);
        choice.path.as_ref().or_else(|| names.next()).map(String::as_str)
    })
}

fn is_proposal(finding: &Finding) -> bool {
    finding.choice != Choice::default() || !finding.kinds.is_empty()
}

fn is_estimate(finding: &Finding) -> bool {
    !finding.choice.units.is_empty() && finding.cure == Cure::Person
}

/// Whether the guess, or what is proposed instead, was seen and nothing speaks against it.
fn is_observed(findings: &Group<'_>, is_guess: bool) -> bool {
    let is_seen = |it: &&Finding| is_proposal(it) || it.verdict == Verdict::Confirmed;
    // `holder.name` is inside of what was expected to be text: the name is no more than a way to read it.
    let is_inside = |it: &Finding| !it.choice.reply.is_empty() && it.verdict == Verdict::OtherType;
    let is_contradicted =
        |it: &&Finding| is_inside(it) || is_estimate(it) || !is_proposal(it) && it.verdict.is_difference();
    is_guess && findings.iter().copied().any(|it| is_seen(&it)) && !findings.iter().any(is_contradicted)
}
