//! The JSON form of `bank match`.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket::banking::input::Statement;
use cryptopocket::banking::matcher::{
    Candidate, Cut, Decision, Decisions, Late, OtherCurrency, Outcome, Problem, Reason,
};
use cryptopocket::banking::{Applied, TransactionKey};
use cryptopocket::{Money, PaymentId, TransactionId};
use serde::Serialize;
use serde_json::value::RawValue;

use super::gather::{BadRow, Gathered};
use super::held::Held;

#[derive(Serialize)]
pub(super) struct Report<'g> {
    matches: Vec<MatchView>,
    ambiguous: Vec<AmbiguousView>,
    unmatched_payments: Vec<PaymentId>,
    unmatched_transactions: Vec<TransactionId>,
    late: Vec<Late>,
    /// Credits that name an unmatched payment, but in another currency.
    other_currency: Vec<OtherCurrency>,
    malformed: &'g [BadRow],
    /// Entries of statements that are not booked yet.
    pending: &'g [BadRow],
    /// The bank statements, and by how much their transactions miss the closing balance.
    statements: Vec<StatementView<'g>>,
    problems: Vec<Problem>,
    cut: Vec<Cut>,
    /// What `--apply` does not post although it is confirmed or accepted, or was until the provider refused it.
    held: &'g [Held],
    /// What `--apply` posted, row by row.
    applied: &'g [Applied],
    totals: TotalsView,
}

#[derive(Serialize)]
struct StatementView<'g> {
    #[serde(flatten)]
    statement: &'g Statement,
    difference: Option<Money>,
}

impl<'g> From<&'g Statement> for StatementView<'g> {
    fn from(statement: &'g Statement) -> Self {
        Self {
            statement,
            difference: statement.difference(),
        }
    }
}

/// A payment with its credits.
#[derive(Serialize)]
struct MatchView {
    payment_id: PaymentId,
    transaction_ids: Vec<TransactionId>,
    /// The same with their accounts.
    transactions: Vec<TransactionKey>,
    /// `confirmed`, or `suggested` for everything that a person must accept.
    class: &'static str,
    /// What it is exactly: `confirmed`, `suggested`, `partial`, `over` or `split`.
    outcome: Outcome,
    score: Option<Box<RawValue>>,
    reasons: Vec<String>,
    evidence: Vec<Reason>,
}

#[derive(Serialize)]
struct AmbiguousView {
    payment_id: PaymentId,
    candidates: Vec<CandidateView>,
}

#[derive(Serialize)]
struct CandidateView {
    #[serde(flatten)]
    transaction: TransactionKey,
    score: Option<Box<RawValue>>,
    reasons: Vec<String>,
    evidence: Vec<Reason>,
}

#[derive(Serialize)]
struct TotalsView {
    payments: usize,
    transactions: usize,
    confirmed: usize,
    suggested: usize,
    ambiguous: usize,
    partial: usize,
    over: usize,
    split: usize,
    none: usize,
    settled: usize,
    closed: usize,
    /// In the first currency that has any; [`unexplained_by_currency`](Self::unexplained_by_currency) has all.
    unexplained: Option<Money>,
    unexplained_by_currency: Vec<Money>,
    credits_by_currency: Vec<Money>,
}

impl<'g> Report<'g> {
    pub(super) fn new(
        decisions: &Decisions<'_>,
        gathered: &'g Gathered,
        held: &'g [Held],
        applied: &'g [Applied],
    ) -> Self {
        let mut report = Self {
            matches: Vec::new(),
            ambiguous: Vec::new(),
            unmatched_payments: Vec::new(),
            unmatched_transactions: decisions
                .unmatched_transactions()
                .map(|key| key.id().clone())
                .collect(),
            late: decisions.late().collect(),
            other_currency: decisions.other_currency().collect(),
            malformed: &gathered.malformed,
            pending: &gathered.pending,
            statements: gathered.statements.iter().map(StatementView::from).collect(),
            problems: decisions.problems().to_vec(),
            cut: decisions.cuts().to_vec(),
            held,
            applied,
            totals: TotalsView::new(decisions),
        };
        for decision in decisions.iter() {
            match decision.outcome {
                Outcome::Ambiguous => report.ambiguous.push(AmbiguousView {
                    payment_id: decision.payment_id,
                    candidates: decision.candidates.into_iter().map(CandidateView::from).collect(),
                }),
                Outcome::None => report.unmatched_payments.push(decision.payment_id),
                Outcome::Settled | Outcome::Closed => {}
                _ => report.matches.push(MatchView::from(decision)),
            }
        }
        report
    }
}

impl From<Decision> for MatchView {
    fn from(decision: Decision) -> Self {
        let least = decision.candidates.iter().map(|candidate| candidate.score).min();
        let evidence: Vec<Reason> = decision
            .candidates
            .iter()
            .flat_map(|candidate| candidate.reasons.iter().cloned())
            .collect();
        let transactions: Vec<_> = decision.candidates.into_iter().map(|c| c.transaction).collect();
        Self {
            payment_id: decision.payment_id,
            class: if decision.outcome == Outcome::Confirmed {
                "confirmed"
            } else {
                "suggested"
            },
            outcome: decision.outcome,
            score: score(least.unwrap_or_default()),
            reasons: evidence.iter().map(ToString::to_string).collect(),
            evidence,
            transaction_ids: transactions.iter().map(|key| key.id().clone()).collect(),
            transactions,
        }
    }
}

impl From<Candidate> for CandidateView {
    fn from(candidate: Candidate) -> Self {
        Self {
            transaction: candidate.transaction,
            score: score(candidate.score),
            reasons: candidate.reasons.iter().map(ToString::to_string).collect(),
            evidence: candidate.reasons,
        }
    }
}

impl TotalsView {
    fn new(decisions: &Decisions<'_>) -> Self {
        let totals = decisions.totals();
        let of = |outcome| totals.outcomes.get(&outcome).copied().unwrap_or_default();
        Self {
            payments: totals.payments,
            transactions: totals.transactions,
            confirmed: of(Outcome::Confirmed),
            suggested: of(Outcome::Suggested),
            ambiguous: of(Outcome::Ambiguous),
            partial: of(Outcome::Partial),
            over: of(Outcome::Over),
            split: of(Outcome::Split),
            none: of(Outcome::None),
            settled: of(Outcome::Settled),
            closed: of(Outcome::Closed),
            unexplained: totals
                .unexplained
                .iter()
                .find(|sum| !sum.is_zero())
                .or(totals.unexplained.first())
                .copied(),
            unexplained_by_currency: totals.unexplained,
            credits_by_currency: totals.credits,
        }
    }
}

/// Why payments have no candidate, where a credit names them in another currency.
pub(super) fn foreign(decisions: &Decisions<'_>) -> BTreeMap<PaymentId, Vec<String>> {
    let mut reasons: BTreeMap<PaymentId, Vec<String>> = BTreeMap::new();
    for other in decisions.other_currency() {
        let (id, currency) = (other.transaction.id(), other.amount.currency());
        let reason = format!("not confirmed: {id} names it, but in {currency}");
        reasons.entry(other.payment_id).or_default().push(reason);
    }
    reasons
}

/// The credits that name a payment which waits for no money, and those that are without one: no credit is told as both.
pub(super) fn left_over(decisions: &Decisions<'_>) -> (BTreeSet<TransactionKey>, Vec<TransactionKey>) {
    let late: BTreeSet<_> = decisions.late().map(|late| late.transaction).collect();
    let unmatched = decisions.unmatched_transactions();
    let unmatched = unmatched.filter(|key| !late.contains(key)).collect();
    (late, unmatched)
}

/// Thousandths as a decimal number: 950 is `0.95`.
pub(super) fn score_text(thousandths: u16) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') {
        format!("{short}0")
    } else {
        short.to_owned()
    }
}

fn score(thousandths: u16) -> Option<Box<RawValue>> {
    RawValue::from_string(score_text(thousandths)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_decimal_numbers() {
        for (thousandths, text) in [(0, "0.0"), (70, "0.07"), (950, "0.95"), (1000, "1.0")] {
            assert_eq!(score_text(thousandths), text);
            assert_eq!(score(thousandths).unwrap().get(), text);
        }
    }
}
