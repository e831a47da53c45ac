//! Objects that exist before a run: verified customers, payments in several states, credits, off-ramps.

use super::emulator::Emulator;
use super::http::Client;
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
    let client = emulator.client();
    let mut seeded = Seeded {
        token: emulator.log_in()?,
        stranger: stranger(&client)?,
        ..Seeded::default()
    };
    let accounts = client.get("/api/banking/accounts", &seeded.token)?;
    seeded.ibans.push(accounts.text("/data/0/iban")?);
    for number in 0..CUSTOMERS {
        customer(&client, &mut seeded, number)?;
    }
    Ok(seeded)
}

fn stranger(client: &Client) -> Result<String, String> {
    let credentials = client.post("/_sandbox/integrations", None, &json!({}))?;
    let login =
        json!({"api_key": credentials.text("/api_key")?, "api_secret": credentials.text("/api_secret")?});
    client
        .post("/api/authenticate", None, &login)?
        .text("/data/token")
}

fn customer(client: &Client, seeded: &mut Seeded, number: usize) -> Result<(), String> {
    let token = seeded.token.clone();
    let call = |path: &str, body: Value| client.post(&format!("/api/{path}"), Some(&token), &body);
    let email = format!("seed{number}+approved@example.com");
    let user = call("registerUser", json!({"name": "Ana", "email": email}))?.text("/data/id")?;
    let id: u64 = user.parse().map_err(|_| format!("a customer's id is {user:?}"))?;
    let order = |kind: &str| {
        json!({
            "user_id": id, "external_id": format!("order-{number}-{kind}"), "fiat_symbol": "EUR", "fiat_amount": 240,
            "coin_symbol": "USDC", "coin_chain": "polygon", "wallet": WALLET, "payment_type": kind,
        })
    };
    let transfer = call("createPayment", order("transfer"))?;
    seeded.payments.push(transfer.text("/data/payment_id")?);
    let card = call("createPayment", order("card"))?;
    seeded.payments.push(card.text("/data/payment_id")?);
    let credit = json!({"amount": "240.00", "concept": transfer.text("/data/concept")?, "payer_name": "Ana"});
    client.post("/_sandbox/bank/credits", None, &credit)?;
    let iban = seeded.ibans.first().cloned().unwrap_or_default();
    let feed = client.get(&format!("/api/banking/accounts/{iban}/transactions"), &token)?;
    seeded.transactions.push(feed.text("/data/0/id")?);
    let sale = json!({"user_id": id, "amount": 20, "symbol": "USDC", "blockchain": "polygon", "iban": "ES9121000418450200051332"});
    seeded
        .offramps
        .push(call("createRampoff", sale)?.text("/data/id")?);
    seeded.users.push(user);
    Ok(())
}
