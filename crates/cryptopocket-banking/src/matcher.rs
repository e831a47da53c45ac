//! Reconciliation of a whole account: which credit pays which payment.
//!
//! [`Matcher`] takes payments and transactions and gives one [`Decision`] a payment, with reasons. It is deterministic: the
//! order of the input never changes the result, and there is no clock, no network and no randomness. Posting the confirmed
//! pairs is a separate step.
//!
//! A match is confirmed by rules, never by a sum of points: exactly one credit names the payment as a whole token and has
//! exactly its amount, in its currency and window, and no other credit or payment comes near. Everything else is for a
//! person. [`match_transfer`](crate::match_transfer) answers the same question for one payment without reading mangled
//! references.

mod candidates;
mod check_digits;
mod decisions;
mod evidence;
mod expected;
mod graph;
mod join;
mod label;
mod name;
mod order;
mod policy;
mod problem;
mod reading;
mod reason;
mod reference;
mod resolve;
mod store;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cryptopocket_types::{ParseError, PaymentId};

pub use decisions::{Candidate, Decision, Decisions, Late, Outcome, Totals};
pub use expected::ExpectedPayment;
pub use name::NameMatch;
pub use policy::{Confirm, Limits, NameMismatch, Policy, Weights};
pub use problem::{Cut, Problem, RecordId, Rule};
pub use reason::{Reason, ReferenceFound, ReferenceKind};

use crate::{Transaction, TransactionKey};
use candidates::{Search, places};
use graph::Graph;
use join::in_parts;
use resolve::{Field, Resolver, Taking};
use store::{Scratch, Store};

/// Matches payments with the transactions of bank accounts.
///
/// Records can be added at any time; each is read once. A record given twice counts once. Decisions that were applied are
/// told by [`settle`](Self::settle) and stand: their records take no part any more.
///
/// Names, accounts and texts are kept in memory and never shown by `Debug`.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::Transaction;
/// use cryptopocket_banking::matcher::{ExpectedPayment, Matcher, Outcome, Policy};
/// use cryptopocket_types::Personal;
///
/// let mut payment = ExpectedPayment::new("p-1", "150.50 EUR".parse().unwrap());
/// payment.concept = Some(120_037.into());
/// payment.payer_name = Some("Ana García López".into());
///
/// let mut credit = Transaction::new("t-1", "150.50 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
/// credit.concept = Personal::from("PAGO REF120037").into();
/// credit.counterparty_name = Personal::from("GARCIA LOPEZ ANA").into();
///
/// let mut matcher = Matcher::new(Policy::default()).unwrap();
/// matcher.add_payments(&[payment]);
/// matcher.add_transactions(&[credit]);
/// let decisions = matcher.decide();
/// let decision = decisions.of(&"p-1".into()).unwrap();
/// assert_eq!(decision.outcome, Outcome::Confirmed);
/// let reasons: Vec<_> = decision.candidates[0].reasons.iter().map(ToString::to_string).collect();
/// assert_eq!(reasons, [
///     "concept 120037 stands as a whole word in the remittance text", "amount equal", "name MTCH",
/// ]);
/// ```
pub struct Matcher {
    policy: Policy,
    threads: usize,
    store: Store,
    /// Records that were refused when they were added, and those with conflicting ids.
    refused: Vec<Problem>,
    problems: Vec<Problem>,
    ordered: bool,
    bad_payments: Vec<bool>,
    bad_credits: Vec<bool>,
    settled: BTreeMap<PaymentId, Vec<TransactionKey>>,
    excluded: BTreeSet<(PaymentId, TransactionKey)>,
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher")
            .field("payments", &self.store.payments.len())
            .field("transactions", &self.store.credits.len())
            .field("settled", &self.settled.len())
            .finish_non_exhaustive()
    }
}

impl Matcher {
    /// A matcher without records.
    ///
    /// # Errors
    ///
    /// When the policy contradicts itself, see [`Policy::check`].
    pub fn new(policy: Policy) -> Result<Self, ParseError> {
        policy.check()?;
        Ok(Self {
            policy,
            threads: std::thread::available_parallelism().map_or(1, |count| count.get().min(8)),
            store: Store::default(),
            refused: Vec::new(),
            problems: Vec::new(),
            ordered: true,
            bad_payments: Vec::new(),
            bad_credits: Vec::new(),
            settled: BTreeMap::new(),
            excluded: BTreeSet::new(),
        })
    }

    /// Uses at most so many threads; by default as many as the machine has, up to 8. The result is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// The policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Adds payments. Those that cannot be matched are listed in [`Decisions::problems`].
    pub fn add_payments(&mut self, payments: &[ExpectedPayment]) {
        let policy = &self.policy;
        let parts = in_parts(payments, self.threads, |part| {
            let (mut store, mut scratch) = (Store::default(), Scratch::default());
            let mut refused = Vec::new();
            for payment in part {
                if let Err(rule) = store.add_payment(payment, policy, &mut scratch) {
                    let record = RecordId::from(payment.id.clone());
                    refused.push(Problem { record, rule });
                }
            }
            (store, refused)
        });
        self.take(parts);
    }

    /// Adds transactions, credits and debits. Those that cannot be matched are listed in [`Decisions::problems`].
    ///
    /// Debits match no payment, but one that returns a payment's money keeps it from being confirmed.
    pub fn add_transactions(&mut self, transactions: &[Transaction]) {
        let policy = &self.policy;
        let parts = in_parts(transactions, self.threads, |part| {
            let (mut store, mut scratch) = (Store::default(), Scratch::default());
            let mut refused = Vec::new();
            for transaction in part {
                if let Err(rule) = store.add_credit(transaction, policy, &mut scratch) {
                    let record = RecordId::from(transaction.key());
                    refused.push(Problem { record, rule });
                }
            }
            (store, refused)
        });
        self.take(parts);
    }

    fn take(&mut self, parts: Vec<(Store, Vec<Problem>)>) {
        for (store, refused) in parts {
            self.refused.extend(refused);
            let ids = store.ids();
            if let Err(rule) = self.store.append(store) {
                self.refused
                    .extend(ids.into_iter().map(|record| Problem { record, rule }));
            }
        }
        self.ordered = false;
    }

    /// Tells that these transactions pay this payment: the decision was applied, here or elsewhere. It stands.
    ///
    /// A key without an account stands for every transaction of that id, in whatever account; so in [`exclude`](Self::exclude).
    pub fn settle(&mut self, payment: PaymentId, transactions: impl IntoIterator<Item = TransactionKey>) {
        self.settled.entry(payment).or_default().extend(transactions);
    }

    /// Takes back [`settle`](Self::settle): the payment and its transactions take part again.
    pub fn unsettle(&mut self, payment: &PaymentId) {
        self.settled.remove(payment);
    }

    /// Tells that this transaction does not pay this payment: a person rejected the pair.
    pub fn exclude(&mut self, payment: PaymentId, transaction: TransactionKey) {
        self.excluded.insert((payment, transaction));
    }

    /// Decides about every payment.
    ///
    /// The work is proportional to the records, and bounded for any input by [`Policy::limits`].
    pub fn decide(&mut self) -> Decisions<'_> {
        self.put_in_order();
        let store = &self.store;
        let (settled, spent) = self.applied();
        let open: Vec<bool> = places(&store.payments)
            .map(|(at, payment)| payment.open && !settled[at as usize] && !self.bad_payments[at as usize])
            .collect();
        let free: Vec<bool> = places(&store.credits)
            .map(|(at, credit)| {
                let taken = credit.reconciled || spent[at as usize] || self.bad_credits[at as usize];
                credit.amount > 0 && !taken
            })
            .collect();
        let excluded = self.excluded_places();
        let search = Search {
            store,
            policy: &self.policy,
            threads: self.threads,
            open: &open,
            free: &free,
            excluded: &excluded,
        };
        let mut found = search.run();
        let cut = store.credits.iter().filter(|credit| credit.cut).count();
        if cut > 0 {
            found.cuts.insert(0, Cut::Texts(cut));
        }
        let edges = std::mem::take(&mut found.edges);
        let graph = Graph::new(edges, store.payments.len(), store.credits.len());
        let field = Field {
            store,
            policy: &self.policy,
            graph: &graph,
            found: &found,
        };
        let taking = Taking {
            open: &open,
            free: &free,
            excluded: &excluded,
        };
        let resolution = Resolver::new(field, taking).run();
        if resolution.unsearched > 0 {
            found.cuts.push(Cut::Splits(resolution.unsearched));
        }
        Decisions {
            store,
            policy: &self.policy,
            resolution,
            found,
            graph,
            open,
            settled,
            bad_payments: self.bad_payments.clone(),
            bad_credits: self.bad_credits.clone(),
            free,
            problems: &self.problems,
        }
    }

    /// By place: payments that are settled, and transactions that are spent.
    fn applied(&self) -> (Vec<bool>, Vec<bool>) {
        let store = &self.store;
        let mut settled = vec![false; store.payments.len()];
        let mut spent = vec![false; store.credits.len()];
        for (payment, transactions) in &self.settled {
            if let Some(place) = store.payment_place(payment.as_str()) {
                settled[place] = true;
            }
            for transaction in transactions {
                for place in store.credit_places(transaction) {
                    spent[place] = true;
                }
            }
        }
        for credit in store.credits.iter().filter(|credit| credit.reconciled) {
            if let Some(place) = store.payment_place(store.text(credit.payment_id)) {
                settled[place] = true;
            }
        }
        (settled, spent)
    }

    /// The places of the pairs that a person rejected.
    fn excluded_places(&self) -> BTreeSet<(u32, u32)> {
        let excluded = self.excluded.iter().filter_map(|(payment, transaction)| {
            let payment = self.store.payment_place(payment.as_str())?;
            let credits = self.store.credit_places(transaction);
            Some(credits.map(move |credit| (payment, credit)))
        });
        let places = excluded.flatten();
        places
            .filter_map(|(payment, credit)| Some((u32::try_from(payment).ok()?, u32::try_from(credit).ok()?)))
            .collect()
    }

    fn put_in_order(&mut self) {
        if self.ordered {
            return;
        }
        let (bad_payments, bad_credits) = self.store.put_in_order();
        let payments = bad_payments
            .iter()
            .zip(&self.store.payments)
            .filter(|(bad, _)| **bad)
            .map(|(_, record)| RecordId::from(PaymentId::from(self.store.text(record.id))));
        let credits = bad_credits
            .iter()
            .zip(&self.store.credits)
            .filter(|(bad, _)| **bad)
            .map(|(_, record)| RecordId::from(self.store.key(record)));
        let conflicts = payments.chain(credits).map(|record| Problem {
            record,
            rule: Rule::ConflictingId,
        });
        self.problems = self.refused.iter().cloned().chain(conflicts).collect();
        self.problems.sort_unstable();
        self.problems.dedup();
        (self.bad_payments, self.bad_credits) = (bad_payments, bad_credits);
        self.ordered = true;
    }
}

#[cfg(test)]
mod tests;
