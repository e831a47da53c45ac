//! The order of the calls: what one shows is what the next asks with.

mod filters;
mod money;
mod reads;
mod visit;
mod writes;

use std::collections::BTreeMap;

use cryptopocket_core::{Choices, Session};
use cryptopocket_types::Decimal;
use serde_json::{Value, json};

use crate::ask::{Call, Values};
use crate::locate::{Object, locate, value};
use crate::outline::outlines;
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
        self.customers().await;
        if self.writes {
            self.create().await;
        }
        self.payments().await;
        self.offramps().await;
        self.banking().await;
        self.untried();
    }

    fn untried(&mut self) {
        for outline in outlines() {
            if self
                .report
                .findings
                .iter()
                .any(|finding| finding.operation == outline.id)
            {
                continue;
            }
            let why = match (outline.reads, self.writes) {
                (true, _) => "no earlier reply showed what to ask for",
                (false, false) => "it writes",
                (false, true) => "a probe does not make this call",
            };
            self.report
                .add(Finding::new(&outline.id, "path", Verdict::NotTried, why));
        }
    }

    fn pair(&self) -> (Value, Value) {
        let text = |known: &Option<String>, default: &str| json!(known.as_deref().unwrap_or(default));
        (
            text(&self.known.symbol, "USDC"),
            text(&self.known.chain, "polygon"),
        )
    }
}
