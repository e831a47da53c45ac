//! Scenarios: a world to begin with and what is to go wrong in it, from a file.

mod error;
mod file;
mod opening;
mod purchases;
mod reading;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

pub use error::ScenarioError;

use crate::clock::Speed;
use crate::world::Limits;
use opening::Opening;

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
pub struct Scenario {
    pub(crate) seed: Option<u64>,
    pub(crate) speed: Option<Speed>,
    pub(crate) start_at: Option<Timestamp>,
    pub(crate) token_life: Option<Duration>,
    pub(crate) limits: Limits,
    pub(crate) opening: Opening,
    source: Arc<str>,
}

impl Scenario {
    /// What it was read from.
    pub fn source(&self) -> &str {
        &self.source
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
        // An empty document, or one of comments only, is a scenario in which nothing is special.
        let file: Option<file::File> = yaml_serde::from_str(text)?;
        reading::read(file.unwrap_or_default(), text)
    }
}
