//! Scenario files: the state to start with, and its faults.

#[cfg(test)]
mod tests;

use std::path::Path;
use std::str::FromStr;

pub use cryptopocket_emulator::Misfit as ScenarioError;
use cryptopocket_emulator::server::{Scenario as EngineScenario, ScenarioFile};
use cryptopocket_emulator::{Engine, Settings, Speed};

/// A state to start with, and its faults, read from YAML or JSON.
///
/// It holds settings, customers, payments, off-ramps, bank credits, subscriptions and faults, all of the first
/// integration. A reset restores it. `scenario.schema.json` in this crate describes the file.
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
pub struct Scenario(pub(crate) EngineScenario);

impl Scenario {
    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Reads a file of YAML or JSON.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] if the file cannot be read or is not valid. Its place begins with the file's name.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let name = path.as_ref().display().to_string();
        let text = std::fs::read_to_string(path.as_ref())
            .map_err(|error| ScenarioError::new(&name, error.to_string(), "name a readable file"))?;
        text.parse().map_err(|error: ScenarioError| {
            ScenarioError::new(format!("{name}: {}", error.place()), error.rule(), error.cure())
        })
    }
}

impl FromStr for Scenario {
    type Err = ScenarioError;

    /// Reads YAML, which includes JSON.
    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        read(text).map(Self)
    }
}

/// Reads the text of a scenario.
pub(crate) fn read(text: &str) -> Result<EngineScenario, ScenarioError> {
    // An empty document, or one of comments only, is a scenario without entries.
    let file: Option<ScenarioFile> = yaml_serde::from_str(text).map_err(|error| unreadable(&error))?;
    let scenario = EngineScenario::new(file.unwrap_or_default(), text)?;
    // Opens an engine once, to find entries that are not valid or do not fit together.
    let mut settings = Settings::new(1);
    settings.speed = Speed::Manual;
    settings.limits = scenario.limits.clone();
    Engine::with(settings).open(&scenario)?;
    Ok(scenario)
}

/// The error of a text that has not the form of a scenario, with its line and column.
fn unreadable(error: &yaml_serde::Error) -> ScenarioError {
    const CURE: &str = "scenario.schema.json describes the fields; editors can check a file against it";
    let text = error.to_string();
    let Some(location) = error.location() else {
        return ScenarioError::new("the file", text, CURE);
    };
    let place = format!("line {}, column {}", location.line(), location.column());
    let rule = text.replace(&format!(" at {}", place.replace(',', "")), "");
    ScenarioError::new(place, rule, CURE)
}
