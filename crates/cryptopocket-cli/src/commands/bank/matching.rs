//! `bank match`: which credit pays which payment.

mod gather;
mod page;
mod report;

use std::path::PathBuf;

use clap::Args;
use cryptopocket::Personal;
use cryptopocket::banking::matcher::{Decision, Decisions, Matcher, Outcome, Policy};

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::file;
use crate::output::{self, DIM, Row, clean};
use gather::Gathered;
use report::Report;

/// Find which credit pays which payment
///
/// Reads payments and transactions, and decides for each payment: confirmed, suggested, ambiguous, partial, over, split or
/// none, with the reasons. Files are JSON arrays, JSON lines or CSV with the fields that `payments list --json` and `bank
/// transactions --json` print; payments also have the `concept` that only their creation told, and may have `payer_name`
/// and `payer_iban`. Rows that cannot be read are listed with line and reason, and the rest is matched. Nothing is posted.
#[derive(Debug, Args)]
pub(crate) struct Match {
    /// The account whose transactions are read from the provider
    #[arg(
        long,
        required_unless_present = "transactions",
        conflicts_with = "transactions"
    )]
    iban: Option<Personal>,
    /// Files of transactions
    #[arg(long, value_name = "FILE")]
    transactions: Vec<PathBuf>,
    /// Files of payments [default with --iban: the payments at the provider, whose concepts it does not tell]
    #[arg(long, value_name = "FILE", required_unless_present = "iban")]
    payments: Vec<PathBuf>,
    /// Rules of matching, as JSON; what is left out keeps its safe default
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Print the reasons of every decision
    #[arg(long)]
    explain: bool,
    /// Write a page for a clerk, with names and texts, to sort and filter
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Match {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let policy = self.policy()?;
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
        let decisions = progress.during(async { matcher.decide() }).await;
        if let Some(path) = &self.html {
            page::write(path, &gathered, &decisions)?;
        }
        if context.output.is_json() {
            return context.output.json(&Report::new(&decisions, &gathered));
        }
        self.print(context, &decisions)
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

/// A line of the table.
struct CandidateRow([String; 5]);

impl Row for CandidateRow {
    const HEADINGS: &'static [&'static str] = &["PAYMENT", "OUTCOME", "TRANSACTION", ">SCORE", "REASONS"];

    fn cells(&self) -> Vec<String> {
        self.0.to_vec()
    }
}
