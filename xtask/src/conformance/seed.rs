//! Objects that exist before a run: verified customers, payments in several states, credits, off-ramps.

use super::emulator::Emulator;
use serde_json::{Value, json};

const CUSTOMERS: usize = 12;

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
    emulator.ask("POST /_sandbox/scenario", "", &scenario())?;
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

/// For each customer a transfer that is paid, a payment by card that is not, and an off-ramp.
fn scenario() -> Value {
    let each = |object: &dyn Fn(usize, String) -> Value| -> Vec<Value> {
        let numbers = 0..CUSTOMERS;
        numbers
            .map(|number| object(number, format!("seed{number}@example.com")))
            .collect()
    };
    let payment = |number: usize, customer: String, method: &str| {
        let order = format!("order-{number}-{method}");
        json!({"customer": customer, "amount": 240, "method": method, "external_id": order})
    };
    let transfers = each(&|number, customer| {
        let mut payment = payment(number, customer, "transfer");
        payment["concept"] = json!(482_913_000 + number);
        payment
    });
    let cards = each(&|number, customer| payment(number, customer, "card"));
    let payments = [transfers, cards].concat();
    json!({
        "seed": 1,
        "speed": "instant",
        "customers": each(&|_, email| json!({"name": "Ana", "email": email, "kyc": "valid"})),
        "payments": payments,
        "offramps": each(&|_, customer| {
            json!({"customer": customer, "amount": 20, "symbol": "USDC", "iban": "ES9121000418450200051332"})
        }),
        "bank_credits": each(&|number, _| {
            json!({"amount": 240, "concept": 482_913_000 + number, "payer_name": "Ana"})
        }),
    })
}
