use std::fmt::Display;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// One step of a demo, with the checks that were made.
///
/// Serialized, it is the line that `cryptopocket demo --json` prints.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// Its name, such as `onramp.quote`.
    #[serde(rename = "step")]
    pub name: &'static str,
    /// Whether all its checks held.
    pub ok: bool,
    /// The time since the demo began.
    #[serde(rename = "at_ms", serialize_with = "milliseconds")]
    pub at: Duration,
    /// What happened, for people.
    pub text: String,
    /// The checks that held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
    /// The first check that did not hold. The checks after it were not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Values for programs, beside the other fields.
    #[serde(flatten)]
    pub values: Map<String, Value>,
}

fn milliseconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u128(time.as_millis())
}

/// Tells a step on the timeline of a stage: its name, its text, and a list of `method what => arguments;`.
macro_rules! step {
    ($stage:ident, $name:expr, $text:expr $(, { $($method:ident $what:expr => $($argument:expr),+;)* })?) => {{
        let step = $crate::step::Step::new($name, $text)$($(.$method($what, $($argument),+))*)?;
        $stage.timeline.step(step)
    }};
}

pub(crate) use step;

impl Step {
    pub(crate) fn new(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            ok: true,
            at: Duration::ZERO,
            text: text.into(),
            checks: Vec::new(),
            failed: None,
            values: Map::new(),
        }
    }

    /// Adds a value for programs.
    pub(crate) fn value(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        self.values.insert(name.to_owned(), value);
        self
    }

    /// Checks that `holds`.
    pub(crate) fn check(self, what: impl Into<String>, holds: bool) -> Self {
        let what = what.into();
        let failed = format!("not so: {what}");
        self.checked(holds, what, failed)
    }

    /// Checks that `is` equals `must`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "numbers by value and long values by reference"
    )]
    pub(crate) fn same<T: PartialEq + Display>(self, what: &str, is: T, must: T) -> Self {
        let (held, failed) = (
            format!("{what}: {is}"),
            format!("{what}: is {is}, must be {must}"),
        );
        self.checked(is == must, held, failed)
    }

    fn checked(mut self, holds: bool, held: String, failed: String) -> Self {
        if self.ok && holds {
            self.checks.push(held);
        } else if self.ok {
            self.ok = false;
            self.failed = Some(failed);
        }
        self
    }

    /// Fails if a check did not hold.
    pub(crate) fn verdict(&self) -> Result<()> {
        match &self.failed {
            None => Ok(()),
            Some(failed) => Err(Error::Check {
                step: self.name,
                failed: failed.clone(),
            }),
        }
    }
}

/// Both ends of a long text.
pub(crate) fn short(text: &str) -> String {
    match (text.get(..8), text.get(text.len().saturating_sub(6)..)) {
        (Some(start), Some(end)) if text.len() > 16 => format!("{start}…{end}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn step_fails_with_its_first_check_that_does_not_hold() {
        let right = Step::new("flow.step", "")
            .same("cents", 15050, 15050)
            .check("so", true);
        assert!(right.verdict().is_ok());
        assert_eq!(right.checks, ["cents: 15050", "so"]);

        let wrong = Step::new("flow.step", "")
            .same("cents", 15049, 15050)
            .check("not looked at", false);
        let failure = wrong.verdict().unwrap_err();
        assert_eq!(failure.to_string(), "flow.step: cents: is 15049, must be 15050");
        assert!(wrong.checks.is_empty());
    }
}
