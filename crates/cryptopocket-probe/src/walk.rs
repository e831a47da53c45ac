//! The order of the calls: what one shows is what the next asks with.

mod filters;
mod money;
mod reads;
mod visit;
mod writes;

use std::collections::BTreeMap;

use cryptopocket_core::shape::{Shape, ShapeRecord};
use cryptopocket_core::{Choices, Error, ErrorKind, Session};
use cryptopocket_types::Decimal;
use serde_json::{Value, json};

use crate::ask::{Call, Values};
use crate::compare::listed;
use crate::locate::{Object, locate, value};
use crate::outline::{Outline, outline, outlines};
use crate::report::{Finding, Report, Verdict};

/// A probe under way.
pub(crate) struct Walk<'a> {
    session: &'a Session,
    listener: &'a (dyn Fn(&str) + Send + Sync),
    writes: bool,
    pub(crate) report: Report,
    known: Known,
}

/// What earlier calls showed, to ask with. It never reaches the report.
#[derive(Default)]
struct Known {
    symbol: Option<String>,
    chain: Option<String>,
    payment_type: Option<String>,
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
    account: Option<Value>,
}

/// A call that was answered.
struct Answered<'a> {
    call: Call<'a>,
    values: Values,
    reply: Value,
    /// Where each field stands.
    names: BTreeMap<String, String>,
}

impl Answered<'_> {
    fn objects(&self) -> Vec<&Object> {
        locate(&self.reply).objects
    }

    fn field<'v>(&self, object: &'v Object, name: &str) -> Option<&'v Value> {
        value(object, self.names.get(name).map_or(name, String::as_str))
    }

    /// A field of the first object that has it.
    fn first(&self, name: &str) -> Option<Value> {
        self.objects()
            .into_iter()
            .find_map(|object| self.field(object, name).cloned())
    }
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        session: &'a Session,
        listener: &'a (dyn Fn(&str) + Send + Sync),
        writes: bool,
    ) -> Self {
        let choices: Choices = session.choices().clone();
        Self {
            session,
            listener,
            writes,
            report: Report {
                findings: Vec::new(),
                records: Vec::new(),
                choices,
            },
            known: Known::default(),
        }
    }

    pub(crate) async fn everything(&mut self) {
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
    pub(crate) fn without_token(&mut self, error: Error) -> Result<(), Error> {
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
        self.report
            .add(Finding::new(&outline.id, "reply", Verdict::Missing, detail));
        if let Ok(reply) = serde_json::from_str::<Value>(&body) {
            self.compare(outline, &reply);
        }
        self.untried(|_| "there is no token to make it with");
        Ok(())
    }

    fn untried(&mut self, why: impl Fn(&Outline) -> &'static str) {
        for outline in outlines() {
            if self
                .report
                .findings
                .iter()
                .any(|finding| finding.operation == outline.id)
            {
                continue;
            }
            self.skip(&outline.id, why(outline));
        }
    }

    /// Notes a call that is not made.
    fn skip(&mut self, id: &str, why: &str) {
        self.report.add(Finding::new(id, "path", Verdict::NotTried, why));
    }

    fn pair(&self) -> (Value, Value) {
        let text = |known: &Option<String>, default: &str| json!(known.as_deref().unwrap_or(default));
        (
            text(&self.known.symbol, "USDC"),
            text(&self.known.chain, "polygon"),
        )
    }
}
