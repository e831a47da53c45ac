//! Objects that exist before a run: verified customers, payments in several states, credits, off-ramps.

use super::emulator::Emulator;
use serde_json::{Value, json};

const CUSTOMERS: usize = 12;
const WALLET: &str = "0x52908400098527886e0f7030069857d2e4169ee7";

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

pub(crate) fn plant(emulator: &Emulator) -> Result<Seeded, String> {
    let credentials = emulator.ask("POST /_sandbox/integrations", "", &json!({}))?;
    let login =
        json!({"api_key": credentials.text("/api_key")?, "api_secret": credentials.text("/api_secret")?});
    let stranger = emulator.ask("POST /api/authenticate", "", &login)?;
    let mut seeded = Seeded {
        token: emulator.log_in()?,
        stranger: stranger.text("/data/token")?,
        ..Seeded::default()
    };
    let accounts = emulator.ask("GET /api/banking/accounts", &seeded.token, &Value::Null)?;
    seeded.ibans.push(accounts.text("/data/0/iban")?);
    for number in 0..CUSTOMERS {
        customer(emulator, &mut seeded, number)?;
    }
    Ok(seeded)
}

fn customer(emulator: &Emulator, seeded: &mut Seeded, number: usize) -> Result<(), String> {
    let token = seeded.token.clone();
    let call = |call: &str, body: Value| emulator.ask(call, &token, &body);
    let email = format!("seed{number}+approved@example.com");
    let user = call("POST /api/registerUser", json!({"name": "Ana", "email": email}))?.text("/data/id")?;
    let id: u64 = user.parse().map_err(|_| format!("a customer's id is {user:?}"))?;
    let order = |kind: &str| {
        let order = json!({
            "user_id": id, "external_id": format!("order-{number}-{kind}"), "fiat_symbol": "EUR", "fiat_amount": 240,
            "coin_symbol": "USDC", "coin_chain": "polygon", "wallet": WALLET, "payment_type": kind,
        });
        call("POST /api/createPayment", order)
    };
    let (transfer, card) = (order("transfer")?, order("card")?);
    for payment in [&transfer, &card] {
        seeded.payments.push(payment.text("/data/payment_id")?);
    }
    let credit = json!({"amount": "240.00", "concept": transfer.text("/data/concept")?, "payer_name": "Ana"});
    emulator.ask("POST /_sandbox/bank/credits", "", &credit)?;
    let feed = format!("GET /api/banking/accounts/{}/transactions", seeded.ibans.join(""));
    seeded
        .transactions
        .push(call(&feed, Value::Null)?.text("/data/0/id")?);
    let sale = json!({"user_id": id, "amount": 20, "symbol": "USDC", "blockchain": "polygon", "iban": "ES9121000418450200051332"});
    let sale = call("POST /api/createRampoff", sale)?;
    seeded.offramps.push(sale.text("/data/id")?);
    seeded.users.push(user);
    Ok(())
}
