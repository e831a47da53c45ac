//! Scenario files: the state to start with, and its faults.

mod entries;
mod file;
mod purchases;
#[cfg(test)]
mod tests;
mod values;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

pub use cryptopocket_emulator::server::ScenarioError;
use cryptopocket_emulator::server::{Misfit, Opening, PAYMENT_TYPES, Scenario as EngineScenario};
use cryptopocket_emulator::{Engine, Limits, Settings, Speed};

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
    // An empty document, or one of comments only, is a scenario without entries.
    let file: Option<File> = yaml_serde::from_str(text).map_err(|error| unreadable(&error))?;
    let scenario = checked(file.unwrap_or_default(), text)?;
    // Applies the opening once, to find entries that do not fit together.
    let mut settings = Settings::new(1);
    settings.speed = Speed::Manual;
    settings.limits = scenario.limits.clone();
    Engine::with(settings).open(&scenario.opening)?;
    Ok(scenario)
}

fn checked(file: File, source: &str) -> Result<EngineScenario, ScenarioError> {
    let top = |misfit| at("", misfit);
    let (limits, default) = (&file.limits, Limits::default());
    let limit = |field, text: &Option<String>, default| {
        values::limit(field, text.as_deref(), default).map_err(|misfit| at("limits", misfit))
    };
    if file.token_life == Some(0) {
        let rule = "a token life of zero refuses every token";
        return Err(ScenarioError::new("token_life", rule, "write 1 or more seconds"));
    }
    Ok(EngineScenario {
        source: source.into(),
        seed: file.seed,
        speed: file
            .speed
            .map(|text| values::parsed("speed", &text))
            .transpose()
            .map_err(top)?,
        start_at: values::time("start_at", file.start_at.as_deref()).map_err(top)?,
        token_life: file.token_life.map(Duration::from_secs),
        limits: Limits {
            min_purchase: limit("min_purchase", &limits.min_purchase, default.min_purchase)?,
            card_per_quarter: limit(
                "card_per_quarter",
                &limits.card_per_quarter,
                default.card_per_quarter,
            )?,
            reinforced_above: limit(
                "reinforced_above",
                &limits.reinforced_above,
                default.reinforced_above,
            )?,
        },
        opening: Opening {
            off_the_whitelist: file.whitelisted == Some(false),
            barred_methods: list("barred_methods", file.barred_methods, |text| {
                values::known("", "payment method", &text, PAYMENT_TYPES).map(str::to_owned)
            })?,
            outages: list("outages", file.outages, |text| values::parsed("", &text))?,
            customers: list("customers", file.customers, entries::customer)?,
            payments: list("payments", file.payments, purchases::payment)?,
            offramps: list("offramps", file.offramps, purchases::offramp)?,
            credits: list("bank_credits", file.bank_credits, entries::credit)?,
            subscriptions: list("subscriptions", file.subscriptions, entries::subscription)?,
            faults: list("faults", file.faults, entries::call_fault)?,
            webhook_faults: list("webhook_faults", file.webhook_faults, entries::webhook_fault)?,
            transfer_faults: list("transfer_faults", file.transfer_faults, |entry| {
                entries::transfer_fault(&entry)
            })?,
        },
    })
}

/// Checks each entry of a list.
fn list<E, T>(
    name: &str,
    entries: Vec<E>,
    check: impl Fn(E) -> values::Result<T>,
) -> Result<Vec<T>, ScenarioError> {
    let checked = entries
        .into_iter()
        .enumerate()
        .map(|(index, entry)| check(entry).map_err(|misfit| at(&format!("{name}[{index}]"), misfit)));
    checked.collect()
}

/// The error of a field of the entry at `place`.
fn at(place: &str, Misfit { field, rule, cure }: Misfit) -> ScenarioError {
    let dot = if place.is_empty() || field.is_empty() {
        ""
    } else {
        "."
    };
    ScenarioError::new(format!("{place}{dot}{field}"), rule, cure)
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
