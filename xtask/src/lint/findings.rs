//! Broken rules.

use super::rules::Rule;
use std::fmt;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Operation, schema or property.
    pub(crate) at: String,
    pub(crate) rule: &'static str,
    pub(crate) problem: String,
    pub(crate) cure: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            rule,
            problem,
            cure,
        } = self;
        write!(f, "{at}: {problem} [{rule}]\n    cure: {cure}")
    }
}

/// Collects broken rules.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    /// Collects those of one operation, schema or property.
    pub(super) fn at(&mut self, place: impl Into<String>) -> At<'_> {
        At {
            place: place.into(),
            findings: self,
        }
    }

    /// In order of place, each once.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}

/// Collects the broken rules of one place.
pub(super) struct At<'f> {
    pub(super) place: String,
    findings: &'f mut Findings,
}

impl At<'_> {
    pub(super) fn add(&mut self, rule: Rule, problem: impl Into<String>) {
        self.findings.0.push(Finding {
            at: self.place.clone(),
            rule: rule.id,
            problem: problem.into(),
            cure: rule.cure,
        });
    }

    /// Adds a finding unless the rule is kept.
    pub(super) fn check(&mut self, kept: bool, rule: Rule, problem: impl Into<String>) {
        if !kept {
            self.add(rule, problem);
        }
    }

    /// A place inside of this one.
    pub(super) fn inside(&mut self, step: &str) -> At<'_> {
        self.findings.at(format!("{}, {step}", self.place))
    }
}

/// All findings, as text.
pub(crate) fn report(found: &[Finding]) -> String {
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    format!("{}\n{} broken rules", lines.join("\n"), found.len())
}
