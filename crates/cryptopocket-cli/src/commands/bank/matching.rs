//! `bank match`: which credit pays which payment.

mod arguments;
mod gather;
mod page;
mod posting;
mod report;

use cryptopocket::Money;
use cryptopocket::banking::balance_difference;
use cryptopocket::banking::matcher::{Decision, Decisions, Matcher, Outcome, Policy};

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::file;
use crate::output::{self, DIM, Row, clean};
pub(crate) use arguments::Match;
use gather::Gathered;
use report::Report;

impl Match {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let policy = self.policy()?;
        let client = if self.apply { Some(context.client()?) } else { None };
        let mut log = posting::open(&self, client.as_ref()).await?;
        let progress = context.progress("reading");
        let gathered = Gathered::read(context, &self, &progress).await?;
        for warning in gathered.warnings() {
            output::warn(&warning);
        }
        progress.label(format!(
            "matching {} payments and {} transactions",
            gathered.payments.len(),
            gathered.transactions.len()
        ));
        let mut matcher = Matcher::new(policy)
            .map_err(|error| Failure::input(error.to_string(), "Correct the policy file."))?;
        matcher.add_payments(&gathered.payments);
        matcher.add_transactions(&gathered.transactions);
        if let Some(log) = &log {
            log.state().tell(&mut matcher);
        }
        let decisions = progress.during(async { matcher.decide() }).await;
        if let Some(path) = &self.html {
            page::write(path, &gathered, &decisions)?;
        }
        let applied = match (&client, &mut log) {
            (Some(client), Some(log)) => {
                posting::check(&gathered)?;
                posting::post(&self, client, log, &decisions, &progress).await?
            }
            _ => Vec::new(),
        };
        if context.output.is_json() {
            context
                .output
                .json(&Report::new(&decisions, &gathered, &applied))?;
        } else {
            self.print(context, &decisions)?;
            if !applied.is_empty() {
                context.output.table(&applied)?;
            }
        }
        if let (Some(opening), Some(closing)) = (self.opening, self.closing) {
            balanced(opening, closing, &gathered)?;
        }
        match posting::failure(&applied) {
            Some(failure) if context.output.is_json() => Err(failure.told_with_its_result()),
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    fn policy(&self) -> Result<Policy> {
        let Some(path) = &self.policy else {
            return Ok(Policy::default());
        };
        let bytes = file::input(path, "Give a file that can be read.")?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Failure::input(
                format!("{}: {error}", path.display()),
                "Give a JSON object with the fields of the policy.",
            )
        })
    }

    /// The rows of a decision, one a candidate.
    fn rows(&self, decision: &Decision, rows: &mut Vec<CandidateRow>) {
        let (id, outcome) = (decision.payment_id.to_string(), decision.outcome.to_string());
        if decision.candidates.is_empty() {
            if decision.outcome == Outcome::None {
                rows.push(CandidateRow([
                    id,
                    outcome,
                    String::new(),
                    String::new(),
                    String::new(),
                ]));
            }
            return;
        }
        for (place, candidate) in decision.candidates.iter().enumerate() {
            let reasons: Vec<_> = candidate.reasons.iter().map(ToString::to_string).collect();
            // Without `--explain` the first reason, or what speaks against confirming, is enough.
            let shown = if self.explain {
                reasons.join("; ")
            } else {
                let against = reasons.iter().find(|reason| reason.starts_with("not confirmed"));
                against.or(reasons.first()).cloned().unwrap_or_default()
            };
            let first = |text: &String| if place == 0 { text.clone() } else { String::new() };
            let transaction = candidate.transaction_id.to_string();
            let score = report::score_text(candidate.score);
            rows.push(CandidateRow([
                first(&id),
                first(&outcome),
                transaction,
                score,
                shown,
            ]));
        }
    }

    /// A table of what was decided, and the sums.
    fn print(&self, context: &mut Context, decisions: &Decisions<'_>) -> Result<()> {
        let mut rows = Vec::new();
        for decision in decisions.iter() {
            self.rows(&decision, &mut rows);
        }
        if !rows.is_empty() {
            context.output.table(&rows)?;
        }
        let unmatched: Vec<String> = decisions
            .unmatched_transactions()
            .map(|id| id.to_string())
            .collect();
        let late: Vec<_> = decisions.late().collect();
        for late in &late {
            context.output.line(format!(
                "late: transaction {} names payment {}, which waits for no money",
                clean(late.transaction_id.as_str()),
                clean(late.payment_id.as_str())
            ))?;
        }
        if self.explain {
            for id in &unmatched {
                context
                    .output
                    .line(format!("no payment for transaction {}", clean(id)))?;
            }
        }
        let totals = decisions.totals();
        let counts = totals
            .outcomes
            .iter()
            .map(|(outcome, count)| format!("{count} {outcome}"));
        context.output.line(format!(
            "{DIM}{} payments: {}{DIM:#}",
            totals.payments,
            counts.collect::<Vec<_>>().join(", ")
        ))?;
        let left = totals.unexplained.iter().filter(|sum| !sum.is_zero());
        let sums: Vec<_> = left.map(ToString::to_string).collect();
        context.output.line(format!(
            "{DIM}{} transactions; credits without a payment: {}, {}{DIM:#}",
            totals.transactions,
            unmatched.len(),
            if sums.is_empty() {
                "nothing unexplained".to_owned()
            } else {
                sums.join(" + ")
            },
        ))?;
        for problem in decisions.problems() {
            output::warn(&format!("{problem}; it was left out"));
        }
        for cut in decisions.cuts() {
            output::warn(&cut.to_string());
        }
        Ok(())
    }
}

/// The end-of-day check.
fn balanced(opening: Money, closing: Money, gathered: &Gathered) -> Result<()> {
    let message = match balance_difference(opening, closing, &gathered.transactions) {
        Some(difference) if difference.is_zero() => return Ok(()),
        Some(difference) => {
            format!("opening balance and transactions miss the closing balance by {difference}")
        }
        None => {
            "the balances and the transactions are not of one currency, or one id has two amounts".to_owned()
        }
    };
    let hint = "Look for a transaction that is missing, or that was read wrongly.";
    Err(Failure::check("balance", message, hint))
}

/// A line of the table.
struct CandidateRow([String; 5]);

impl Row for CandidateRow {
    const HEADINGS: &'static [&'static str] = &["PAYMENT", "OUTCOME", "TRANSACTION", ">SCORE", "REASONS"];

    fn cells(&self) -> Vec<String> {
        self.0.to_vec()
    }
}
