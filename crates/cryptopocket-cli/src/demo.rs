//! The whole money flow, checked at every step.

mod browser;
mod failing;
mod form;
mod http;
mod live;
mod offramp;
mod onramp;
mod outcome;
mod receiver;
mod report;
mod stage;
mod transfer;

use clap::{Args, ValueEnum};
use cryptopocket::offramp::OfframpFilter;
use cryptopocket::onramp::PaymentFilter;

use self::report::Step;
use self::stage::Stage;
use crate::connection::Context;
use crate::failure::Result;
use crate::output::{BOLD, DIM, GOOD, Output};

/// Watch money flow: from a card to a wallet, from a transfer to a wallet, from a wallet to an account
///
/// Runs against an emulator inside this program, over real HTTP on this machine, with signed webhooks verified on the
/// way. Needs no account and no network. Every step is checked; exit code 0 only when all of it held.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// What ids, tokens and prices follow from; the same number gives the same amounts
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Which flow to run; all of them also try what must fail
    #[arg(long, value_enum, default_value_t = Flow::All)]
    flow: Flow,
    /// Run against the configured base URL instead, as far as that needs no emulator
    #[arg(long)]
    live: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Flow {
    Onramp,
    Transfer,
    Offramp,
    All,
}

impl Demo {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if self.live {
            return live::run(context, self.flow).await;
        }
        welcome(&mut context.output, self.seed)?;
        let mut stage = Stage::open(self.seed, &mut context.output).await?;
        let played = play(&mut stage, self.flow).await;
        close(&mut stage, played.is_ok())?;
        played
    }
}

fn welcome(output: &mut Output, seed: u64) -> Result<()> {
    if output.is_json() {
        return Ok(());
    }
    output.line(format!("{BOLD}CryptoPocket demo{BOLD:#}, seed {seed}"))?;
    output.line(format!(
        "{DIM}an emulator on this machine; no account, no network, no real money{DIM:#}"
    ))
}

async fn play(stage: &mut Stage<'_>, flow: Flow) -> Result<()> {
    let all = flow == Flow::All;
    if all || flow == Flow::Onramp {
        onramp::run(stage).await?;
    }
    if all || flow == Flow::Transfer {
        transfer::run(stage).await?;
    }
    if all || flow == Flow::Offramp {
        offramp::run(stage).await?;
    }
    if all {
        failing::run(stage).await?;
    }
    settled(stage).await
}

/// Nothing may be left over: each webhook that the provider sent was verified, and none contradicted another.
async fn settled(stage: &mut Stage<'_>) -> Result<()> {
    stage.section("In the end", "nothing is left over")?;
    stage.sandbox.webhooks_settled().await;
    let deliveries = stage.sandbox.deliveries();
    let delivered = deliveries.iter().filter(|one| one.state.name() == "delivered").count();
    let counts = stage.receiver.counts();
    let text = format!(
        "{} webhooks verified, {} of them handled",
        counts.verified, counts.handled
    );
    let step = Step::new("end.webhooks", text)
        .value("verified", counts.verified)
        .value("handled", counts.handled)
        .value("duplicates", counts.duplicates)
        .value("refused", counts.refused)
        .same(
            "sent by the provider, and all delivered",
            &delivered,
            &deliveries.len(),
        )
        .check(
            "handled and repeated ones are all that were verified",
            counts.handled + counts.duplicates == counts.verified,
        )
        .same("contradictions", &counts.conflicts, &0);
    stage.print(&step)?;
    books(stage).await
}

/// The provider's own list must tell the same story.
async fn books(stage: &mut Stage<'_>) -> Result<()> {
    let payments = stage
        .client
        .onramp()
        .list_payments(PaymentFilter::new())
        .collect_all(1000)
        .await?;
    let sold = stage
        .client
        .offramp()
        .list_offramps(OfframpFilter::new())
        .collect_all(1000)
        .await?;
    let done = payments.iter().filter(|payment| payment.is_final()).count();
    let paid_out = sold.iter().filter(|offramp| offramp.is_final()).count();
    let text = format!(
        "the provider lists {} payments and {} off-ramps",
        payments.len(),
        sold.len()
    );
    let step = Step::new("end.books", text)
        .same(
            "payments that sent coins, all of them told above",
            &done,
            &stage.outcome.payments(),
        )
        .same(
            "off-ramps that paid out, all of them told above",
            &paid_out,
            &stage.outcome.offramps(),
        );
    stage.print(&step)
}

fn close(stage: &mut Stage<'_>, ok: bool) -> Result<()> {
    if stage.output.is_json() {
        let mut values = stage.outcome.values();
        values.insert(
            "webhooks_verified".to_owned(),
            stage.receiver.counts().verified.into(),
        );
        values.insert("checks_held".to_owned(), stage.report.checks().into());
        return stage.report.done(stage.output, ok, &values);
    }
    if !ok {
        return Ok(());
    }
    stage.output.line("")?;
    stage.output.table(stage.outcome.rows())?;
    let (checks, time) = (stage.report.checks(), stage.report.seconds());
    stage.output.line(format!(
        "\n{GOOD}✓ all {checks} checks held{GOOD:#} {DIM}in {time}{DIM:#}"
    ))
}
