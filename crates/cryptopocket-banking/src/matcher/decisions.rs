//! The result of matching: one decision a payment, and what is left.

use std::collections::BTreeMap;
use std::fmt;

use cryptopocket_types::{Currency, Money, PaymentId};
use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use super::marks::{CREDITS, PAYMENTS};
use super::outcome::Outcome;
use super::problem::{Cut, Problem};
use super::reason::Reason;
use super::resolve::Resolution;
use super::search::Search;
use super::standing::State;
use super::table::Table;
use crate::TransactionKey;

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

impl Decision {
    /// The credits that it names: its candidates, each with its rivals.
    #[cfg(feature = "apply")]
    pub(crate) fn transactions(&self) -> impl Iterator<Item = &TransactionKey> {
        self.candidates.iter().flat_map(|candidate| {
            let rivals = candidate.reasons.iter().filter_map(|reason| match reason {
                Reason::OtherTransaction { transaction } => Some(transaction),
                _ => None,
            });
            std::iter::once(&candidate.transaction).chain(rivals)
        })
    }
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

/// A credit that names a payment, but in another currency: currencies are never mixed, so it does not pay it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OtherCurrency {
    /// The credit.
    #[serde(flatten)]
    pub transaction: TransactionKey,
    /// The payment.
    pub payment_id: PaymentId,
    /// The amount of the credit.
    pub amount: Money,
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
///
/// # Examples
/// ```
/// use cryptopocket_banking::Transaction;
/// use cryptopocket_banking::matcher::{ExpectedPayment, Matcher, Outcome, Policy};
///
/// let mut payment = ExpectedPayment::new("p-1", "150.50 EUR".parse()?);
/// payment.concept = Some(120_037.into());
/// let day = "2026-06-26".parse()?;
/// let mut credits = ["t-1", "t-2"].map(|id| Transaction::new(id, "150.50 EUR".parse().unwrap(), day));
/// credits[0].concept = cryptopocket_types::Personal::from("PAGO REF120037").into();
/// let mut matcher = Matcher::new(Policy::default())?;
/// matcher.add_payments(&[payment]);
/// matcher.add_transactions(&credits);
/// let decisions = matcher.decide();
/// assert_eq!(decisions.of(&"p-1".into()).unwrap().outcome, Outcome::Confirmed);
/// assert!(decisions.confirmed().eq([("p-1".into(), "t-1".into())]));
/// assert!(decisions.unmatched_transactions().eq(["t-2".into()]));
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
pub struct Decisions<'m> {
    pub(super) search: Search<'m>,
    pub(super) found: &'m Candidates,
    pub(super) resolution: &'m Resolution,
    /// The payments that this run decided about, by id.
    pub(super) decided: Vec<u32>,
    pub(super) problems: Vec<Problem>,
    pub(super) cuts: Vec<Cut>,
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
        self.list(&self.payments().by_id)
    }

    /// The decisions that this run made or made again, by id: those that new records, or what was told of known ones, can
    /// have changed. All others are the same as after the run before.
    pub fn renewed(&self) -> impl Iterator<Item = Decision> + '_ {
        self.list(&self.decided)
    }

    fn list<'s>(&'s self, payments: &'s [u32]) -> impl Iterator<Item = Decision> + 's {
        let taking_part = payments.iter().filter(|place| self.takes_part(**place));
        taking_part.map(|place| self.decision(*place))
    }

    /// The decision about one payment.
    pub fn of(&self, payment: &PaymentId) -> Option<Decision> {
        let place = self.search.store.payment_place(payment.as_str())?;
        self.takes_part(place).then(|| self.decision(place))
    }

    /// The confirmed pairs, by payment id: what may be posted.
    pub fn confirmed(&self) -> impl Iterator<Item = (PaymentId, TransactionKey)> + '_ {
        let store = self.search.store;
        self.payments().by_id.iter().flat_map(move |place| {
            let (verdict, edges) = self.resolution.of(*place);
            let edges = if verdict == Outcome::Confirmed { edges } else { &[] };
            edges
                .iter()
                .map(move |edge| (store.id(*place).into(), store.key(edge.credit)))
        })
    }

    /// The free credits that no outcome uses, by id.
    pub fn unmatched_transactions(&self) -> impl Iterator<Item = TransactionKey> + '_ {
        self.unmatched().map(|place| self.search.store.key(place))
    }

    /// Free credits that name a payment which waits for no money, and that no outcome uses.
    pub fn late(&self) -> impl Iterator<Item = Late> + '_ {
        let store = self.search.store;
        let late = self.found.late.iter();
        let mut late: Vec<(u32, u32)> = late
            .copied()
            .filter(|(credit, _)| self.is_unmatched(*credit))
            .collect();
        late.sort_by(|(a, of), (b, by)| {
            let payments = || store.order(PAYMENTS, *of, *by);
            store.order(CREDITS, *a, *b).then_with(payments)
        });
        late.into_iter().map(move |(credit, payment)| Late {
            transaction: store.key(credit),
            payment_id: store.id(payment).into(),
        })
    }

    /// Free credits that name a payment of outcome [`None`](Outcome::None) in another currency than its own, by payment.
    ///
    /// They are searched when this is called; deciding does not look for them. A reference that more records share than the
    /// policy's limit lists none: it is told in [`cuts`](Self::cuts).
    pub fn other_currency(&self) -> impl Iterator<Item = OtherCurrency> + '_ {
        let store = self.search.store;
        let payments = self.payments().by_id.iter().copied();
        let without =
            payments.filter(|place| self.takes_part(*place) && self.outcome(*place) == Outcome::None);
        without.flat_map(move |payment| {
            let credits = self.found.naming_in_other_currency(&self.search, payment);
            let left = credits.into_iter().filter(|credit| self.is_unmatched(*credit));
            left.map(move |credit| {
                let record = self.search.store.credit(credit);
                OtherCurrency {
                    transaction: store.key(credit),
                    payment_id: store.id(payment).into(),
                    amount: Money::from_minor(record.amount, record.currency),
                }
            })
        })
    }

    /// The records that took no part, with the reason.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The work that the policy's limits cut.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// Counts and sums.
    pub fn totals(&self) -> Totals {
        let (payments, credits) = (self.payments(), self.credits());
        let mut totals = Totals {
            transactions: credits.good().count(),
            ..Totals::default()
        };
        // Zero is a sum, too: it says that everything in this currency is explained.
        let mut sums: BTreeMap<Currency, [i128; 2]> = BTreeMap::new();
        for place in payments.good() {
            totals.payments += 1;
            *totals.outcomes.entry(self.outcome(place)).or_default() += 1;
            sums.entry(payments[place].currency).or_default();
        }
        for place in credits.good() {
            let credit = &credits[place];
            let [free, unexplained] = sums.entry(credit.currency).or_default();
            *free += i128::from(self.is_free(place)) * i128::from(credit.amount);
            *unexplained += i128::from(self.is_unmatched(place)) * i128::from(credit.amount);
        }
        for (currency, [free, unexplained]) in sums {
            totals.credits.push(Money::from_minor(free, currency));
            totals.unexplained.push(Money::from_minor(unexplained, currency));
        }
        totals
    }

    const fn payments(&self) -> &'_ Table {
        &self.search.store.tables[PAYMENTS]
    }

    const fn credits(&self) -> &'_ Table {
        &self.search.store.tables[CREDITS]
    }

    fn takes_part(&self, payment: u32) -> bool {
        !self.payments().is_bad(payment)
    }

    fn is_free(&self, credit: u32) -> bool {
        self.search.standing.is_open(CREDITS, credit)
    }

    fn is_unmatched(&self, credit: u32) -> bool {
        self.is_free(credit) && !self.resolution.is_used(credit)
    }

    fn unmatched(&self) -> impl Iterator<Item = u32> + '_ {
        let credits = self.credits().by_id.iter().copied();
        credits.filter(|place| self.is_unmatched(*place))
    }

    fn outcome(&self, payment: u32) -> Outcome {
        match self.search.standing.state(PAYMENTS, payment) {
            State::Settled => Outcome::Settled,
            State::Closed => Outcome::Closed,
            State::Open => self.resolution.of(payment).0,
        }
    }

    fn decision(&self, payment: u32) -> Decision {
        let (_, edges) = self.resolution.of(payment);
        let candidates = edges.iter().map(|edge| Candidate {
            transaction: self.search.store.key(edge.credit),
            score: edge.score,
            reasons: self.found.reasons(&self.search, edge),
        });
        Decision {
            payment_id: self.search.store.id(payment).into(),
            outcome: self.outcome(payment),
            candidates: candidates.collect(),
        }
    }
}
