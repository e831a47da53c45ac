//! A client and its provider.

use std::net::Ipv4Addr;
use std::time::Duration;

use cryptopocket::onramp::{CreatedPayment, NewPayment};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, Credentials, Money, RetryPolicy, Schedule, UserId};
use cryptopocket_sandbox::{Builder, Sandbox, Speed};

pub(crate) const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
pub(crate) const IBAN: &str = "ES9121000418450200051332";
/// Limit of all waits, longer than any of them takes.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A client and its emulator; `None` in a live run.
pub(crate) struct Target {
    pub(crate) client: Client,
    emulator: Option<Sandbox>,
}

/// A client of an emulator that a test can control.
pub(crate) struct Emulated {
    pub(crate) client: Client,
    pub(crate) sandbox: Sandbox,
    base_url: String,
}

fn is_live() -> bool {
    std::env::var("CRYPTOPOCKET_CONFORMANCE").is_ok_and(|target| target == "live")
}

/// A client with short retry delays.
fn client_of(url: &str, key: &str, secret: &str) -> Client {
    Client::builder()
        .base_url(url)
        .credentials(Credentials::new(key, secret))
        .retry(RetryPolicy::default().base(Duration::from_millis(1)))
        .grace_period(Duration::from_millis(20))
        .build()
        .unwrap()
}

impl Target {
    pub(crate) async fn open() -> Self {
        if is_live() {
            let client = Client::from_env().expect("the credentials of a live run");
            return Self {
                client,
                emulator: None,
            };
        }
        let Emulated { client, sandbox, .. } = Emulated::start(Sandbox::builder()).await;
        Self {
            client,
            emulator: Some(sandbox),
        }
    }

    /// The emulator; prints a notice if the step is skipped.
    pub(crate) fn emulator(&self, step: &str) -> Option<&Sandbox> {
        if self.emulator.is_none() {
            eprintln!("skipped against the provider: {step}");
        }
        self.emulator.as_ref()
    }

    /// A text that no other run has used.
    pub(crate) fn unique(&self, word: &str) -> String {
        let runtime = self.client.session().runtime();
        format!("{word}-{:x}-{:x}", runtime.now().unix_seconds(), runtime.random())
    }

    /// An unverified customer.
    pub(crate) async fn unverified_customer(&self) -> UserId {
        let email = format!("{}@example.com", self.unique("ana"));
        let new = NewCustomer::new("Ana", email).last_name("López");
        self.client.users().create_customer(new).await.unwrap().id
    }
}

impl Emulated {
    /// An emulator at instant speed; `None` and a notice in a live run.
    pub(crate) async fn open(test: &str) -> Option<Self> {
        Self::of(test, Sandbox::builder()).await
    }

    /// An emulator at real-time speed.
    pub(crate) async fn slow(test: &str) -> Option<Self> {
        Self::of(test, Sandbox::builder().speed(Speed::Manual)).await
    }

    pub(crate) async fn of(test: &str, builder: Builder) -> Option<Self> {
        if is_live() {
            eprintln!("skipped against the provider: {test}");
            return None;
        }
        Some(Self::start(builder).await)
    }

    async fn start(builder: Builder) -> Self {
        let variable = |name: &str| std::env::var(format!("CRYPTOPOCKET_CONFORMANCE_{name}"));
        let port: Option<u16> = variable("PORT").ok().map(|port| port.parse().unwrap());
        let builder = match port {
            Some(port) => builder.address((Ipv4Addr::LOCALHOST, port).into()),
            None => builder,
        };
        // The previous emulator frees the port when its tasks have ended.
        let mut patience = if port.is_some() { 1_000 } else { 0 };
        let sandbox = loop {
            match builder.clone().start().await {
                Ok(sandbox) => break sandbox,
                Err(error) if patience == 0 => panic!("{error}"),
                Err(_) => patience -= 1,
            }
            tokio::task::yield_now().await;
        };
        let base_url = variable("PROXY").unwrap_or_else(|_| sandbox.base_url());
        let client = client_of(&base_url, sandbox.api_key(), sandbox.api_secret());
        Self {
            client,
            sandbox,
            base_url,
        }
    }

    /// A client with the credentials of another integration of the same emulator.
    pub(crate) fn other_integration(&self) -> Client {
        let (key, secret) = self.sandbox.add_integration();
        client_of(&self.base_url, &key, &secret)
    }

    /// A client with this timeout.
    pub(crate) fn impatient(&self, timeout: Duration) -> Client {
        let (key, secret) = (self.sandbox.api_key(), self.sandbox.api_secret());
        Client::builder()
            .base_url(self.base_url.as_str())
            .credentials(Credentials::new(key, secret))
            .timeout(timeout)
            .retry(RetryPolicy::default().base(Duration::from_millis(1)))
            .build()
            .unwrap()
    }

    /// A verified customer.
    pub(crate) async fn customer(&self) -> UserId {
        let customers = self.sandbox.calls("create_customer");
        let email = format!("ana{customers}+approved@example.com");
        let new = NewCustomer::new("Ana", email).last_name("López");
        self.client.users().create_customer(new).await.unwrap().id
    }

    pub(crate) async fn pay_by_card(&self, user: &UserId) -> CreatedPayment {
        self.client.onramp().create_payment(card(user)).await.unwrap()
    }
}

pub(crate) fn usdc() -> Asset {
    Asset::new("USDC", "polygon")
}

pub(crate) fn euros(amount: &str) -> Money {
    format!("{amount} EUR").parse().unwrap()
}

pub(crate) fn card(user: &UserId) -> NewPayment {
    NewPayment::card(user.clone(), euros("150.50"), usdc(), WALLET)
}

pub(crate) fn transfer(user: &UserId) -> NewPayment {
    NewPayment::transfer(user.clone(), euros("150.50"), usdc(), WALLET)
}

/// An id as a number, for the emulator's controls.
pub(crate) fn number(id: &str) -> u64 {
    id.parse().unwrap()
}

/// Polls without delay.
pub(crate) fn at_once() -> Schedule {
    Schedule::every(Duration::from_millis(1))
}
