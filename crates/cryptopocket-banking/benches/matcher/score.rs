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

    /// Every promise that is not kept: none wrong, 97 % of those with an intact or embedded concept in all, and the floor of
    /// each kind.
    pub(crate) fn broken(&self) -> Vec<String> {
        let mut broken: Vec<String> = self.wrong.iter().map(|pair| format!("wrong: {pair:?}")).collect();
        let (right, all) = self.recall();
        if right * 100 < all * 97 {
            broken.push(format!(
                "{right} of {all} with an intact or embedded concept are confirmed"
            ));
        }
        for (kind, name, _, expected) in KINDS {
            let Some(row) = self.rows.get(kind) else { continue };
            let kept = match expected {
                Expected::Confirmed => row.right * 1000 >= row.payments * self.floor(*kind),
                Expected::Shown | Expected::Unconfirmed => row.right == 0,
                Expected::Ambiguous => row.ambiguous == row.payments,
            };
            if !kept {
                broken.push(format!("{name}: {expected:?}, but {row:?}"));
            }
        }
        broken
    }

    /// The least share, in thousandths, of a kind with an intact or embedded concept that is confirmed.
    ///
    /// Among a million, the planted names are so few that many a stranger or unknown payer of a credit has a payment of the
    /// same amount, and two kinds reach less.
    fn floor(&self, kind: Kind) -> usize {
        let payments: usize = self.rows.values().map(|row| row.payments).sum();
        match kind {
            Kind::ThirdPerson if payments > 50_000 => 820,
            Kind::NoPayer if payments > 50_000 => 910,
            _ => 970,
        }
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
            "| kind | payments | confirmed | wrong | suggested | ambiguous | partial, over, split | none | limit, reached |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for (kind, name, _, expected) in KINDS {
            let Some(row) = self.rows.get(kind) else { continue };
            let percent = |thousandths: usize| {
                #[allow(clippy::cast_precision_loss, reason = "a share for people")]
                let percent = thousandths as f64 / 10.0;
                percent
            };
            let limit = match expected {
                Expected::Confirmed => format!(
                    "{:.1} %, {:.1} %",
                    percent(self.floor(*kind)),
                    percent(row.right * 1000 / row.payments.max(1))
                ),
                _ => "none".to_owned(),
            };
            let _ = writeln!(
                table,
                "| {name} | {} | {} | {} | {} | {} | {} | {} | {limit} |",
                row.payments, row.right, row.wrong, row.suggested, row.ambiguous, row.parts, row.none
            );
        }
        table
    }
}
