//! A bank transfer from the order to the coins, as an integration test does it.
//!
//! `cargo run -p cryptopocket-sandbox --example transfer`

use cryptopocket_sandbox::{BankCredit, Sandbox};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let mut shop = Shop {
        base: sandbox.base_url(),
        http: reqwest::Client::new(),
        token: String::new(),
    };
    let credentials = json!({"api_key": sandbox.api_key(), "api_secret": sandbox.api_secret()});
    let token = shop.post("authenticate", &credentials).await?["data"]["token"].clone();
    shop.token = token.as_str().ok_or("no token")?.to_owned();

    let customer = json!({"name": "Ana", "last_name": "López", "email": "ana@example.com"});
    let user = shop.post("registerUser", &customer).await?["data"]["id"]
        .as_u64()
        .ok_or("no customer")?;
    let order = json!({
        "user_id": user, "fiat_symbol": "EUR", "fiat_amount": 240, "coin_symbol": "USDC", "coin_chain": "polygon",
        "wallet": "0x52908400098527886E0F7030069857D2E4169EE7", "payment_type": "transfer",
    });
    let refused = shop.post("createPayment", &order).await?;
    println!("without a verification: {}", refused["error"]);

    sandbox.approve_kyc(user)?;
    let created = shop.post("createPayment", &order).await?;
    let payment = created["data"]["payment_id"]
        .as_str()
        .ok_or("no payment")?
        .to_owned();
    println!(
        "to pay into {} with the concept {}",
        created["data"]["iban"], created["data"]["concept"]
    );

    let transaction = sandbox
        .credit_bank(BankCredit::new("240.00".parse()?).concept(created["data"]["concept"].to_string()))?;
    let reconciled = json!({"payment_id": payment, "transaction_id": transaction});
    println!(
        "reconciled: {}",
        shop.post("banking/reconcile", &reconciled).await?["data"]["status"]
    );

    let shown = shop.get(&format!("payment/{payment}")).await?;
    println!(
        "in the end: {} in {}",
        shown["data"]["status"], shown["data"]["txid"]
    );
    assert_eq!(shown["data"]["status"], "coins_sent");
    assert_eq!(sandbox.payments_created(), 1);
    Ok(())
}

struct Shop {
    base: String,
    http: reqwest::Client,
    token: String,
}

impl Shop {
    async fn get(&self, path: &str) -> Result<Value> {
        let request = self
            .http
            .get(format!("{}/{path}", self.base))
            .header("auth", &self.token);
        Ok(request.send().await?.json().await?)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self
            .http
            .post(format!("{}/{path}", self.base))
            .header("auth", &self.token)
            .json(body);
        Ok(request.send().await?.json().await?)
    }
}
