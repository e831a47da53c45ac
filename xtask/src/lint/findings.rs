//! Broken rules.

use std::collections::BTreeSet;
use std::fmt;

/// The id of a rule, and how to repair a document that breaks it. One id may have several cures.
pub(super) struct Rule(pub(super) &'static str, pub(super) &'static str);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Operation, schema or property.
    pub(super) at: String,
    pub(super) rule: &'static str,
    problem: String,
    cure: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at, rule, problem, ..
        } = self;
        write!(f, "{at}: {problem} [{rule}]\n    cure: {}", self.cure)
    }
}

/// The broken rules, in order of place, each once.
#[derive(Default)]
pub(super) struct Findings(pub(super) BTreeSet<Finding>);

impl Findings {
    pub(super) fn add(
        &mut self,
        at: impl Into<String>,
        &Rule(rule, cure): &Rule,
        problem: impl Into<String>,
    ) {
        let (at, problem) = (at.into(), problem.into());
        self.0.insert(Finding {
            at,
            rule,
            problem,
            cure,
        });
    }
}

pub(super) fn report(found: &[Finding]) -> String {
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    format!("{}\n{} broken rules", lines.join("\n"), found.len())
}
