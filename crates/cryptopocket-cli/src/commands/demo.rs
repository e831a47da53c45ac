//! Printing the steps of `cryptopocket-demo`.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::prelude::*;
use clap::Args;
use cryptopocket_demo::{Error, Event, Exchange, Flow, Object as Exchanged, Step, Stopped, Summary};

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
    #[arg(long, value_parser = ["onramp", "transfer", "offramp", "all"], default_value = "all")]
    flow: String,
    /// Run against the configured base URL instead, as far as that needs no emulator
    #[arg(long)]
    live: bool,
}

impl Demo {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = if self.live { Some(context.client()?) } else { None };
        let mut printer = Printer(&mut context.output);
        let mut unprinted = None;
        let flow = match &*self.flow {
            "onramp" => Flow::Onramp,
            "transfer" => Flow::Transfer,
            "offramp" => Flow::Offramp,
            _ => Flow::All,
        };
        if client.is_none() && !printer.0.is_json() {
            let seed = self.seed;
            printer
                .0
                .line(format!("{BOLD}CryptoPocket demo{BOLD:#}, seed {seed}"))?;
            let about = "an emulator on this machine; no account, no network, no real money";
            printer.0.line(format!("{DIM}{about}{DIM:#}"))?;
        }
        let mut listener = |event: Event<'_>| {
            printer.event(event).map_err(|failure| {
                unprinted = Some(failure);
                Stopped
            })
        };
        let result = match client {
            Some(client) => cryptopocket_demo::run_live(client, flow, &mut listener).await,
            None => cryptopocket_demo::run(self.seed, flow, &mut listener).await,
        };
        match unprinted {
            Some(failure) => Err(failure),
            None => result.map_err(failed),
        }
    }
}

/// Prints the events of a demo.
struct Printer<'o>(&'o mut Output);

impl Printer<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<()> {
        match (event, self.0.is_json()) {
            (Event::Section { title, about }, false) => {
                let text = format!("\n{BOLD}{title}{BOLD:#}  {DIM}{about}{DIM:#}");
                self.0.line(text)
            }
            (Event::Step(step), true) => self.0.json(step),
            (Event::Step(step), false) => self.step(step),
            (Event::Done(summary), true) => self.0.json(&last_line(summary)),
            (Event::Done(summary), false) => self.done(summary),
            _ => Ok(()),
        }
    }

    fn step(&mut self, step: &Step) -> Result<()> {
        let name = step.name.rsplit('.').next().unwrap_or(step.name);
        let (name, time, text) = (name.replace('_', " "), seconds(step.at, 3), clean(&step.text));
        let Self(output) = self;
        output.line(format!("{DIM}{time:>7}{DIM:#}  {BOLD}{name:<16}{BOLD:#} {text}"))?;
        for check in &step.checks {
            let check = clean(check);
            output.line(format!("{:26}{GOOD}✓{GOOD:#} {DIM}{check}{DIM:#}", ""))?;
        }
        if let Some(failed) = &step.failed {
            output.line(format!("{:26}{BAD}✗ {}{BAD:#}", "", clean(failed)))?;
        }
        Ok(())
    }

    fn done(&mut self, summary: &Summary) -> Result<()> {
        if !summary.ok || summary.webhooks_verified.is_none() {
            return Ok(());
        }
        self.0.line("")?;
        let row = |it: &Exchange| {
            let ends = [&it.paid, &it.received, &it.destination, &it.proof];
            let mut row = vec![it.flow.replace('_', " "), it.customer.to_owned()];
            row.extend(ends.into_iter().cloned());
            row
        };
        let headings = ["flow", "who", ">gave", ">got", "into", "proof"];
        self.0.rows(&headings, summary.exchanges.iter().map(row))?;
        let (checks, time) = (summary.checks, seconds(summary.at, 2));
        let text = format!("\n{GOOD}✓ all {checks} checks held{GOOD:#} {DIM}in {time} s{DIM:#}");
        self.0.line(text)
    }
}

/// Seconds with as many decimals, cut.
fn seconds(time: Duration, decimals: usize) -> String {
    let text = format!("{}.{:03}", time.as_secs(), time.subsec_millis());
    text[..text.len() + decimals - 3].to_owned()
}

/// The last line of `--json`. A live run has no account of its own to give.
fn last_line(summary: &Summary) -> Object {
    let (mut payments, mut offramps) = (BTreeMap::new(), BTreeMap::new());
    for exchange in &summary.exchanges {
        match &exchange.object {
            Exchanged::Payment(payment) => payments.insert(exchange.flow, view::payment(payment)),
            Exchanged::Offramp(offramp) => offramps.insert(exchange.flow, view::offramp(offramp)),
            _ => None,
        };
    }
    let verified = summary.webhooks_verified;
    object! { "step": "done", "ok": summary.ok, "at_ms": summary.at.as_millis() }
        .maybe("checks_held", verified.map(|_| summary.checks))
        .maybe("offramps", verified.map(|_| offramps))
        .with("payments", &payments)
        .with("webhooks_verified", &verified.unwrap_or_default())
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
