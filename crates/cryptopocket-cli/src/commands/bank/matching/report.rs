//! The JSON form of `bank match`, and the words that table and page share.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket::banking::input::Statement;
use cryptopocket::banking::matcher::{Decision, Decisions, Outcome, Reason, Totals};
use cryptopocket::banking::{Applied, TransactionKey};
use cryptopocket::{Money, PaymentId, TransactionId};
use serde::Serialize;
use serde_json::value::RawValue;

use super::gather::Gathered;
use super::posting::Held;
use crate::prelude::*;

pub(super) fn report(
    decisions: &Decisions<'_>,
    gathered: &Gathered,
    held: &[Held],
    applied: &[Applied],
) -> Object {
    let (mut matches, mut ambiguous, mut unmatched) = (Vec::new(), Vec::new(), Vec::new());
    for decision in decisions.iter() {
        match decision.outcome {
            Outcome::Ambiguous => {
                let candidates = decision.candidates.iter().map(|candidate| CandidateForm {
                    transaction: &candidate.transaction,
                    score: score(candidate.score),
                    reasons: texts(&candidate.reasons),
                    evidence: &candidate.reasons,
                });
                let candidates: Vec<_> = candidates.collect();
                ambiguous.push(object! { "payment_id": decision.payment_id, "candidates": candidates });
            }
            Outcome::None => unmatched.push(decision.payment_id),
            Outcome::Settled | Outcome::Closed => {}
            _ => matches.push(matched(decision)),
        }
    }
    let credits = decisions.unmatched_transactions();
    let statements = gathered.statements.iter().map(|statement| StatementForm {
        statement,
        difference: statement.difference(),
    });
    object! {
        "matches": matches,
        "ambiguous": ambiguous,
        "unmatched_payments": unmatched,
        "unmatched_transactions": credits.map(|key| key.id().clone()).collect::<Vec<_>>(),
        "late": decisions.late().collect::<Vec<_>>(),
        // Credits that name an unmatched payment, but in another currency.
        "other_currency": decisions.other_currency().collect::<Vec<_>>(),
        "malformed": gathered.malformed,
        "pending": gathered.pending,
        "statements": statements.collect::<Vec<_>>(),
        "problems": decisions.problems(),
        "cut": decisions.cuts(),
        // What `--apply` does not post although it is confirmed or accepted, or was until the provider refused it.
        "held": held,
        "applied": applied,
        "totals": totals(&decisions.totals()),
    }
}

fn totals(totals: &Totals) -> Object {
    let of = |outcome| totals.outcomes.get(&outcome).copied().unwrap_or_default();
    let first = totals.unexplained.iter().find(|sum| !sum.is_zero());
    let counts = object! { totals => payments, transactions };
    let outcomes = Outcome::ALL.iter().copied();
    outcomes
        .fold(counts, |form, outcome| form.with(outcome.as_str(), &of(outcome)))
        // In the first currency that has any.
        .with("unexplained", &first.or(totals.unexplained.first()))
        .with("unexplained_by_currency", &totals.unexplained)
        .with("credits_by_currency", &totals.credits)
}

/// A bank statement, and by how much its transactions miss the closing balance.
#[derive(Serialize)]
struct StatementForm<'g> {
    #[serde(flatten)]
    statement: &'g Statement,
    difference: Option<Money>,
}

/// A payment with its credits.
#[derive(Serialize)]
struct MatchForm {
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

fn matched(decision: Decision) -> MatchForm {
    let (credits, outcome) = (decision.candidates, decision.outcome);
    let least = credits.iter().map(|candidate| candidate.score).min();
    let evidence = credits
        .iter()
        .flat_map(|candidate| candidate.reasons.iter().cloned());
    let evidence: Vec<Reason> = evidence.collect();
    let transactions: Vec<_> = credits
        .into_iter()
        .map(|candidate| candidate.transaction)
        .collect();
    MatchForm {
        payment_id: decision.payment_id,
        transaction_ids: transactions.iter().map(|key| key.id().clone()).collect(),
        transactions,
        class: if outcome == Outcome::Confirmed {
            "confirmed"
        } else {
            "suggested"
        },
        outcome,
        score: score(least.unwrap_or_default()),
        reasons: texts(&evidence),
        evidence,
    }
}

#[derive(Serialize)]
struct CandidateForm<'d> {
    #[serde(flatten)]
    transaction: &'d TransactionKey,
    score: Option<Box<RawValue>>,
    reasons: Vec<String>,
    evidence: &'d [Reason],
}

pub(super) fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// The number of payments of each outcome, and the credits that nothing explains.
pub(super) fn in_words(totals: &Totals) -> (String, Option<String>) {
    let counts = totals
        .outcomes
        .iter()
        .map(|(outcome, count)| format!("{count} {outcome}"));
    let sums = texts(totals.unexplained.iter().filter(|sum| !sum.is_zero()));
    let counts = counts.collect::<Vec<_>>().join(", ");
    (counts, (!sums.is_empty()).then(|| sums.join(" + ")))
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
