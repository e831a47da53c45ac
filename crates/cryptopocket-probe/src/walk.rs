//! The order of the calls: what one shows is what the next asks with.

mod filters;
mod money;
mod reads;
mod visit;
mod writes;

use std::collections::BTreeMap;
use std::fmt;

use cryptopocket_core::shape::{Shape, ShapeRecord};
use cryptopocket_core::{Error, ErrorKind, Session};
use cryptopocket_types::Decimal;
use serde_json::{Value, json};

use crate::ask::{Call, Values};
use crate::compare::listed;
use crate::locate::{Object, locate, value};
use crate::outline::{Outline, outline, outlines};
use crate::report::{Report, Verdict};

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
    known: Known,
}

/// What earlier calls showed, to ask with. It never reaches the report.
#[derive(Default)]
struct Known {
    symbol: Option<String>,
    chain: Option<String>,
    /// Price of one token in euros.
    price: Option<Decimal>,
    user: Option<Value>,
    payment: Option<Value>,
    /// Euros of the payment that the probe created.
    paid: Option<Decimal>,
    /// The payment that the probe created, to be paid by transfer.
    transfer: Option<Value>,
    /// A bank transaction that is not reconciled.
    credit: Option<Value>,
    offramp: Option<Value>,
}

/// A call that was answered.
struct Answered {
    call: Call,
    values: Values,
    reply: Value,
    /// Where each field stands.
    names: BTreeMap<String, String>,
}

impl Answered {
    fn objects(&self) -> Vec<&Object> {
        locate(&self.reply).objects
    }

    fn field<'v>(&self, object: &'v Object, name: &str) -> Option<&'v Value> {
        value(object, self.names.get(name).map_or(name, String::as_str))
    }

    /// The number in a field of the first object that has one.
    fn number(&self, name: &str) -> Option<Decimal> {
        let mut fields = self
            .objects()
            .into_iter()
            .filter_map(|object| self.field(object, name));
        fields.find_map(money::decimal)
    }

    /// A field of the first object that has it.
    fn first(&self, name: &str) -> Option<Value> {
        self.objects()
            .into_iter()
            .find_map(|object| self.field(object, name).cloned())
    }
}

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
            known: Known::default(),
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
        self.login().await;
        self.market().await;
        if self.writes {
            // First, so that an account without any has one to read.
            self.create_customers().await;
        }
        self.customers().await;
        if self.writes {
            self.create().await;
        }
        self.payments().await;
        self.offramps().await;
        self.banking().await;
        if self.writes {
            self.reconcile().await;
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

    /// Notes what can be said of a login whose answer has no token that can be found.
    fn without_token(&mut self, error: Error) -> Result<(), Error> {
        let (Some(outline), Some(status)) = (outline("authenticate"), error.status()) else {
            return Err(error);
        };
        let body = error.raw_body().map(String::from_utf8_lossy).unwrap_or_default();
        if error.kind() != ErrorKind::UnexpectedReply || body.is_empty() {
            return Err(error);
        }
        let mut record = ShapeRecord::new(
            &outline.id,
            &outline.method,
            &outline.path,
            &format!("{}xx", status / 100),
        );
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

    /// Notes a call that is not made.
    fn skip(&mut self, id: &str, why: &str) {
        self.report.note(id, "path", Verdict::NotTried, why);
    }

    fn pair(&self) -> (Value, Value) {
        let text = |known: &Option<String>, default: &str| json!(known.as_deref().unwrap_or(default));
        (
            text(&self.known.symbol, "USDC"),
            text(&self.known.chain, "polygon"),
        )
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
