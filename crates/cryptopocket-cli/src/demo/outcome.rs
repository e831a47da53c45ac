//! Who got what.

use cryptopocket::offramp::Offramp;
use cryptopocket::onramp::Payment;
use serde::Serialize;
use serde_json::{Map, Value};

use super::stage::CUSTOMER;
use crate::output::Row;
use crate::view::{OfframpView, PaymentView};

#[derive(Default)]
pub(super) struct Outcome {
    rows: Vec<Exchange>,
    payments: Map<String, Value>,
    offramps: Map<String, Value>,
}

/// One exchange that was completed.
pub(super) struct Exchange {
    flow: &'static str,
    who: &'static str,
    gave: String,
    got: String,
    destination: String,
    proof: String,
}

impl Outcome {
    pub(super) fn paid(&mut self, flow: &'static str, payment: Payment, wallet: &str) {
        self.rows.push(Exchange {
            flow,
            who: CUSTOMER,
            gave: payment.fiat.to_string(),
            got: payment.coin.to_string(),
            destination: format!("wallet {}", short(wallet)),
            proof: payment
                .txid
                .as_ref()
                .map_or_else(String::new, |txid| format!("txid {}", short(txid.as_str()))),
        });
        self.payments
            .insert(flow.to_owned(), json(PaymentView::from(payment)));
    }

    pub(super) fn sold(&mut self, flow: &'static str, offramp: Offramp, money: String, account: &str) {
        self.rows.push(Exchange {
            flow,
            who: CUSTOMER,
            gave: offramp.coin.to_string(),
            got: money,
            destination: format!("account {account}"),
            proof: format!("off-ramp {}", offramp.id),
        });
        self.offramps
            .insert(flow.to_owned(), json(OfframpView::from(offramp)));
    }

    pub(super) fn rows(&self) -> &[Exchange] {
        &self.rows
    }

    pub(super) fn payments(&self) -> usize {
        self.payments.len()
    }

    pub(super) fn offramps(&self) -> usize {
        self.offramps.len()
    }

    pub(super) fn values(&self) -> Map<String, Value> {
        [("payments", &self.payments), ("offramps", &self.offramps)]
            .map(|(name, found)| (name.to_owned(), Value::Object(found.clone())))
            .into_iter()
            .collect()
    }
}

impl Row for Exchange {
    const HEADINGS: &'static [&'static str] = &["FLOW", "WHO", ">GAVE", ">GOT", "INTO", "PROOF"];

    fn cells(&self) -> Vec<String> {
        let Self {
            flow,
            who,
            gave,
            got,
            destination,
            proof,
        } = self;
        vec![
            flow.replace('_', " "),
            (*who).to_owned(),
            gave.clone(),
            got.clone(),
            destination.clone(),
            proof.clone(),
        ]
    }
}

fn json(view: impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}

/// Both ends of a long text.
pub(super) fn short(text: &str) -> String {
    match (text.get(..8), text.get(text.len().saturating_sub(6)..)) {
        (Some(start), Some(end)) if text.len() > 16 => format!("{start}…{end}"),
        _ => text.to_owned(),
    }
}
