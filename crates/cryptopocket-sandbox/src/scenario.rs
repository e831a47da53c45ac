//! Scenario files: the state to start with, and its faults.

mod checked;
mod entries;
mod file;
mod purchases;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::str::FromStr;

pub use cryptopocket_emulator::server::ScenarioError;
use cryptopocket_emulator::server::{Opening, Scenario as EngineScenario};
use cryptopocket_emulator::{Engine, Limits, Settings, Speed};

use checked::{Check, Limit, SEPARATOR, TokenLife, values};
use file::File;

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
    let document = yaml_serde::Deserializer::from_str(text);
    // An empty document, or one of comments only, is a scenario without entries.
    let file: Option<File> = serde_path_to_error::deserialize(document).map_err(|error| refusal(&error))?;
    let scenario = scenario(file.unwrap_or_default(), text);
    // Applies the opening once, to find entries that do not fit together.
    let mut settings = Settings::new(1);
    settings.speed = Speed::Manual;
    settings.limits = scenario.limits.clone();
    Engine::with(settings).open(&scenario.opening)?;
    Ok(scenario)
}

fn scenario(file: File, source: &str) -> EngineScenario {
    let default = Limits::default();
    let limit = |entry: Option<Check<Limit>>, default| entry.map_or(default, |Check(Limit(limit))| limit);
    EngineScenario {
        source: source.into(),
        seed: file.seed,
        speed: file.speed.map(|Check(speed)| speed),
        start_at: file.start_at.map(|Check(time)| time),
        token_life: file.token_life.map(|Check(TokenLife(life))| life),
        limits: Limits {
            min_purchase: limit(file.limits.min_purchase, default.min_purchase),
            card_per_quarter: limit(file.limits.card_per_quarter, default.card_per_quarter),
            reinforced_above: limit(file.limits.reinforced_above, default.reinforced_above),
        },
        opening: Opening {
            off_the_whitelist: file.whitelisted == Some(false),
            barred_methods: values(file.barred_methods)
                .iter()
                .map(|one| one.0.to_owned())
                .collect(),
            outages: values(file.outages),
            customers: values(file.customers),
            payments: values(file.payments),
            offramps: values(file.offramps),
            credits: values(file.bank_credits),
            subscriptions: values(file.subscriptions),
            faults: values(file.faults),
            webhook_faults: values(file.webhook_faults),
            transfer_faults: values(file.transfer_faults),
        },
    }
}

/// A misfit names the path of its field; any other error a line and a column.
fn refusal(error: &serde_path_to_error::Error<yaml_serde::Error>) -> ScenarioError {
    const CURE: &str =
        "scenario.schema.json says what can stand there, and editors can check a file against it";
    let (path, error) = (error.path().to_string(), error.inner());
    let text = error.to_string();
    if let [_, field, rule, cure, _] = text.split(SEPARATOR).collect::<Vec<_>>()[..] {
        let dot = if field.is_empty() { "" } else { "." };
        return ScenarioError::new(format!("{path}{dot}{field}"), rule, cure);
    }
    let Some(location) = error.location() else {
        return ScenarioError::new("the file", text, CURE);
    };
    let place = format!("line {}, column {}", location.line(), location.column());
    let rule = text.replace(&format!(" at {}", place.replace(',', "")), "");
    ScenarioError::new(place, rule, CURE)
}
