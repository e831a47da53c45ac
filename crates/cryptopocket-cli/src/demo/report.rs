//! The timeline: what happens, when, and what was checked.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket::{Runtime, TokioRuntime};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::{Failure, Result};
use crate::output::{BAD, BOLD, DIM, GOOD, Output, clean};

/// Prints the steps of a demo.
pub(super) struct Report {
    runtime: Arc<dyn Runtime>,
    began: Duration,
    checks: usize,
    steps: usize,
}

/// One line of JSON.
#[derive(Serialize)]
struct Line<'l> {
    step: &'l str,
    ok: bool,
    at_ms: u128,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'l str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    checks: &'l [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<&'l str>,
    #[serde(flatten)]
    values: &'l Map<String, Value>,
}

impl Report {
    pub(super) fn new() -> Self {
        let runtime: Arc<dyn Runtime> = Arc::new(TokioRuntime);
        Self {
            began: runtime.monotonic(),
            runtime,
            checks: 0,
            steps: 0,
        }
    }

    fn elapsed(&self) -> Duration {
        self.runtime.monotonic().saturating_sub(self.began)
    }

    pub(super) fn seconds(&self) -> String {
        let millis = self.elapsed().as_millis();
        format!("{}.{:02} s", millis / 1000, millis % 1000 / 10)
    }

    pub(super) fn checks(&self) -> usize {
        self.checks
    }

    /// Prints a step; fails if one of its checks did.
    pub(super) fn print(&mut self, output: &mut Output, step: &Step) -> Result<()> {
        self.steps += 1;
        self.checks += step.checks.len();
        let at = self.elapsed();
        if output.is_json() {
            output.json(&Line {
                step: step.name,
                ok: step.failed.is_none(),
                at_ms: at.as_millis(),
                text: &step.text,
                checks: &step.checks,
                failed: step.failed.as_deref(),
                values: &step.values,
            })?;
        } else {
            let millis = at.as_millis();
            let time = format!("{}.{:03}", millis / 1000, millis % 1000);
            let name = step
                .name
                .rsplit('.')
                .next()
                .unwrap_or(step.name)
                .replace('_', " ");
            output.line(format!(
                "{DIM}{time:>7}{DIM:#}  {BOLD}{name:<16}{BOLD:#} {}",
                clean(&step.text)
            ))?;
            for check in &step.checks {
                output.line(format!("{:26}{GOOD}✓{GOOD:#} {DIM}{}{DIM:#}", "", clean(check)))?;
            }
            if let Some(failed) = &step.failed {
                output.line(format!("{:26}{BAD}✗ {}{BAD:#}", "", clean(failed)))?;
            }
        }
        step.verdict()
    }

    /// The last line of JSON.
    pub(super) fn done(&self, output: &mut Output, ok: bool, values: &Map<String, Value>) -> Result<()> {
        let at_ms = self.elapsed().as_millis();
        output.json(&Line {
            step: "done",
            ok,
            at_ms,
            text: "",
            checks: &[],
            failed: None,
            values,
        })
    }
}

/// A heading for people.
pub(super) fn section(output: &mut Output, title: &str, story: &str) -> Result<()> {
    if output.is_json() {
        return Ok(());
    }
    output.line(format!("\n{BOLD}{title}{BOLD:#}  {DIM}{story}{DIM:#}"))
}

/// Something that happened, with what was checked about it.
pub(super) struct Step {
    name: &'static str,
    text: String,
    checks: Vec<String>,
    failed: Option<String>,
    values: Map<String, Value>,
}

impl Step {
    /// A step called `flow.what`, with a sentence of what happened.
    pub(super) fn new(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            text: text.into(),
            checks: Vec::new(),
            failed: None,
            values: Map::new(),
        }
    }

    /// Adds a value for programs.
    pub(super) fn value(mut self, name: &str, value: impl Serialize) -> Self {
        self.values
            .insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// Something that must be so. After the first that is not, nothing more is checked.
    pub(super) fn check(mut self, what: impl Into<String>, holds: bool) -> Self {
        match (&self.failed, holds) {
            (Some(_), _) => {}
            (None, true) => self.checks.push(what.into()),
            (None, false) => self.failed = Some(format!("not so: {}", what.into())),
        }
        self
    }

    /// Two values that must be the same, to the last digit.
    pub(super) fn same<T: PartialEq + Display>(mut self, what: &str, is: &T, must: &T) -> Self {
        match (&self.failed, is == must) {
            (Some(_), _) => {}
            (None, true) => self.checks.push(format!("{what}: {is}")),
            (None, false) => self.failed = Some(format!("{what}: is {is}, must be {must}")),
        }
        self
    }

    /// Whether everything that was checked is so.
    fn verdict(&self) -> Result<()> {
        let Some(failed) = &self.failed else { return Ok(()) };
        Err(Failure::check(
            "demo",
            format!("{}: {failed}", self.name),
            "The SDK and the sandbox disagree. Run it again with -v, and report what it says.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_step_fails_with_its_first_check_that_does_not_hold() {
        let right = Step::new("flow.step", "")
            .same("cents", &15050, &15050)
            .check("so", true);
        assert!(right.verdict().is_ok());
        assert_eq!(right.checks, ["cents: 15050", "so"]);

        let wrong = Step::new("flow.step", "")
            .same("cents", &15049, &15050)
            .check("not looked at", false);
        let failure = wrong.verdict().unwrap_err();
        assert_eq!(failure.exit(), Exit::CheckFailed);
        assert_eq!(failure.message(), "flow.step: cents: is 15049, must be 15050");
        assert!(wrong.checks.is_empty());
    }
}
