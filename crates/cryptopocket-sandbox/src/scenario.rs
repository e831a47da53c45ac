//! Scenarios: a world to begin with and what is to go wrong in it, from a file.

mod file;
mod purchases;
mod reading;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::str::FromStr;

pub use cryptopocket_emulator::server::ScenarioError;

/// A world to begin with and what is to go wrong in it: settings, customers, purchases, sales, money in the bank,
/// subscriptions and faults. Read from YAML or JSON; `scenario.schema.json` in this crate says what can stand in it. Everything in it
/// belongs to the first integration, and is there again after a reset.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket_sandbox::{Sandbox, Scenario};
///
/// let scenario: Scenario = "
/// speed: manual
/// customers:
///   - {name: Ana, email: ana@example.com, kyc: valid}
/// faults:
///   - {operation: create_payment, fault: drop_after, skip: 1}
/// "
/// .parse()?;
/// let sandbox = Sandbox::builder().scenario(scenario).start().await?;
/// sandbox.ban(100_001, true)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Scenario(pub(crate) cryptopocket_emulator::server::Scenario);

impl Scenario {
    /// What it was read from.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Reads a file of YAML or JSON.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`], whose place begins with the file's name, where the file cannot be read or is refused.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let path = path.as_ref();
        let at = |place: &str| format!("{}: {place}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| {
            ScenarioError::new(
                path.display().to_string(),
                error.to_string(),
                "name a readable file",
            )
        })?;
        text.parse()
            .map_err(|error: ScenarioError| ScenarioError::new(at(error.place()), error.rule(), error.cure()))
    }
}

impl FromStr for Scenario {
    type Err = ScenarioError;

    /// Reads YAML, of which JSON is a part.
    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        read(text).map(Self)
    }
}

/// Reads the text of a scenario, for the engine.
pub(crate) fn read(text: &str) -> Result<cryptopocket_emulator::server::Scenario, ScenarioError> {
    // An empty document, or one of comments only, is a scenario in which nothing is special.
    let file: Option<file::File> = yaml_serde::from_str(text).map_err(|error| unreadable(&error))?;
    reading::read(file.unwrap_or_default(), text)
}

fn unreadable(error: &yaml_serde::Error) -> ScenarioError {
    let text = error.to_string();
    let Some(location) = error.location() else {
        return ScenarioError::new("the file", text, CURE);
    };
    let place = format!("line {}, column {}", location.line(), location.column());
    let rule = text.replace(&format!(" at {}", place.replace(',', "")), "");
    ScenarioError::new(place, rule, CURE)
}

const CURE: &str = "scenario.schema.json says what can stand there, and editors can check a file against it";
