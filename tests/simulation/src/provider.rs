//! The emulated provider in the simulated world.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_emulator::{Command, Engine, Offramp, Payment, Request, Response, Settings, Speed, Webhook};
use cryptopocket_types::Decimal;
use http::HeaderValue;
use serde_json::Value;
use tokio::sync::Notify;

use crate::orders::Kind;
use crate::virtual_time::VirtualTime;

/// Where the events are posted. The provider sends to one address one after the other, so there are two.
const SUBSCRIPTIONS: [(&str, &str); 4] = [
    ("PAY_IN", "http://one.test/"),
    ("COINS_SENT", "http://two.test/"),
    ("CRYPTO_RECEIVED", "http://one.test/"),
    ("RAMPOFF_FINISHED", "http://two.test/"),
];
/// How many customers order.
const CUSTOMERS: usize = 5;

/// The emulated provider, and what only it knows.
#[derive(Debug)]
pub(crate) struct Provider {
    engine: Mutex<Engine>,
    /// The API key.
    pub(crate) key: String,
    /// The API secret.
    pub(crate) secret: String,
    /// The ids of the customers that may order.
    pub(crate) customers: Vec<u64>,
    poked: Notify,
}

/// What was created by a call.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) id: String,
    /// The external id of a payment, the account of an off-ramp.
    pub(crate) reference: String,
    pub(crate) kind: Kind,
}

impl Created {
    fn payment(payment: &Payment) -> Self {
        let kind = match payment.method.payment_type {
            _ if payment.guided => Kind::Guided,
            "transfer" => Kind::Transfer,
            _ => Kind::Card,
        };
        Self {
            id: payment.id.clone(),
            reference: payment.external_id.clone().unwrap_or_default(),
            kind,
        }
    }

    fn offramp(offramp: &Offramp) -> Self {
        Self {
            id: offramp.id.to_string(),
            reference: offramp.payout_to.clone(),
            kind: Kind::Offramp,
        }
    }
}

impl Provider {
    pub(crate) fn open(seed: u64, time: &VirtualTime) -> Self {
        let mut settings = Settings::new(seed);
        settings.speed = Speed::Times(1);
        settings.logs_calls = false;
        settings.wall_clock = Arc::new(time.clone());
        let much = Decimal::from(1_000_000_000_u32);
        settings.limits.card_per_quarter = much;
        settings.limits.reinforced_above = much;
        let mut engine = Engine::with(settings);
        let (key, secret) = engine.credentials();
        let customers = prepare(&mut engine, &key, &secret);
        Self {
            engine: Mutex::new(engine),
            key,
            secret,
            customers,
            poked: Notify::new(),
        }
    }

    /// Answers a request. What it created is told too.
    pub(crate) fn handle(&self, request: &Request) -> (Response, Option<Created>) {
        let mut engine = self.engine();
        engine.settle();
        let ours = &engine.integrations()[0];
        let before = (ours.payments.len(), ours.offramps.len());
        let response = engine.handle(request);
        let ours = &engine.integrations()[0];
        let created = if ours.payments.len() > before.0 {
            ours.payments.values().last().map(Created::payment)
        } else if ours.offramps.len() > before.1 {
            ours.offramps.values().last().map(Created::offramp)
        } else {
            None
        };
        drop(engine);
        self.poked.notify_one();
        (response, created)
    }

    /// Makes something happen; commands that do not fit the state have no effect.
    pub(crate) fn command(&self, command: Command) {
        let mut engine = self.engine();
        engine.settle();
        drop(engine.execute(command));
        drop(engine);
        self.poked.notify_one();
    }

    /// The webhooks that leave now, and the time until there may be others.
    pub(crate) fn leaving(&self) -> (Vec<Webhook>, Option<Duration>) {
        let mut engine = self.engine();
        let webhooks = engine.take_webhooks();
        let next = engine.next_timer().map(|next| next.since(engine.now()));
        (webhooks, next)
    }

    pub(crate) fn answered(&self, webhook: &Webhook, answer: Result<u16, String>) {
        let answer = answer.map(|status| (status, String::new()));
        self.engine().webhook_answered(webhook, answer);
        self.poked.notify_one();
    }

    /// Completes when something has changed.
    pub(crate) async fn changed(&self) {
        self.poked.notified().await;
    }

    /// Whether nothing will happen by itself.
    pub(crate) fn is_at_rest(&self) -> bool {
        let engine = self.engine();
        engine.is_idle() && engine.next_timer().is_none()
    }

    /// How many payments there are.
    pub(crate) fn payments(&self) -> u64 {
        self.engine().integrations()[0].payments.len() as u64
    }

    /// How many off-ramps there are.
    pub(crate) fn offramps(&self) -> u64 {
        self.engine().integrations()[0].offramps.len() as u64
    }

    /// How many payments and off-ramps are settled.
    pub(crate) fn settled(&self) -> u64 {
        let engine = self.engine();
        let ours = &engine.integrations()[0];
        let payments = ours
            .payments
            .values()
            .filter(|payment| payment.status == "coins_sent");
        let offramps = ours
            .offramps
            .values()
            .filter(|offramp| offramp.status == "finished");
        (payments.count() + offramps.count()) as u64
    }

    /// The id of the off-ramp that pays out to an account.
    pub(crate) fn offramp_to(&self, iban: &str) -> Option<String> {
        let engine = self.engine();
        let mut offramps = engine.integrations()[0].offramps.values();
        let found = offramps.find(|offramp| offramp.payout_to == iban);
        found.map(|offramp| offramp.id.to_string())
    }

    pub(crate) fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Registers customers and subscribes to the events. Returns the ids of the customers.
fn prepare(engine: &mut Engine, key: &str, secret: &str) -> Vec<u64> {
    let login = format!(r#"{{"api_key":"{key}","api_secret":"{secret}"}}"#);
    let token = call(engine, Request::post("/api/authenticate", login), "");
    let token = token["data"]["token"].as_str().unwrap_or_default().to_owned();
    for (event, url) in SUBSCRIPTIONS {
        let form = format!("type={event}&url={url}");
        let mut request = Request::post("/api/subscribeToWebhook", form);
        let media = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers.insert(http::header::CONTENT_TYPE, media);
        call(engine, request, &token);
    }
    let customers = (0..CUSTOMERS).map(|number| {
        let body = format!(r#"{{"name":"Ada","email":"ada{number}@example.com"}}"#);
        let user = call(engine, Request::post("/api/registerUser", body), &token)["data"]["id"].as_u64();
        let (user, status) = (user.unwrap_or_default(), "valid".to_owned());
        drop(engine.execute(Command::SetKyc { user, status }));
        user
    });
    customers.collect()
}

fn call(engine: &mut Engine, mut request: Request, token: &str) -> Value {
    if let Ok(token) = HeaderValue::from_str(token) {
        request.headers.insert("auth", token);
    }
    let media = HeaderValue::from_static("application/json");
    request.headers.entry(http::header::CONTENT_TYPE).or_insert(media);
    let body = engine
        .handle(&request)
        .reply
        .map_or_else(Bytes::new, |reply| reply.body);
    serde_json::from_slice(&body).unwrap_or_default()
}
