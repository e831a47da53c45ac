//! Why a scenario was refused.

use std::fmt;

/// Why a scenario was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    place: String,
    rule: String,
    cure: String,
}

impl ScenarioError {
    /// An error with the place, the rule it breaks, and what to write instead.
    pub fn new(place: impl Into<String>, rule: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            rule: rule.into(),
            cure: cure.into(),
        }
    }

    /// The same error with the path of what surrounds its place.
    pub(crate) fn within(mut self, path: &str) -> Self {
        self.place = format!("{path}.{}", self.place);
        self
    }

    /// Where it is: the path of a field, or a line and a column.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What to write instead.
    pub fn cure(&self) -> &str {
        &self.cure
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.rule, self.cure)
    }
}

impl std::error::Error for ScenarioError {}
