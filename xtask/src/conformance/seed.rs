//! Objects that exist before a run: those of `judges/seed.yaml`.

use super::emulator::Emulator;
use crate::spec;
use serde_json::{Value, json};

/// The ids of these objects.
#[derive(Debug, Default)]
pub(crate) struct Seeded {
    pub(crate) token: String,
    /// The token of another integration, which must not see these objects.
    pub(crate) stranger: String,
    pub(crate) users: Vec<String>,
    pub(crate) payments: Vec<String>,
    pub(crate) offramps: Vec<String>,
    pub(crate) transactions: Vec<String>,
    pub(crate) ibans: Vec<String>,
}

/// Starts the emulator over with these objects.
pub(crate) fn plant(emulator: &Emulator) -> Result<Seeded, String> {
    let scenario = spec::yaml(include_str!("../../judges/seed.yaml"))?;
    let started = emulator.ask("POST /_sandbox/scenario", "", &scenario)?;
    if started.status >= 400 {
        return Err(format!("seed.yaml: {}", started.json().unwrap_or_default()));
    }
    let token = emulator.log_in(&emulator.ready)?;
    let stranger = emulator.ask("POST /_sandbox/integrations", "", &json!({}))?;
    let stranger = emulator.log_in(&stranger.json().unwrap_or_default())?;
    let ids = |call: &str, name| emulator.ask(call, &token, &Value::Null)?.texts("/data", name);
    let ibans = ids("GET /api/banking/accounts", "iban")?;
    let transactions = format!("GET /api/banking/accounts/{}/transactions", ibans.concat());
    Ok(Seeded {
        users: ids("GET /api/customers/list", "id")?,
        payments: ids("GET /api/payments?per_page=100", "id")?,
        offramps: ids("GET /api/getRampoffs", "id")?,
        transactions: ids(&transactions, "id")?,
        stranger,
        ibans,
        token,
    })
}
