//! The result of matching: one decision a payment, and what is left.

mod explain;

use std::collections::BTreeMap;
use std::fmt;

use cryptopocket_types::{Currency, Money, PaymentId};
use serde::{Deserialize, Serialize};

use super::candidates::{Candidates, places};
use super::graph::Graph;
use super::policy::Policy;
use super::problem::{Cut, Problem};
use super::reason::Reason;
use super::resolve::{Field, Resolution, Verdict};
use super::store::Store;
use crate::TransactionKey;

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Exactly one credit names it and has its amount, and nothing speaks against it. It may be posted.
    Confirmed,
    /// One credit is likely. A person must accept it.
    Suggested,
    /// Several credits, or several payments, are as likely. A person must choose.
    Ambiguous,
    /// Credits that name it are too little.
    Partial,
    /// Credits that name it are too much.
    Over,
    /// Several credits pay it together, or one credit pays it together with others.
    Split,
    /// No credit is likely.
    None,
    /// A decision was applied before, or a transaction is reconciled with it.
    Settled,
    /// It waits for no money by its status.
    Closed,
}

impl Outcome {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Suggested => "suggested",
            Self::Ambiguous => "ambiguous",
            Self::Partial => "partial",
            Self::Over => "over",
            Self::Split => "split",
            Self::None => "none",
            Self::Settled => "settled",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The decision about one payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Decision {
    /// The payment.
    pub payment_id: PaymentId,
    /// What became of it.
    pub outcome: Outcome,
    /// The credits that the outcome rests on, the most likely first.
    pub candidates: Vec<Candidate>,
}

/// A credit that may pay a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Candidate {
    /// The transaction.
    #[serde(flatten)]
    pub transaction: TransactionKey,
    /// How likely, in thousandths. It ranks candidates; it never confirms one.
    pub score: u16,
    /// The reasons for and against.
    pub reasons: Vec<Reason>,
}

/// A credit that names a payment which waits for no money: a double payment, or late money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Late {
    /// The credit.
    #[serde(flatten)]
    pub transaction: TransactionKey,
    /// The payment.
    pub payment_id: PaymentId,
}

/// Counts and sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Totals {
    /// Payments that took part.
    pub payments: usize,
    /// Transactions that took part.
    pub transactions: usize,
    /// Payments by outcome.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// The sum of the free credits, one a currency of the records: what some outcome uses, and what is unexplained.
    pub credits: Vec<Money>,
    /// The sum of the free credits that no outcome uses, one a currency of the records.
    pub unexplained: Vec<Money>,
}

/// The decisions of one run of [`Matcher::decide`](super::Matcher::decide).
///
/// Everything is in the order of ids, whatever the order of the input.
pub struct Decisions<'m> {
    pub(super) store: &'m Store,
    pub(super) policy: &'m Policy,
    pub(super) found: Candidates,
    pub(super) graph: Graph,
    pub(super) resolution: Resolution,
    /// By place: whether a payment is open, and whether it was settled.
    pub(super) open: Vec<bool>,
    pub(super) settled: Vec<bool>,
    /// By place: whether a record is out because of its id.
    pub(super) bad_payments: Vec<bool>,
    pub(super) bad_credits: Vec<bool>,
    /// By place: whether a credit is to be explained.
    pub(super) free: Vec<bool>,
    pub(super) problems: &'m [Problem],
}

impl fmt::Debug for Decisions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decisions")
            .field("totals", &self.totals())
            .finish_non_exhaustive()
    }
}

impl Decisions<'_> {
    /// The decision about every payment that took part, by id.
    pub fn iter(&self) -> impl Iterator<Item = Decision> + '_ {
        places(&self.store.payments)
            .filter(|(place, _)| !self.bad_payments[*place as usize])
            .map(move |(place, _)| self.decision(place))
    }

    /// The decision about one payment.
    pub fn of(&self, payment: &PaymentId) -> Option<Decision> {
        let payments = &self.store.payments;
        let at = payments.partition_point(|record| self.store.text(record.id) < payment.as_str());
        let found = payments.get(at)?;
        let place = u32::try_from(at).ok()?;
        (self.store.text(found.id) == payment.as_str() && !self.bad_payments[at])
            .then(|| self.decision(place))
    }

    /// The confirmed pairs, by payment id: what may be posted.
    pub fn confirmed(&self) -> impl Iterator<Item = (PaymentId, TransactionKey)> + '_ {
        places(&self.store.payments)
            .filter(|(place, _)| self.resolution.verdicts[*place as usize] == Verdict::Confirmed)
            .flat_map(|(place, payment)| {
                self.edges_of(place).map(|edge| {
                    let credit = &self.store.credits[edge.credit as usize];
                    (self.store.text(payment.id).into(), self.store.key(credit))
                })
            })
    }

    /// The free credits that no outcome uses, by id.
    pub fn unmatched_transactions(&self) -> impl Iterator<Item = TransactionKey> + '_ {
        self.unmatched()
            .map(|place| self.store.key(&self.store.credits[place as usize]))
    }

    /// Free credits that name a payment which waits for no money, and that no outcome uses.
    pub fn late(&self) -> impl Iterator<Item = Late> + '_ {
        let used = |credit: u32| self.resolution.used[credit as usize];
        self.found.late.iter().filter_map(move |(credit, payment)| {
            let credit = u32::try_from(*credit).ok()?;
            let is_late = !used(credit) && self.free[credit as usize];
            is_late.then(|| Late {
                transaction: self.store.key(&self.store.credits[credit as usize]),
                payment_id: self.store.text(self.store.payments[*payment as usize].id).into(),
            })
        })
    }

    /// The records that took no part, with the reason.
    pub fn problems(&self) -> &[Problem] {
        self.problems
    }

    /// The work that the policy's limits cut.
    pub fn cuts(&self) -> &[Cut] {
        &self.found.cuts
    }

    /// Counts and sums.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals {
            transactions: self.bad_credits.iter().filter(|bad| !**bad).count(),
            ..Totals::default()
        };
        for (place, _) in places(&self.store.payments) {
            if !self.bad_payments[place as usize] {
                totals.payments += 1;
                *totals.outcomes.entry(self.outcome(place)).or_default() += 1;
            }
        }
        // Zero is a sum, too: it says that everything in this currency is explained.
        let payments = self.store.payments.iter().map(|payment| payment.currency);
        let credits = self.store.credits.iter().map(|credit| credit.currency);
        let mut sums: BTreeMap<Currency, i128> =
            payments.chain(credits).map(|currency| (currency, 0)).collect();
        let mut credits = sums.clone();
        for (place, credit) in places(&self.store.credits) {
            if self.free[place as usize] {
                *credits.entry(credit.currency).or_default() += i128::from(credit.amount);
            }
        }
        for place in self.unmatched() {
            let credit = &self.store.credits[place as usize];
            *sums.entry(credit.currency).or_default() += i128::from(credit.amount);
        }
        let money = |sums: BTreeMap<Currency, i128>| {
            let sums = sums.into_iter();
            sums.map(|(currency, minor)| Money::from_minor(minor, currency))
                .collect()
        };
        (totals.credits, totals.unexplained) = (money(credits), money(sums));
        totals
    }

    fn unmatched(&self) -> impl Iterator<Item = u32> + '_ {
        places(&self.store.credits)
            .filter(|(place, _)| self.free[*place as usize] && !self.resolution.used[*place as usize])
            .map(|(place, _)| place)
    }

    fn edges_of(&self, payment: u32) -> impl Iterator<Item = &super::candidates::Edge> {
        let (from, to) = self.resolution.ranges[payment as usize];
        self.resolution.chosen[from as usize..to as usize]
            .iter()
            .map(|place| self.resolution.edge(&self.graph, *place))
    }

    fn outcome(&self, payment: u32) -> Outcome {
        let at = payment as usize;
        if self.settled[at] {
            return Outcome::Settled;
        }
        if !self.open[at] {
            return Outcome::Closed;
        }
        match self.resolution.verdicts[at] {
            Verdict::Confirmed => Outcome::Confirmed,
            Verdict::Suggested => Outcome::Suggested,
            Verdict::Ambiguous => Outcome::Ambiguous,
            Verdict::Partial => Outcome::Partial,
            Verdict::Over => Outcome::Over,
            Verdict::Split => Outcome::Split,
            Verdict::None => Outcome::None,
        }
    }

    fn decision(&self, payment: u32) -> Decision {
        let field = Field {
            store: self.store,
            policy: self.policy,
            graph: &self.graph,
            found: &self.found,
        };
        let (from, to) = self.resolution.ranges[payment as usize];
        let candidates = self.resolution.chosen[from as usize..to as usize]
            .iter()
            .map(|place| {
                let edge = self.resolution.edge(&self.graph, *place);
                Candidate {
                    transaction: self.store.key(&self.store.credits[edge.credit as usize]),
                    score: edge.score,
                    reasons: explain::reasons(&field, *place, edge),
                }
            })
            .collect();
        Decision {
            payment_id: self.store.text(self.store.payments[payment as usize].id).into(),
            outcome: self.outcome(payment),
            candidates,
        }
    }
}
