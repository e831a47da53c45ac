//! The quality of decisions on planted data, by kind.

#![allow(dead_code, reason = "the bench and the tests use different parts")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cryptopocket_banking::matcher::{Decisions, Outcome};

use super::planted::{Expected, KINDS, Kind, Planted};

/// What became of the payments of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row {
    pub(crate) payments: usize,
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    pub(crate) suggested: usize,
    pub(crate) ambiguous: usize,
    /// Partial, over and split.
    pub(crate) parts: usize,
    pub(crate) none: usize,
}

#[derive(Default)]
pub(crate) struct Score {
    pub(crate) rows: BTreeMap<Kind, Row>,
    /// Confirmed pairs that are wrong: payment, transaction, kind of the transaction's case.
    pub(crate) wrong: Vec<(String, String, Kind)>,
}

impl Score {
    pub(crate) fn of(planted: &Planted, decisions: &Decisions<'_>) -> Self {
        let mut score = Self::default();
        for decision in decisions.iter() {
            let kind = planted.kinds[decision.payment_id.as_str()];
            let row = score.rows.entry(kind).or_default();
            row.payments += 1;
            match decision.outcome {
                Outcome::Confirmed => {
                    let transaction = decision.candidates[0].transaction.id().as_str();
                    let truth = &planted.truth[transaction];
                    if truth.payment.as_deref() == Some(decision.payment_id.as_str()) {
                        row.right += 1;
                    } else {
                        row.wrong += 1;
                        let pair = (
                            decision.payment_id.to_string(),
                            transaction.to_owned(),
                            truth.kind,
                        );
                        score.wrong.push(pair);
                    }
                }
                Outcome::Suggested => row.suggested += 1,
                Outcome::Ambiguous => row.ambiguous += 1,
                Outcome::Partial | Outcome::Over | Outcome::Split => row.parts += 1,
                _ => row.none += 1,
            }
        }
        score
    }

    /// Every promise that is not kept.
    pub(crate) fn broken(&self) -> Vec<String> {
        let mut broken: Vec<String> = self.wrong.iter().map(|pair| format!("wrong: {pair:?}")).collect();
        for (kind, name, _, expected) in KINDS {
            let Some(row) = self.rows.get(kind) else { continue };
            let kept = match expected {
                Expected::Confirmed => row.right * 100 >= row.payments * 97,
                Expected::Shown | Expected::Unconfirmed => row.right == 0,
                Expected::Ambiguous => row.ambiguous == row.payments,
            };
            if !kept {
                broken.push(format!("{name}: {expected:?}, but {row:?}"));
            }
        }
        broken
    }

    /// Confirmed of those with an intact or embedded concept.
    pub(crate) fn recall(&self) -> (usize, usize) {
        let rows = self
            .rows
            .iter()
            .filter(|(kind, _)| kind.expected() == Expected::Confirmed);
        rows.fold((0, 0), |(right, all), (_, row)| {
            (right + row.right, all + row.payments)
        })
    }

    pub(crate) fn table(&self) -> String {
        let mut table = String::from(
            "| kind | payments | confirmed | wrong | suggested | ambiguous | partial, over, split | none |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for (kind, name, ..) in KINDS {
            let Some(row) = self.rows.get(kind) else { continue };
            let _ = writeln!(
                table,
                "| {name} | {} | {} | {} | {} | {} | {} | {} |",
                row.payments, row.right, row.wrong, row.suggested, row.ambiguous, row.parts, row.none
            );
        }
        table
    }
}
