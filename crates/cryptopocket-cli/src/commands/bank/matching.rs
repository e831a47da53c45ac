//! `bank match`: which credit pays which payment.

mod gather;
mod page;
mod posting;
mod report;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use cryptopocket::Money;
use cryptopocket::banking::matcher::{Candidate, Decision, Decisions, Matcher, Outcome, Policy};
use cryptopocket::banking::{Basis, balance_difference, preview};

use crate::prelude::*;
use crate::suggest::question;
use gather::{Gathered, Sources};
use posting::Held;
use report::texts;

const FORMS: &str = "\
A CSV of payments, and one of transactions:

  id,concept,amount,currency,payer_name,created_at
  p-1,120037,150.50,EUR,Ana García,2026-06-20

  id,amount,currency,booking_date,concept,counterparty_name
  t-1,150.50,EUR,2026-06-22,Pago 120037,GARCIA ANA";

/// Find which credit pays which payment
///
/// Reads payments and transactions, and decides for each payment: confirmed, suggested, ambiguous, partial, over, split or
/// none, with the reasons. Files are JSON arrays, JSON lines or CSV with the fields that `payments list --json` and `bank
/// transactions --json` print; payments also have the `concept` that only their creation told, and may have `payer_name`
/// and `payer_iban`. Transactions
/// may also be camt.053 or MT940, or a zip of such files. Where a statement tells its balances, its transactions must explain
/// them, or the exit code is 8; so it is if nothing in a file can be read. Entries that are pending are counted apart. Rows that cannot be read are listed with line and reason, and the rest is matched; with --apply nothing
/// is posted then, with exit code 8, since such a row may be a second credit.
/// The ids in camt and MT940 are the bank's, which the provider does not know: to post, read its own list with --iban, or give the
/// provider's ids in CSV or JSON. Days are written 2026-06-26, 26.06.2026 or 26/06/2026; 06/07/2026 only if another row of the file shows that the
/// day comes first, or with --day-first.
///
/// SCORE ranks the candidates of one payment from 0 to 1; it confirms nothing. A credit that names the payment beyond doubt is confirmed
/// although another person paid, and the row says so; the policy `{"confirm":{"name_mismatch":"suggest"}}` leaves it to a person.
///
/// Nothing is posted without --apply, and --apply posts what is confirmed, or accepted by `bank journal accept`, only. Give
/// the complete lists: a pair is held if the journal knows a rival of it that is not in the input.
#[derive(Debug, Args)]
#[command(after_long_help = FORMS)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Match {
    #[command(flatten)]
    sources: Sources,
    /// Rules of matching, as JSON; what is left out keeps its safe default
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Print the reasons of every decision
    #[arg(long)]
    explain: bool,
    /// Write a page for a clerk, with names and texts, to sort and filter
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The balance before the transactions, as `1000.00 EUR`: with --closing, they must add up, or the exit code is 8
    #[arg(long, value_name = "MONEY", requires = "closing")]
    opening: Option<Money>,
    /// The balance after the transactions
    #[arg(long, value_name = "MONEY", requires = "opening")]
    closing: Option<Money>,
    /// The audit log: what it says was posted or accepted stands, and every decision and call is written to it
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Post what is confirmed or accepted, each written to the journal before its call; run it again to go on after a crash
    #[arg(long, requires = "journal")]
    apply: bool,
    /// With --apply: print what would be posted
    #[arg(long, requires = "apply")]
    dry_run: bool,
    /// With --apply: post although rows were left out; one of them may be a second credit for a payment
    #[arg(long, requires = "apply")]
    allow_unreadable_rows: bool,
    /// At most so many calls a minute
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    per_minute: u32,
    /// Who decides and posts, for the journal
    #[arg(long, value_name = "NAME", default_value = "bank match")]
    by: String,
}

impl Match {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let policy = self.policy()?;
        let progress = context.progress("reading");
        let mut client = None;
        if self.sources.are_at_provider() {
            client = Some(context.client()?);
        }
        let gathered = Gathered::read(client.as_ref(), &self.sources, &progress).await?;
        for warning in gathered.warnings() {
            warn(&warning);
        }
        posting::check_ids(&self, &gathered)?;
        // A dry run sends nothing of its own, so it needs no credentials.
        let posts = self.apply && !self.dry_run;
        if posts && client.is_none() {
            client = Some(context.client()?);
        }
        let client = client.filter(|_| posts);
        let mut log = posting::open(&self, client.as_ref()).await?;
        let (payments, transactions) = (&gathered.payments, &gathered.transactions);
        let counts = format!(
            "{} payments and {} transactions",
            payments.len(),
            transactions.len()
        );
        progress.label(format!("matching {counts}"));
        let matcher = Matcher::new(policy);
        let mut matcher =
            matcher.map_err(|error| Failure::input(error.to_string(), "Correct the policy file."))?;
        matcher.add_payments(payments);
        matcher.add_transactions(transactions);
        if let Some(log) = &log {
            log.state().tell(&mut matcher);
        }
        let decisions = progress.during(async { matcher.decide() }).await;
        let left_out = posting::left_out(&gathered, &decisions);
        if left_out > 0 && !self.apply {
            warn(&format!("with {left_out} left out, --apply would post nothing"));
        }
        if let Some(path) = &self.html {
            page::write(path, &gathered, &decisions)?;
        }
        let basis = Basis::new(payments, transactions);
        let held = log.as_ref().map(|log| posting::held(log, &decisions, &basis));
        let held = held.unwrap_or_default();
        if self.apply {
            posting::check(&gathered, left_out, self.allow_unreadable_rows)?;
        }
        let applied = match (&client, &mut log) {
            (Some(client), Some(log)) => {
                posting::post(&self, client, log, (&decisions, &basis), &progress).await?
            }
            (None, Some(log)) if self.apply => preview(decisions.iter(), &basis, log),
            (None, Some(log)) => {
                posting::record(&self, log, &decisions)?;
                Vec::new()
            }
            (_, None) => Vec::new(),
        };
        if context.output.is_json() {
            let report = report::report(&decisions, &gathered, &held, &applied);
            context.output.json(&report)?;
        } else {
            self.print(&mut context.output, &decisions, &held)?;
            if !applied.is_empty() {
                let rows = applied.iter().map(posting::row);
                context.output.rows(&["payment", "transaction", "result"], rows)?;
            }
        }
        self.balanced(&gathered)?;
        if let Some(file) = gathered.unread.first() {
            let message = format!("nothing in {file} could be read: the result is without it");
            let hint = "Look at the reasons above: a file may be cut, empty, or given for the other list.";
            return Err(Failure::check("nothing_read", message, hint));
        }
        context.output.end(posting::failure(&applied))
    }

    fn policy(&self) -> Result<Policy> {
        let Some(path) = &self.policy else {
            return Ok(Policy::default());
        };
        let bytes = file::input("--policy", path, "Give a file that can be read.")?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let policy = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| (format!("{}: ", error.path()), error.into_inner()))
            .and_then(|policy: Policy| match reader.end() {
                Ok(()) => Ok(policy),
                Err(error) => Err((String::new(), error)),
            });
        policy.map_err(|(field, error)| {
            // The path of the whole is a point.
            let field = field.trim_start_matches(".: ");
            let message = format!("{}: {field}{error}", path.display());
            // The error lists the known fields.
            let text = error.to_string();
            let words: Vec<_> = text.split('`').skip(1).step_by(2).collect();
            let near = words
                .split_first()
                .and_then(|(word, known)| question(word, known));
            let cure = near.unwrap_or_else(|| {
                r#"Give a JSON object with the fields of the policy, such as {"days_after": 10}."#.to_owned()
            });
            Failure::input(message, format!("{cure} What is left out keeps its default."))
        })
    }

    /// The rows of a decision, one a candidate.
    fn rows(
        &self,
        decision: &Decision,
        is_held: bool,
        named_elsewhere: Option<&Vec<String>>,
    ) -> Vec<Vec<String>> {
        let (mut id, mut outcome) = (decision.payment_id.to_string(), decision.outcome.to_string());
        if decision.outcome == Outcome::Confirmed && is_held {
            outcome.push_str(", held");
        }
        if decision.candidates.is_empty() && decision.outcome == Outcome::None {
            let reasons = named_elsewhere.map_or_else(String::new, |all| all.join("; "));
            return vec![vec![id, outcome, String::new(), String::new(), reasons]];
        }
        let row = |candidate: &Candidate| {
            let reasons = &candidate.reasons;
            // Without `--explain` the first reason, or what speaks against confirming, is enough. That another person paid is
            // always said, after it.
            let shown: Vec<_> = if self.explain {
                reasons.iter().collect()
            } else {
                let against = reasons.iter().find(|reason| reason.is_against());
                let main = against.or(reasons.first());
                let other_name = reasons.iter().find(|reason| reason.is_other_name());
                let other_name = other_name.filter(|name| Some(*name) != main);
                main.into_iter().chain(other_name).collect()
            };
            vec![
                // Written once, before the first candidate.
                std::mem::take(&mut id),
                std::mem::take(&mut outcome),
                candidate.transaction.to_string(),
                report::score_text(candidate.score),
                texts(shown).join("; "),
            ]
        };
        decision.candidates.iter().map(row).collect()
    }

    /// The end-of-day check: balances and transactions agree, in total and for each statement.
    fn balanced(&self, gathered: &Gathered) -> Result<()> {
        let failed = |message: String| {
            let hint = "Look for a transaction that is missing, or that was read wrongly.";
            Err(Failure::check("balance", message, hint))
        };
        let miss = |difference: Money| {
            format!("opening balance and transactions miss the closing balance by {difference}")
        };
        if let Some((opening, closing)) = self.opening.zip(self.closing) {
            match balance_difference(opening, closing, &gathered.transactions) {
                Some(difference) if difference.is_zero() => {}
                Some(difference) => return failed(miss(difference)),
                None => {
                    let text = "the balances and the transactions are not of one currency, or one id has two amounts";
                    return failed(text.to_owned());
                }
            }
        }
        for statement in &gathered.statements {
            if let Some(difference) = statement.difference().filter(|difference| !difference.is_zero()) {
                let id = clean(&statement.id);
                return failed(format!("statement {id}: {}", miss(difference)));
            }
        }
        Ok(())
    }

    /// A table of what was decided, and the sums.
    fn print(&self, output: &mut Output, decisions: &Decisions<'_>, held: &[Held]) -> Result<()> {
        let foreign = report::foreign(decisions);
        let held_payments: BTreeSet<_> = held.iter().map(Held::payment).collect();
        let rows = decisions.iter().flat_map(|decision| {
            let id = &decision.payment_id;
            self.rows(&decision, held_payments.contains(id), foreign.get(id))
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            let headings = ["payment", "outcome", "transaction", ">score", "reasons"];
            output.rows(&headings, rows)?;
        }
        let (late, unmatched) = report::left_over(decisions);
        for late in decisions.late() {
            let (credit, payment) = (late.transaction.id().as_str(), late.payment_id.as_str());
            let (credit, payment) = (clean(credit), clean(payment));
            output.line(format!(
                "late: transaction {credit} names payment {payment}, which waits for no money"
            ))?;
        }
        for held in held {
            output.line(held.line())?;
        }
        if self.explain {
            for key in &unmatched {
                let key = key.to_string();
                output.line(format!("no payment for transaction {}", clean(&key)))?;
            }
        }
        let totals = decisions.totals();
        let (counts, sums) = report::in_words(&totals);
        let (payments, transactions) = (totals.payments, totals.transactions);
        output.line(format!("{DIM}{payments} payments: {counts}{DIM:#}"))?;
        let sums = sums.map_or("nothing unexplained".to_owned(), |sums| {
            format!("together {sums}")
        });
        output.line(format!(
            "{DIM}{transactions} transactions; credits without a payment: {}, late: {}, {sums}{DIM:#}",
            unmatched.len(),
            late.len(),
        ))?;
        for problem in decisions.problems() {
            warn(&format!("{problem}; it was left out"));
        }
        for cut in decisions.cuts() {
            warn(&cut.to_string());
        }
        Ok(())
    }
}
