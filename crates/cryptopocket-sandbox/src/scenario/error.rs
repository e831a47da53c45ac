//! What is wrong with a scenario, where, and what to do.

use std::fmt;

/// Why a scenario was refused.
///
/// # Examples
///
/// ```
/// use cryptopocket_sandbox::Scenario;
///
/// let error = "faults: [{fault: gremlin}]".parse::<Scenario>().unwrap_err();
/// assert_eq!(error.place(), "faults[0].fault");
/// assert_eq!(error.rule(), "`gremlin` is no fault");
/// assert!(error.cure().starts_with("use one of slow, drop_before"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    place: String,
    rule: String,
    cure: String,
}

impl ScenarioError {
    pub(super) fn new(place: impl Into<String>, rule: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            rule: rule.into(),
            cure: cure.into(),
        }
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

impl From<yaml_serde::Error> for ScenarioError {
    fn from(error: yaml_serde::Error) -> Self {
        let text = error.to_string();
        let Some(location) = error.location() else {
            return Self::new("the file", text, CURE);
        };
        let place = format!("line {}, column {}", location.line(), location.column());
        let rule = text.replace(&format!(" at {}", place.replace(',', "")), "");
        Self::new(place, rule, CURE)
    }
}

const CURE: &str = "scenario.schema.json says what can stand there, and editors can check a file against it";
