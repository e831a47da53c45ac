//! The order of the calls: what one shows is what the next asks with.

mod lists;
mod money;
mod visit;

use std::collections::BTreeMap;
use std::fmt;

use cryptopocket_core::shape::{Shape, ShapeRecord};
use cryptopocket_core::{Error, ErrorKind, Session};
use serde_json::{Value, json};

use crate::ask::text;
use crate::compare::listed;
use crate::outline::{Outline, outline, outlines};
use crate::report::{Report, Verdict};
use visit::Answered;

type Listener = Box<dyn Fn(&str) + Send + Sync>;

/// Walks the API and holds what it answers against the specification.
///
/// Only read calls are made, unless [`allow_writes`](Self::allow_writes) was asked for. What one call shows, such as the id
/// of a payment, is what the next asks with; no such value reaches the report.
#[must_use = "a probe asks nothing until it runs"]
pub struct Probe {
    session: Session,
    listener: Listener,
    writes: bool,
    report: Report,
    /// What earlier calls showed, to ask with. It never reaches the report.
    known: BTreeMap<&'static str, Value>,
}

/// What is learnt from the first answer that shows it: the operation, a name for it, and the field.
const LEARNT: [(&str, &str, &str); 9] = [
    ("get_token_price", "price", "price"),
    ("create_customer", "user", "id"),
    ("list_customers", "user", "id"),
    ("create_payment", "transfer", "payment_id"),
    ("create_payment", "payment", "payment_id"),
    ("list_payments", "payment", "id"),
    ("create_offramp", "offramp", "id"),
    ("list_offramps", "offramp", "id"),
    ("list_bank_accounts", "iban", "iban"),
];

/// Customers that are asked about until one is found whose identity is proved.
const CHECKED: usize = 5;

/// The event to subscribe to. No call takes a subscription back, so it is the one in least use: the older of two spellings.
const EVENT: &str = "RAMPOFF_FINISHED";

impl Probe {
    /// A probe with the credentials and the choices of a session.
    pub fn new(session: Session) -> Self {
        let report = Report {
            findings: Vec::new(),
            records: Vec::new(),
            choices: session.choices().clone(),
        };
        Self {
            session,
            listener: Box::new(|_| ()),
            writes: false,
            report,
            known: BTreeMap::new(),
        }
    }

    /// Also makes the calls that write: it creates three customers, two payments, an off-ramp, a link to a declaration and
    /// a subscription to the event `RAMPOFF_FINISHED`, uploads a document, and reconciles its payment with a free credit.
    ///
    /// No call takes any of this back.
    ///
    /// # Errors
    ///
    /// `Configuration`, unless the base URL is that of the provider's sandbox or of this machine.
    pub fn allow_writes(mut self) -> Result<Self, Error> {
        if !self.session.is_for_tests() {
            return Err(Error::configuration(
                "a probe writes only at the provider's sandbox or on this machine",
                "Leave the writing out, or give the base URL of the sandbox.",
            ));
        }
        self.writes = true;
        Ok(self)
    }

    /// Tells `listener` the id of each operation before it is asked.
    pub fn listener(mut self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.listener = Box::new(listener);
        self
    }

    /// Asks everything.
    ///
    /// If the login is answered in a form in which no token is found, the report tells what was seen of it.
    ///
    /// # Errors
    ///
    /// Those of a login that is refused or not answered. What any other call answers stands in the report.
    pub async fn run(mut self) -> Result<Report, Error> {
        match self.session.login().await {
            Ok(()) => self.everything().await,
            Err(error) => self.without_token(error)?,
        }
        Ok(self.report)
    }

    async fn everything(&mut self) {
        let credentials = self.session.credentials();
        let login =
            json!({"api_key": credentials.key().expose(), "api_secret": credentials.secret().expose()});
        self.visit("authenticate", login).await;
        self.market().await;
        let run = self.session.runtime().random() % 1_000_000_000;
        if self.writes {
            // First, so that an account without any has one to read.
            self.create_customers(run).await;
        }
        self.customers().await;
        if self.writes {
            self.create(run).await;
        }
        self.visit("list_payments", json!({})).await;
        let payment = self.known("payment");
        self.visit("get_payment", json!({"payment_id": payment})).await;
        let (symbol, chain) = self.pair();
        let sale = json!({"amount": 20, "symbol": symbol, "blockchain": chain});
        self.visit("get_offramp_quote", sale).await;
        self.visit("list_offramps", json!({})).await;
        let offramp = self.known("offramp");
        self.visit("get_offramp", json!({"id": offramp})).await;
        self.banking().await;
        if self.writes {
            self.subscribe().await;
        }
        self.untried(|outline| {
            if outline.reads {
                "no earlier reply showed what to ask for"
            } else {
                "it writes"
            }
        });
    }

    async fn market(&mut self) {
        if let Some(assets) = self.visit("list_available_assets", json!({})).await {
            let is_active = |active: &Value| matches!(text(active).as_str(), "true" | "1");
            let mut objects = assets.objects().into_iter();
            let active = objects.find(|asset| assets.field(asset, "active").is_none_or(is_active));
            for name in ["symbol", "chain"] {
                let known = active.and_then(|asset| assets.field(asset, name));
                self.known.extend(known.map(|known| (name, json!(text(known)))));
            }
        }
        let (symbol, chain) = self.pair();
        let pair = json!({"symbol": symbol, "chain": chain, "fiat_symbol": "EUR"});
        self.visit("get_token_price", pair).await;
        let methods = self
            .visit("list_payment_methods", json!({"fiat_symbol": "EUR"}))
            .await;
        let method = methods.and_then(|methods| methods.first("payment_type"));
        let method = match method.as_ref().map(text).as_deref() {
            Some("transfer") => json!("TRANSFER"),
            Some("psd2") => json!("PSD2"),
            other => json!(other.unwrap_or("card")),
        };
        let quote = json!({"amount": 100, "symbol": symbol, "chain": chain, "payment_type": method});
        self.visit("get_onramp_quote", quote).await;
    }

    /// Creates customers in each of the three ways, and uploads a document.
    async fn create_customers(&mut self, run: u64) {
        // The emulator approves the first at once. For the provider it is an address like any other.
        for (id, word) in [
            ("create_customer", "+approved"),
            ("create_company_customer", "-company"),
            ("create_customer_delegated_kyc", "-verified"),
        ] {
            let email = format!("probe-{run}{word}@example.com");
            self.write(id, json!({"email": email})).await;
        }
        let id = "upload_customer_document";
        match self.known("user") {
            Value::Null => self.skip(id, "no customer was created"),
            user => drop(self.write(id, json!({"user_id": user})).await),
        }
    }

    async fn customers(&mut self) {
        let Some(list) = self.visit("list_customers", json!({})).await else {
            return;
        };
        for (parameter, field) in [
            ("user_id", "id"),
            ("email", "email"),
            ("external_id", "external_id"),
        ] {
            let asked = list.first(field).unwrap_or_default();
            let values = json!({parameter: asked});
            if let Some(found) = self.visit("find_customer", values.clone()).await {
                let finds = |reply: &Value| {
                    let found = found.first_of(reply, field);
                    found.is_some_and(|found| text(&found) == text(&asked))
                };
                self.named(&found.call, &values, parameter, finds).await;
            }
        }
        // Payments need a customer whose identity is proved.
        let listed = list.objects().into_iter().filter_map(|row| list.field(row, "id"));
        let first = self.known("user");
        for user in std::iter::once(&first).chain(listed).take(CHECKED) {
            let check = self.visit("check_kyc", json!({"user_id": user})).await;
            let status = check.and_then(|check| check.first("kyc_status"));
            if status.is_some_and(|status| status == "valid") {
                self.known.insert("user", user.clone());
                return;
            }
        }
    }

    /// Creates payments, an off-ramp, and a link to a declaration.
    async fn create(&mut self, run: u64) {
        let user = self.known("user");
        // Requests take the id as a number, which replies show as text.
        let user = text(&user).parse::<u64>().map_or(user, |number| json!(number));
        let order = |number: u32| format!("probe-{run}-{number}");
        for (id, mut changes) in [
            ("create_enhanced_verification_link", json!({})),
            ("create_guided_payment", json!({"external_id": order(1)})),
            // Its reply has the most fields.
            (
                "create_payment",
                json!({"external_id": order(2), "payment_type": "transfer"}),
            ),
            ("create_offramp", json!({})),
        ] {
            if user.is_null() {
                self.skip(id, "no customer was created or listed");
                continue;
            }
            changes["user_id"] = user.clone();
            let created = self.write(id, changes).await;
            if let Some(mut created) = created.filter(|_| id == "create_payment") {
                self.known.insert("paid", created.values["fiat_amount"].take());
            }
        }
    }

    /// Reads the account, and ties a credit that no payment has to the probe's own transfer.
    async fn banking(&mut self) {
        self.visit("list_bank_accounts", json!({})).await;
        let iban = self.known("iban");
        let list = self.visit("list_bank_transactions", json!({"iban": iban})).await;
        if !self.writes {
            return;
        }
        let free = list.and_then(|list| {
            let mut objects = list.objects().into_iter();
            let free = objects.find(|row| {
                let reconciled = list.field(row, "reconciled").map(text);
                !matches!(reconciled.as_deref(), Some("true" | "1"))
                    && list.field(row, "payment_id").is_none()
            });
            list.field(free?, "id").cloned()
        });
        let id = "reconcile_payment";
        match (self.known("transfer"), free) {
            (Value::Null, _) => self.skip(id, "no transfer was created"),
            (_, None) => self.skip(id, "no account shows a credit that is not reconciled"),
            (payment, Some(credit)) => {
                let pair = json!({"payment_id": payment, "transaction_id": credit});
                self.visit(id, pair).await;
            }
        }
    }

    /// Subscribes to one kind of event, and changes its address.
    async fn subscribe(&mut self) {
        let event = json!({"type": EVENT});
        if self.write("subscribe_webhook", event.clone()).await.is_some() {
            self.write("update_webhook", event).await;
        } else {
            self.skip("update_webhook", "no subscription was created");
        }
    }

    /// Notes what can be said of a login whose answer has no token that can be found.
    fn without_token(&mut self, error: Error) -> Result<(), Error> {
        let (Some(outline), Some(status)) = (outline("authenticate"), error.status()) else {
            return Err(error);
        };
        let body = error.raw_body().map(String::from_utf8_lossy).unwrap_or_default();
        if error.kind() != ErrorKind::UnexpectedReply || body.is_empty() {
            return Err(error);
        }
        let outcome = format!("{}xx", status / 100);
        let mut record = ShapeRecord::new(&outline.id, &outline.method, &outline.path, &outcome);
        record.reply = Shape::of_json(&body);
        self.report.keep(record);
        let token = outline.object_fields().find(|(_, field)| field.key);
        let tried = token.map_or_else(String::new, |(name, field)| {
            listed(std::iter::once(&name.to_owned()).chain(&field.candidates))
        });
        let detail = format!(
            "no token under {tried}; without one no other call can be made. If one of the new fields below holds it, give \
             its name in a file of choices: {{\"version\":1,\"operations\":{{\"authenticate\":{{\"reply\":{{\"token\":\"NAME\"}}}}}}}}"
        );
        self.report.note(&outline.id, "reply", Verdict::Missing, detail);
        if let Ok(reply) = serde_json::from_str::<Value>(&body) {
            self.compare(outline, &reply);
        }
        self.untried(|_| "there is no token to make it with");
        Ok(())
    }

    fn untried(&mut self, why: impl Fn(&Outline) -> &'static str) {
        for outline in outlines() {
            let mut findings = self.report.findings.iter();
            if findings.all(|finding| finding.operation != outline.id) {
                self.skip(&outline.id, why(outline));
            }
        }
    }

    /// Sends the sample of a request, with other values in some fields.
    async fn write(&mut self, id: &str, changes: Value) -> Option<Answered> {
        let mut values = outline(id)?.sample.first()?.clone();
        for (name, value) in changes.as_object()? {
            values[name] = value.clone();
        }
        self.visit(id, values).await
    }

    /// Notes a call that is not made.
    fn skip(&mut self, id: &str, why: &str) {
        self.report.note(id, "path", Verdict::NotTried, why);
    }

    /// What an earlier call showed, or null.
    fn known(&self, name: &str) -> Value {
        self.known.get(name).cloned().unwrap_or_default()
    }

    /// Symbol and chain to ask with.
    fn pair(&self) -> (Value, Value) {
        let known = |name, default: &str| self.known.get(name).cloned().unwrap_or_else(|| json!(default));
        (known("symbol", "USDC"), known("chain", "polygon"))
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("session", &self.session)
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}
