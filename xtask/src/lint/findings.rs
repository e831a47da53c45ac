//! Broken rules.

use std::fmt;

/// The id of a rule, and how to repair a document that breaks it. One id may have several cures.
pub(super) struct Rule(pub(super) &'static str, pub(super) &'static str);

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
    pub(super) fn add(
        &mut self,
        at: impl Into<String>,
        &Rule(rule, cure): &Rule,
        problem: impl Into<String>,
    ) {
        self.0.push(Finding {
            at: at.into(),
            rule,
            problem: problem.into(),
            cure,
        });
    }

    /// In order of place, each once.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}

/// All findings, as text.
pub(crate) fn report(found: &[Finding]) -> String {
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    format!("{}\n{} broken rules", lines.join("\n"), found.len())
}
