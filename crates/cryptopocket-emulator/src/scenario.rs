//! Scenarios: a state to start with, and the settings that go with it.

mod file;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Decimal, Timestamp};

use crate::error::{Misfit, wrong};
use crate::settings::Settings;
pub(crate) use file::{File, NewCustomer, OfframpEntry, PaymentEntry};

pub(crate) type Result<T> = std::result::Result<T, Misfit>;

/// A state to start with, the settings that go with it, and the text it was read from.
///
/// `str::parse` reads JSON, in which amounts are texts. With the feature `yaml` it reads YAML, in which they can be numbers.
///
/// It holds settings, customers, payments, off-ramps, bank credits, subscriptions and faults, all of the first
/// integration. A reset restores it. `scenario.schema.json` of `cryptopocket-sandbox` describes the text.
///
/// # Examples
///
/// ```
/// use cryptopocket_emulator::{Command, Engine, Scenario, Settings};
///
/// let scenario: Scenario = "
/// speed: manual
/// customers:
///   - {name: Ana, email: ana@example.com, kyc: valid}
/// faults:
///   - {operation: create_payment, fault: drop_after, skip: 1}
/// "
/// .parse()?;
/// let mut settings = Settings::new(1);
/// settings.stage(scenario);
/// let mut engine = Engine::with(settings);
/// engine.execute(Command::Ban { user: 100_001, banned: true })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `Scenario::set` checks its settings, `Engine::open` its entries.
    pub(crate) file: File,
    pub(crate) source: Arc<str>,
}

impl Scenario {
    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Sets the settings that it names; the others stay as they are.
    pub(crate) fn set(&self, settings: &mut Settings) -> Result<()> {
        let File {
            seed,
            speed,
            start_at,
            token_life,
            limits: named,
            ..
        } = &self.file;
        if *token_life == Some(0) {
            let rule = "a token life of zero refuses every token";
            return wrong("token_life", rule, "write 1 or more seconds");
        }
        settings.seed = seed.unwrap_or(settings.seed);
        if let Some(text) = speed {
            settings.speed = parsed("speed", text)?;
        }
        settings.start_at = time("start_at", start_at.as_deref())?.or(settings.start_at);
        settings.token_life = token_life.map_or(settings.token_life, Duration::from_secs);
        let limits = &mut settings.limits;
        for (field, text, limit) in [
            (
                "limits.min_purchase",
                &named.min_purchase,
                &mut limits.min_purchase,
            ),
            (
                "limits.card_per_quarter",
                &named.card_per_quarter,
                &mut limits.card_per_quarter,
            ),
            (
                "limits.reinforced_above",
                &named.reinforced_above,
                &mut limits.reinforced_above,
            ),
        ] {
            let Some(text) = text else { continue };
            *limit = amount(field, text)?;
            if limit.is_negative() {
                return wrong(field, format!("`{limit}` is below zero"), "write 0 or more");
            }
        }
        Ok(())
    }
}

/// A value whose type says in its error what to write.
pub(crate) fn parsed<T: FromStr<Err: fmt::Display>>(field: &str, text: &str) -> Result<T> {
    let value = text.parse();
    value.or_else(|cure| wrong(field, format!("`{text}` is not known"), format!("{cure}")))
}

/// A value of a type whose errors do not say what to write: `what` it has to be, and how.
fn read<T: FromStr>(field: &str, text: &str, what: &str, cure: &str) -> Result<T> {
    let value = text.parse();
    value.or_else(|_| wrong(field, format!("`{text}` is not {what}"), cure))
}

pub(crate) fn time(field: &str, text: Option<&str>) -> Result<Option<Timestamp>> {
    let cure = "write it as RFC 3339, such as 2026-06-26T09:00:00Z";
    text.map(|text| read(field, text, "a time", cure)).transpose()
}

pub(crate) fn amount(field: &str, text: &str) -> Result<Decimal> {
    let cure = "write digits, and a point before the cents";
    read(field, text, "an amount", cure)
}

/// An amount that can be bought or sold.
pub(crate) fn purchasable(field: &str, text: &str) -> Result<Decimal> {
    let value = amount(field, text)?;
    if value > Decimal::ZERO && value < Decimal::from(1_000_000_000_u32) {
        return Ok(value);
    }
    let cure = "write an amount above 0 and below 1000000000";
    wrong(field, format!("`{value}` cannot be bought or sold"), cure)
}

/// The status of a payment or an off-ramp.
pub(crate) fn status(text: Option<&str>) -> Result<&str> {
    let status = text.unwrap_or("started");
    if status.trim().is_empty() {
        return wrong("status", "the status is empty", "leave it out for `started`");
    }
    Ok(status)
}
