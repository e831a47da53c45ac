//! Reconciliation of a whole account: which credit pays which payment.
//!
//! [`Matcher`] gives one [`Decision`] a payment, with reasons. The order of the input never changes it, and there is no clock,
//! no network and no randomness. Posting the confirmed pairs is a separate step.
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
mod index;
mod label;
mod marks;
mod name;
mod outcome;
mod parallel;
mod policy;
mod problem;
mod reading;
mod reason;
mod reasons;
mod record;
mod reference;
mod resolve;
mod search;
mod standing;
mod store;
mod table;
mod text;
mod texts;

use std::fmt;

use cryptopocket_types::{ParseError, PaymentId};

pub use decisions::{Candidate, Decision, Decisions, Late, OtherCurrency, Totals};
pub use expected::ExpectedPayment;
pub use name::NameMatch;
pub use outcome::Outcome;
pub use policy::{Confirm, Limits, NameMismatch, Policy, Weights};
pub use problem::{Cut, Problem, RecordId, Rule};
pub use reason::{Reason, ReferenceFound, ReferenceKind};

use crate::{Transaction, TransactionKey};
use candidates::Candidates;
use marks::{CREDITS, PAYMENTS};
use parallel::in_parts;
use resolve::{Resolution, resolve};
use search::Search;
use standing::Standing;
use store::{Scratch, Store};

/// Matches payments with the transactions of bank accounts.
///
/// Records can be added at any time; a batch costs what it brings, and a record given twice counts once. Decisions that were
/// applied are told by [`settle`](Self::settle) and stand. `Debug` shows no names, accounts and texts.
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
    /// Records that came since the last run.
    incoming: Store,
    /// Records that were refused when they were added.
    refused: Vec<Problem>,
    standing: Standing,
    found: Candidates,
    resolution: Resolution,
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher")
            .field("payments", &self.store.tables[PAYMENTS].len())
            .field("transactions", &self.store.tables[CREDITS].len())
            .field("settled", &self.standing.applied())
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
            incoming: Store::default(),
            refused: Vec::new(),
            standing: Standing::default(),
            found: Candidates::default(),
            resolution: Resolution::default(),
        })
    }

    /// Uses at most so many threads; by default as many as the machine has, up to 8. The result is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Adds payments. Those that cannot be matched are listed in [`Decisions::problems`].
    pub fn add_payments(&mut self, payments: &[ExpectedPayment]) {
        self.add(payments, Store::add_payment, |payment| RecordId::Payment {
            payment_id: payment.id.clone(),
        });
    }

    /// Adds transactions, credits and debits. Those that cannot be matched are listed in [`Decisions::problems`].
    ///
    /// Debits match no payment, but one that returns a payment's money keeps it from being confirmed.
    pub fn add_transactions(&mut self, transactions: &[Transaction]) {
        self.add(transactions, Store::add_credit, |transaction| {
            RecordId::Transaction(transaction.key())
        });
    }

    fn add<T: Sync>(
        &mut self,
        records: &[T],
        add: fn(&mut Store, &T, &Policy, &mut Scratch) -> Result<(), Rule>,
        id: impl Fn(&T) -> RecordId + Sync,
    ) {
        let policy = &self.policy;
        let parts = in_parts(records, self.threads, |part| {
            let (mut store, mut scratch) = (Store::default(), Scratch::default());
            let mut refused = Vec::new();
            for record in part {
                if let Err(rule) = add(&mut store, record, policy, &mut scratch) {
                    let record = id(record);
                    refused.push(Problem { record, rule });
                }
            }
            (store, refused)
        });
        for (part, refused) in parts {
            self.refused.extend(refused);
            let (bytes, references) = self.incoming.texts.size();
            let (more, found) = part.texts.size();
            if self.store.texts.has_room(bytes + more, references + found) {
                self.incoming.append(part);
            } else {
                let rule = Rule::TooMany;
                self.refused
                    .extend(part.ids().map(|record| Problem { record, rule }));
            }
        }
    }

    /// Tells that these transactions pay this payment: the decision was applied, here or elsewhere. It stands.
    ///
    /// A key without an account stands for every transaction of that id, in whatever account; so in [`exclude`](Self::exclude).
    pub fn settle(&mut self, payment: PaymentId, transactions: impl IntoIterator<Item = TransactionKey>) {
        self.standing.settle(payment, transactions);
    }

    /// Takes back [`settle`](Self::settle): the payment and its transactions take part again.
    pub fn unsettle(&mut self, payment: &PaymentId) {
        self.standing.unsettle(payment);
    }

    /// Tells that this transaction does not pay this payment: a person rejected the pair.
    pub fn exclude(&mut self, payment: PaymentId, transaction: TransactionKey) {
        self.standing.reject(payment, transaction);
    }

    /// Decides about every payment.
    ///
    /// The work of the first run is proportional to the records. A later one decides again only the payments that new records
    /// can have to do with, see [`Decisions::renewed`]. The result is the same as starting over with all records. [`Policy::limits`] bounds the work for any input.
    pub fn decide(&mut self) -> Decisions<'_> {
        let told = self.store.adopt(std::mem::take(&mut self.incoming), self.threads);
        let mut dirty = self.standing.update(&self.store, told, self.threads);
        let rule = Rule::ConflictingId;
        let conflicts = self.store.conflicts().map(|record| Problem { record, rule });
        let mut problems: Vec<Problem> = self.refused.iter().cloned().chain(conflicts).collect();
        problems.sort_unstable();
        problems.dedup();
        let search = Search {
            store: &self.store,
            policy: &self.policy,
            threads: self.threads,
            standing: &self.standing,
        };
        self.found.update(&search, &mut dirty);
        self.found.graph.close(&mut dirty);
        resolve(&mut self.resolution, &search, &self.found, &mut dirty);
        let mut decided = dirty[PAYMENTS].list().to_vec();
        decided.sort_by(|a, b| self.store.order(PAYMENTS, *a, *b));
        let mut cuts = self.found.cuts();
        cuts.push(self.resolution.cut());
        cuts.retain(|cut| cut.count() > 0);
        Decisions {
            search,
            found: &self.found,
            resolution: &self.resolution,
            decided,
            problems,
            cuts,
        }
    }
}

#[cfg(test)]
mod tests;
