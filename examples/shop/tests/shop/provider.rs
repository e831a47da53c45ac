//! The emulated provider, and a customer of the shop.

use std::time::Duration;

use cryptopocket::onramp::NewPayment;
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, EventType, UserId};
use cryptopocket_sandbox::{BankCredit, Command, Outcome, Sandbox, Speed};
use serde_json::{Value, json};

use crate::process::Process;
use crate::wait;

pub(crate) struct Provider {
    pub(crate) sandbox: Sandbox,
    client: Client,
    customer: UserId,
}

impl Provider {
    /// With [`Speed::Instant`], a webhook that meets a dead shop is given up at once; with [`Speed::Manual`], it comes again
    /// in [`settle`](Self::settle).
    pub(crate) async fn start(speed: Speed) -> Self {
        let sandbox = Sandbox::builder().seed(1).speed(speed).start().await.unwrap();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
            .build()
            .unwrap();
        let ada = NewCustomer::new("Ada", "ada@example.com");
        let customer = client.users().create_customer(ada).await.unwrap().id;
        sandbox.approve_kyc(customer.as_str().parse().unwrap()).unwrap();
        Self {
            sandbox,
            client,
            customer,
        }
    }

    /// Payments are told to one machine, and coins to the other.
    pub(crate) async fn subscribe(&self, pay_in: &str, coins_sent: &str) {
        for (kind, url) in [(EventType::PayIn, pay_in), (EventType::CoinsSent, coins_sent)] {
            let url = format!("{url}/webhooks");
            let webhooks = self.client.webhooks();
            if webhooks
                .create_subscription(kind.clone(), url.as_str())
                .await
                .is_err()
            {
                webhooks.update_subscription(kind, url.as_str()).await.unwrap();
            }
        }
    }

    pub(crate) fn order(&self, number: usize) -> Value {
        json!({
            "order": format!("order-{number}"),
            "customer": self.customer.as_str(),
            "amount": "240 EUR",
            "wallet": "0x52908400098527886E0F7030069857D2E4169EE7",
        })
    }

    /// A card payment that is made and paid beside the shop; its id.
    pub(crate) async fn buy_elsewhere(&self) -> String {
        let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
        let asset = Asset::new("USDC", "polygon");
        let card = NewPayment::card(self.customer.clone(), "240 EUR".parse().unwrap(), asset, wallet);
        let created = self.client.onramp().create_payment(card).await.unwrap();
        self.sandbox.pay(created.payment_id.as_str()).unwrap();
        created.payment_id.to_string()
    }

    /// A transfer of another amount, made beside the shop under the id of an order; its id.
    pub(crate) async fn take_the_id(&self, order: &str) -> String {
        let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
        let (user, asset) = (self.customer.clone(), Asset::new("USDC", "polygon"));
        let other = NewPayment::transfer(user, "90 EUR".parse().unwrap(), asset, wallet).external_id(order);
        let created = self.client.onramp().create_payment(other).await.unwrap();
        created.payment_id.to_string()
    }

    /// A customer whose identity is not checked.
    pub(crate) async fn stranger(&self) -> UserId {
        let eve = NewCustomer::new("Eve", "eve@example.com");
        self.client.users().create_customer(eve).await.unwrap().id
    }

    /// Has the provider refuse what the customer asks for, or not any more.
    pub(crate) fn ban(&self, banned: bool) {
        let user = self.customer.as_str().parse().unwrap();
        self.sandbox.execute(Command::Ban { user, banned }).unwrap();
    }

    pub(crate) fn customer(&self) -> &str {
        self.customer.as_str()
    }

    pub(crate) async fn balance(&self, shop: &Process) -> i64 {
        let balance = shop.json(&format!("/balances/{}", self.customer)).await;
        balance["cents"].as_i64().unwrap()
    }

    /// The money of a payment arrives, and is reconciled with it.
    pub(crate) fn receive(&self, payment: &str) {
        let command = Command::CreditBank {
            credit: BankCredit::new("240".parse().unwrap()).meant_for(payment),
            api_key: None,
        };
        let Outcome::Credited { transaction_id } = self.sandbox.execute(command).unwrap() else {
            panic!("not credited")
        };
        let command = Command::Reconcile {
            payment_id: payment.to_owned(),
            transaction_id,
            api_key: None,
        };
        self.sandbox.execute(command).unwrap();
    }

    /// Lets the provider's time pass until every order is credited, and looks that each was credited once.
    pub(crate) async fn settle(&self, shops: &[&Process], orders: usize) {
        let mut waiting = Vec::new();
        for _ in 0..150 {
            // Coins are sent, and webhooks that failed come again.
            self.sandbox.advance(Duration::from_mins(10));
            wait(Duration::from_millis(200)).await;
            waiting.clear();
            for number in 0..orders {
                let order = shops[number % shops.len()]
                    .json(&format!("/orders/order-{number}"))
                    .await;
                if order["state"] != "credited" {
                    waiting.push(order);
                }
            }
            if waiting.is_empty() {
                break;
            }
        }
        assert!(waiting.is_empty(), "{waiting:?}");
        assert_eq!(
            self.balance(shops[0]).await,
            24_000 * i64::try_from(orders).unwrap()
        );
    }
}
