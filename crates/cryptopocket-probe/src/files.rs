//! The files of a report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::outline::outline;
use crate::proposal::Proposal;
use crate::report::{Finding, Report, Verdict};

impl Report {
    /// The files to keep, each with its path and text: `report.md` for people, `choices.json` for a session, `patch.yaml`
    /// for the specification, and the shapes.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![
            ("report.md".to_owned(), self.page()),
            ("choices.json".to_owned(), self.choices.to_text()),
            ("patch.yaml".to_owned(), self.patch()),
        ];
        let shapes = self.records.iter();
        files.extend(shapes.map(|record| (format!("shapes/{}", record.file_name()), record.to_text())));
        files
    }

    /// The report in Markdown.
    pub fn page(&self) -> String {
        let mut page = format!(
            "# Probe of the provider\n\n{} confirmed, {} differences, {} open. No value of a reply is in this report.\n",
            self.confirmed(),
            self.differences().count(),
            self.open().count()
        );
        let confirmed = self
            .findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Confirmed);
        let parts: [(&str, Vec<&Finding>); 3] = [
            ("Differences", self.differences().collect()),
            ("Open", self.open().collect()),
            ("Confirmed", confirmed.collect()),
        ];
        for (title, findings) in parts {
            let _ = write!(
                page,
                "\n## {title}\n\n| operation | place | verdict | detail |\n|---|---|---|---|\n"
            );
            for Finding {
                operation,
                place,
                verdict,
                detail,
                ..
            } in findings
            {
                let _ = writeln!(page, "| `{operation}` | `{place}` | {verdict} | {detail} |");
            }
        }
        page
    }

    /// The patch that brings the specification to what was found: names, paths, and the grade `observed`.
    pub fn patch(&self) -> String {
        let mut text = "# Proposed by a probe. `cargo xtask probe --apply patch.yaml`, then `cargo xtask regen`.\nversion: 1\n"
            .to_owned();
        let operations: BTreeSet<&str> = self
            .findings
            .iter()
            .map(|finding| finding.operation.as_str())
            .collect();
        let operations: Vec<String> = operations
            .into_iter()
            .filter_map(|id| self.operation(id))
            .collect();
        section(&mut text, "operations", &operations);
        section(&mut text, "schemas", &self.schemas());
        text
    }

    fn operation(&self, id: &str) -> Option<String> {
        let outline = outline(id)?;
        let of_this = self.findings.iter().filter(|finding| finding.operation == id);
        let mut lines = String::new();
        let mut parameters = BTreeMap::new();
        for finding in of_this {
            let parameter = finding.place.strip_prefix("parameter ");
            let is_guess = |grade: &str| matches!(grade, "assumed" | "older");
            match (&finding.proposal, parameter) {
                (Some(Proposal::Path(path)), _) => {
                    let _ = write!(lines, "    path: {path}\n    grade: observed\n");
                }
                (Some(Proposal::FirstPage(first)), _) => {
                    let _ = writeln!(lines, "    first_page: {first}");
                    parameters
                        .entry("page".to_owned())
                        .or_insert("{grade: observed}".to_owned());
                }
                (Some(Proposal::Parameter { name, wire }), _) => {
                    parameters.insert(name.clone(), format!("{{name: {wire}, grade: observed}}"));
                }
                (None, None)
                    if finding.place == "path"
                        && finding.verdict == Verdict::Confirmed
                        && is_guess(&outline.evidence) =>
                {
                    lines.push_str("    grade: observed\n");
                }
                (None, Some(name))
                    if finding.verdict == Verdict::Confirmed
                        && outline
                            .parameter(name)
                            .is_some_and(|parameter| is_guess(&parameter.evidence)) =>
                {
                    parameters
                        .entry(name.to_owned())
                        .or_insert("{grade: observed}".to_owned());
                }
                _ => {}
            }
        }
        if !parameters.is_empty() {
            lines.push_str("    parameters:\n");
            for (name, change) in parameters {
                let _ = writeln!(lines, "      {name}: {change}");
            }
        }
        (!lines.is_empty()).then(|| format!("  {id}:\n{lines}"))
    }

    fn schemas(&self) -> Vec<String> {
        /// A property: its name on the wire, whether it was seen, whether anything speaks against it.
        #[derive(Default)]
        struct Property<'r> {
            wire: Option<&'r str>,
            seen: bool,
            contradicted: bool,
        }
        let mut schemas: BTreeMap<&str, BTreeMap<&str, Property<'_>>> = BTreeMap::new();
        for finding in &self.findings {
            let Some((schema, name)) = &finding.property else {
                continue;
            };
            let property = schemas.entry(schema).or_default().entry(name).or_default();
            match (&finding.proposal, finding.verdict) {
                (Some(Proposal::Field { wire, .. } | Proposal::RequestField { wire, .. }), verdict) => {
                    property.wire.get_or_insert(wire);
                    property.seen = true;
                    property.contradicted |= verdict == Verdict::OtherType;
                }
                (_, Verdict::Confirmed) => property.seen = true,
                (_, verdict) => property.contradicted |= verdict.is_difference(),
            }
        }
        let guesses = guesses();
        let blocks = schemas.into_iter().filter_map(|(schema, properties)| {
            let mut lines = String::new();
            for (
                name,
                Property {
                    wire,
                    seen,
                    contradicted,
                },
            ) in properties
            {
                let is_observed = seen && !contradicted && guesses.contains(&(schema, name));
                let change = [
                    wire.map(|wire| format!("name: {wire}")),
                    is_observed.then(|| "grade: observed".to_owned()),
                ];
                let change: Vec<String> = change.into_iter().flatten().collect();
                if !change.is_empty() {
                    let _ = writeln!(lines, "    {name}: {{{}}}", change.join(", "));
                }
            }
            (!lines.is_empty()).then(|| format!("  {schema}:\n{lines}"))
        });
        blocks.collect()
    }
}

/// The properties that are no more than guesses.
fn guesses() -> BTreeSet<(&'static str, &'static str)> {
    let fields = crate::outlines()
        .iter()
        .flat_map(|outline| outline.request.iter().chain(&outline.reply));
    fields
        .filter(|field| matches!(field.evidence.as_str(), "assumed" | "older"))
        .filter_map(|field| Some((field.schema.as_str(), field.path.rsplit(['.', ']']).next()?)))
        .collect()
}

fn section(text: &mut String, title: &str, blocks: &[String]) {
    if blocks.is_empty() {
        let _ = writeln!(text, "{title}: {{}}");
    } else {
        let _ = write!(text, "{title}:\n{}", blocks.concat());
    }
}
