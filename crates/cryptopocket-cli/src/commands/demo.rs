//! Printing the steps of `cryptopocket-demo`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use cryptopocket_demo::{Error, Event, Exchange, Listener, Object, Step, Stopped, Summary};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::{BAD, BOLD, Cell, DIM, GOOD, Output, View, cell, clean};
use crate::view::{OfframpView, PaymentView};

/// Watch money flow: from a card to a wallet, from a transfer to a wallet, from a wallet to an account
///
/// Runs against an emulator inside this program, over HTTP on this machine, and verifies the signed webhooks. Needs no
/// account and no network. Every step is checked; exit code 0 only when every check held.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Seed of ids, tokens and prices; the same seed gives the same amounts
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Flow to run; `all` also tries what must fail
    #[arg(long, value_enum, default_value_t = Flow::All)]
    flow: Flow,
    /// Run against the configured base URL instead, as far as that needs no emulator
    #[arg(long)]
    live: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Flow {
    Onramp,
    Transfer,
    Offramp,
    All,
}

impl From<Flow> for cryptopocket_demo::Flow {
    fn from(flow: Flow) -> Self {
        match flow {
            Flow::Onramp => Self::Onramp,
            Flow::Transfer => Self::Transfer,
            Flow::Offramp => Self::Offramp,
            Flow::All => Self::All,
        }
    }
}

impl Demo {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = if self.live { Some(context.client()?) } else { None };
        let mut printer = Printer {
            output: &mut context.output,
            unprinted: None,
        };
        let result = if let Some(client) = client {
            cryptopocket_demo::run_live(client, self.flow.into(), &mut printer).await
        } else {
            printer.welcome(self.seed)?;
            cryptopocket_demo::run(self.seed, self.flow.into(), &mut printer).await
        };
        match printer.unprinted {
            Some(failure) => Err(failure),
            None => result.map_err(failed),
        }
    }
}

/// Prints the events of a demo, and keeps the failure to print one.
struct Printer<'o> {
    output: &'o mut Output,
    unprinted: Option<Failure>,
}

impl Listener for Printer<'_> {
    fn event(&mut self, event: Event<'_>) -> std::result::Result<(), Stopped> {
        let printed = match (event, self.output.is_json()) {
            (Event::Section { title, about }, false) => self
                .output
                .line(format!("\n{BOLD}{title}{BOLD:#}  {DIM}{about}{DIM:#}")),
            (Event::Step(step), true) => self.output.json(step),
            (Event::Step(step), false) => self.step(step),
            (Event::Done(summary), true) => self.output.json(&LastLine::from(summary)),
            (Event::Done(summary), false) => self.done(summary),
            _ => Ok(()),
        };
        printed.map_err(|failure| {
            self.unprinted = Some(failure);
            Stopped
        })
    }
}

impl Printer<'_> {
    fn welcome(&mut self, seed: u64) -> Result<()> {
        if self.output.is_json() {
            return Ok(());
        }
        self.output
            .line(format!("{BOLD}CryptoPocket demo{BOLD:#}, seed {seed}"))?;
        self.output.line(format!(
            "{DIM}an emulator on this machine; no account, no network, no real money{DIM:#}"
        ))
    }

    fn step(&mut self, step: &Step) -> Result<()> {
        let name = step
            .name
            .rsplit('.')
            .next()
            .unwrap_or(step.name)
            .replace('_', " ");
        let (time, text) = (seconds(step.at, 3), clean(&step.text));
        self.output
            .line(format!("{DIM}{time:>7}{DIM:#}  {BOLD}{name:<16}{BOLD:#} {text}"))?;
        for check in &step.checks {
            self.output
                .line(format!("{:26}{GOOD}✓{GOOD:#} {DIM}{}{DIM:#}", "", clean(check)))?;
        }
        if let Some(failed) = &step.failed {
            self.output
                .line(format!("{:26}{BAD}✗ {}{BAD:#}", "", clean(failed)))?;
        }
        Ok(())
    }

    fn done(&mut self, summary: &Summary) -> Result<()> {
        if !summary.ok || summary.webhooks_verified.is_none() {
            return Ok(());
        }
        self.output.line("")?;
        self.output.table(&summary.exchanges)?;
        let (checks, time) = (summary.checks, seconds(summary.at, 2));
        self.output.line(format!(
            "\n{GOOD}✓ all {checks} checks held{GOOD:#} {DIM}in {time} s{DIM:#}"
        ))
    }
}

/// Seconds with as many decimals, cut.
fn seconds(time: Duration, decimals: usize) -> String {
    let text = format!("{}.{:03}", time.as_secs(), time.subsec_millis());
    text[..text.len() + decimals - 3].to_owned()
}

/// The last line of `--json`. A live run has no account of its own to give.
#[derive(Serialize)]
struct LastLine {
    step: &'static str,
    ok: bool,
    at_ms: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks_held: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offramps: Option<Map<String, Value>>,
    payments: Map<String, Value>,
    webhooks_verified: usize,
}

impl From<&Summary> for LastLine {
    fn from(summary: &Summary) -> Self {
        let (mut payments, mut offramps) = (Map::new(), Map::new());
        for exchange in &summary.exchanges {
            let flow = exchange.flow.to_owned();
            match exchange.object.clone() {
                Object::Payment(payment) => payments.insert(flow, json!(PaymentView(*payment))),
                Object::Offramp(offramp) => offramps.insert(flow, json!(OfframpView(*offramp))),
                _ => None,
            };
        }
        let verified = summary.webhooks_verified;
        Self {
            step: "done",
            ok: summary.ok,
            at_ms: summary.at.as_millis(),
            checks_held: verified.map(|_| summary.checks),
            offramps: verified.map(|_| offramps),
            payments,
            webhooks_verified: verified.unwrap_or_default(),
        }
    }
}

impl View for Exchange {
    fn cells(&self) -> Vec<Cell> {
        vec![
            cell("FLOW", Some(self.flow.replace('_', " "))),
            cell("WHO", Some(&self.customer)),
            cell(">GAVE", Some(&self.paid)),
            cell(">GOT", Some(&self.received)),
            cell("INTO", Some(&self.destination)),
            cell("PROOF", Some(&self.proof)),
        ]
    }
}

fn failed(error: Error) -> Failure {
    let text = error.to_string();
    match error {
        Error::Call(error) => error.into(),
        Error::Start(_) => Failure::configuration(text, "Check that programs may listen on 127.0.0.1."),
        Error::Check { .. } => Failure::check(
            "demo",
            text,
            "The SDK and the emulator disagree. Run it again with -v, and report the output.",
        ),
        _ => Failure::check("demo", text, "Run the demo again."),
    }
}
