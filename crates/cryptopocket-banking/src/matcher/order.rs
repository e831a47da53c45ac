//! The order of records by id, and records that are given more than once.

use std::cmp::Ordering;

use super::parallel::both;
use super::problem::RecordId;
use super::store::{Credit, Payer, Payment, Span, Store};
use crate::TransactionKey;
use cryptopocket_types::PaymentId;

/// What a batch changed, by place.
#[derive(Default)]
pub(super) struct Adopted {
    /// New records, and those of which the batch tells something new.
    pub(super) payments: Vec<u32>,
    pub(super) credits: Vec<u32>,
    /// Records of whose identity there is another one with other content.
    pub(super) bad_payments: Vec<u32>,
    pub(super) bad_credits: Vec<u32>,
}

impl Store {
    /// The ids of all records.
    pub(super) fn ids(&self) -> Vec<RecordId> {
        let payments = self.payments.iter();
        payments
            .map(|record| RecordId::from(PaymentId::from(self.text(record.id))))
            .chain(self.credits.iter().map(|record| RecordId::from(self.key(record))))
            .collect()
    }

    pub(super) fn payment_place(&self, id: &str) -> Option<u32> {
        let text = |place: u32| self.text(self.payments[place as usize].id);
        let at = self.payments_by_id.binary_search_by(|place| text(*place).cmp(id));
        at.ok().map(|at| self.payments_by_id[at])
    }

    /// The places of the credits that `key` may stand for: several when it names no account, or a credit's is unknown.
    pub(super) fn credit_places<'s>(&'s self, key: &'s TransactionKey) -> impl Iterator<Item = u32> + 's {
        let id = key.id().as_str();
        let text = |place: &u32| self.text(self.credits[*place as usize].id);
        let from = self.credits_by_id.partition_point(|place| text(place) < id);
        self.credits_by_id[from..]
            .iter()
            .copied()
            .take_while(move |place| text(place) == id)
            .filter(move |place| self.key(&self.credits[*place as usize]).may_be(key))
    }

    pub(super) fn key(&self, credit: &Credit) -> TransactionKey {
        TransactionKey::from(self.text(credit.id)).in_account(self.text(credit.account))
    }

    /// How two payments are ordered by id. Those of the first batch have their places in that order.
    pub(super) fn payment_order(&self, a: u32, b: u32) -> Ordering {
        if a.max(b) < self.ordered_payments {
            return a.cmp(&b);
        }
        let id = |at: u32| self.text(self.payments[at as usize].id);
        id(a).cmp(id(b))
    }

    /// How two credits are ordered by id and account.
    pub(super) fn credit_order(&self, a: u32, b: u32) -> Ordering {
        if a.max(b) < self.ordered_credits {
            return a.cmp(&b);
        }
        self.identity(&self.credits[a as usize])
            .cmp(&self.identity(&self.credits[b as usize]))
    }

    fn identity(&self, credit: &Credit) -> (&str, &str) {
        (self.text(credit.id), self.text(credit.account))
    }

    /// Takes in a batch: joins records of one identity, and gives new ones a place that they keep.
    pub(super) fn adopt(&mut self, mut batch: Self, threads: usize) -> Adopted {
        let (mut payments, mut credits) = Default::default();
        both(
            batch.payments.len().min(batch.credits.len()),
            threads,
            || {
                let id = |record: &Payment| batch.text(record.id);
                payments = joined(&batch.payments, id, |_| "", |a, b| batch.same_payment(a, b));
            },
            || {
                let (id, account) = (
                    |record: &Credit| batch.text(record.id),
                    |record: &Credit| batch.text(record.account),
                );
                credits = joined(&batch.credits, id, account, |a, b| batch.same_credit(a, b));
            },
        );
        let (bad_payments, bad_credits);
        (batch.payments, bad_payments) = payments;
        (batch.credits, bad_credits) = credits;
        let mut adopted = Adopted::default();
        if self.payments.is_empty() && self.credits.is_empty() {
            *self = batch;
            adopted.payments = (0..count(&self.payments)).collect();
            adopted.credits = (0..count(&self.credits)).collect();
            let places = |bad: &[bool]| {
                (0..)
                    .zip(bad)
                    .filter(|(_, bad)| **bad)
                    .map(|(at, _)| at)
                    .collect()
            };
            (adopted.bad_payments, adopted.bad_credits) = (places(&bad_payments), places(&bad_credits));
            self.payments_by_id.clone_from(&adopted.payments);
            self.credits_by_id.clone_from(&adopted.credits);
        } else {
            self.adopt_payments(&batch, &bad_payments, &mut adopted);
            self.adopt_credits(&batch, &bad_credits, &mut adopted);
        }
        if self.ordered_payments == 0 {
            self.ordered_payments = count(&self.payments);
        }
        if self.ordered_credits == 0 {
            self.ordered_credits = count(&self.credits);
        }
        adopted
    }

    fn adopt_payments(&mut self, batch: &Self, bad: &[bool], adopted: &mut Adopted) {
        let first = count(&self.payments);
        for (record, is_bad) in batch.payments.iter().zip(bad) {
            let before = self.arena.len();
            let copy = self.copy_payment(batch, record);
            let Some(place) = self.payment_place(batch.text(record.id)) else {
                adopted.payments.push(count(&self.payments));
                adopted.bad_payments.extend(is_bad.then(|| count(&self.payments)));
                self.payments.push(copy);
                continue;
            };
            let old = self.payments[place as usize];
            match self.same_payment(&old, &copy).filter(|_| !is_bad) {
                // A list that is read again tells nothing new.
                Some(both) if both == old => {
                    self.arena.truncate(before);
                    continue;
                }
                Some(both) => self.payments[place as usize] = both,
                None => adopted.bad_payments.push(place),
            }
            adopted.payments.push(place);
        }
        let new: Vec<u32> = (first..count(&self.payments)).collect();
        self.payments_by_id = merged(&self.payments_by_id, &new, |a, b| self.payment_order(a, b));
    }

    fn adopt_credits(&mut self, batch: &Self, bad: &[bool], adopted: &mut Adopted) {
        let first = count(&self.credits);
        for (record, is_bad) in batch.credits.iter().zip(bad) {
            let (texts, references) = (self.arena.len(), self.references.len());
            let account = self.last_account;
            let copy = self.copy_credit(batch, record);
            let identity = self.identity(&copy);
            let known = self
                .credits_by_id
                .binary_search_by(|place| self.identity(&self.credits[*place as usize]).cmp(&identity));
            let Ok(at) = known else {
                adopted.credits.push(count(&self.credits));
                adopted.bad_credits.extend(is_bad.then(|| count(&self.credits)));
                self.credits.push(copy);
                continue;
            };
            let place = self.credits_by_id[at];
            let old = self.credits[place as usize];
            match self.same_credit(&old, &copy).filter(|_| !is_bad) {
                Some(both) if both == old => {
                    self.arena.truncate(texts);
                    self.references.truncate(references);
                    self.last_account = account;
                    continue;
                }
                Some(both) => self.credits[place as usize] = both,
                None => adopted.bad_credits.push(place),
            }
            adopted.credits.push(place);
        }
        let new: Vec<u32> = (first..count(&self.credits)).collect();
        self.credits_by_id = merged(&self.credits_by_id, &new, |a, b| self.credit_order(a, b));
    }

    /// The record that two records of one payment make; `None` when they contradict each other.
    ///
    /// One source may know what another does not: a list of payments has no concept.
    fn same_payment(&self, a: &Payment, b: &Payment) -> Option<Payment> {
        let either = |a: Span, b: Span| match (self.text(a), self.text(b)) {
            (_, "") => Some(a),
            ("", _) => Some(b),
            (x, y) => (x == y).then_some(a),
        };
        if (a.amount, a.currency) != (b.amount, b.currency) {
            return None;
        }
        let created = match (a.created, b.created) {
            (super::store::NO_DAY, day) | (day, super::store::NO_DAY) => day,
            (x, y) if x == y => x,
            _ => return None,
        };
        let keys = super::reference::Keys {
            concept: if a.keys.concept == [None; 2] {
                b.keys.concept
            } else {
                a.keys.concept
            },
            external_id: a.keys.external_id.or(b.keys.external_id),
            ..a.keys
        };
        Some(Payment {
            created,
            keys,
            // The older record may still say that it is open.
            open: a.open && b.open,
            concept: either(a.concept, b.concept)?,
            external_id: either(a.external_id, b.external_id)?,
            payer: Payer {
                name: either(a.payer.name, b.payer.name)?,
                iban: either(a.payer.iban, b.payer.iban)?,
                glance: a.payer.glance.or(b.payer.glance),
            },
            ..*a
        })
    }

    /// The record that two records of one transaction make; `None` when they contradict each other.
    fn same_credit(&self, a: &Credit, b: &Credit) -> Option<Credit> {
        let same = (a.amount, a.currency, a.booked) == (b.amount, b.currency, b.booked)
            && self.text(a.text) == self.text(b.text)
            && self.text(a.payer.name) == self.text(b.payer.name)
            && self.text(a.payer.iban) == self.text(b.payer.iban);
        let payment_id = match (self.text(a.payment_id), self.text(b.payment_id)) {
            (_, "") => a.payment_id,
            ("", _) => b.payment_id,
            (x, y) if x == y => a.payment_id,
            _ => return None,
        };
        same.then_some(Credit {
            // The older record may not know of the reconciliation yet.
            reconciled: a.reconciled || b.reconciled,
            payment_id,
            ..*a
        })
    }
}

fn count<T>(records: &[T]) -> u32 {
    u32::try_from(records.len()).unwrap_or(u32::MAX)
}

/// Both lists, each of which is in order, as one.
fn merged(old: &[u32], new: &[u32], order: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let mut all = Vec::with_capacity(old.len() + new.len());
    let mut rest = old;
    for place in new {
        let before = rest.partition_point(|known| order(*known, *place).is_lt());
        all.extend_from_slice(&rest[..before]);
        all.push(*place);
        rest = &rest[before..];
    }
    all.extend_from_slice(rest);
    all
}

/// Bytes of a text as a number that orders as the text does.
fn prefix(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

/// The records by id and account, those of one identity joined; whether they contradict each other is said beside.
///
/// Ids of one source share their beginning, so the bytes behind it are compared first, as numbers.
fn joined<'t, T: Copy>(
    records: &[T],
    id: impl Fn(&T) -> &'t str,
    account: impl Fn(&T) -> &'t str,
    join: impl Fn(&T, &T) -> Option<T>,
) -> (Vec<T>, Vec<bool>) {
    let Some(first) = records.first().map(&id) else {
        return Default::default();
    };
    let common = records.iter().fold(first.len(), |common, record| {
        let shared = first.bytes().zip(id(record).bytes()).take(common);
        shared.take_while(|(a, b)| a == b).count()
    });
    let mut order: Vec<(u64, u32)> = (0..)
        .zip(records)
        .map(|(place, record)| (prefix(&id(record).as_bytes()[common..]), place))
        .collect();
    let text = |place: u32| id(&records[place as usize]);
    let by_id = |(a, x): &(u64, u32), (b, y): &(u64, u32)| {
        a.cmp(b)
            .then_with(|| match text(*x).len().max(text(*y).len()) - common {
                ..=8 => text(*x).len().cmp(&text(*y).len()),
                _ => text(*x).cmp(text(*y)),
            })
            .then_with(|| account(&records[*x as usize]).cmp(account(&records[*y as usize])))
    };
    order.sort_unstable_by(by_id);
    let mut kept: Vec<T> = Vec::with_capacity(records.len());
    let mut bad: Vec<bool> = Vec::with_capacity(records.len());
    let mut last: Option<(u64, u32)> = None;
    for item in order {
        let record = records[item.1 as usize];
        let repeated = last.is_some_and(|last| by_id(&last, &item) == Ordering::Equal);
        last = Some(item);
        if let (Some(last), Some(bad), true) = (kept.last_mut(), bad.last_mut(), repeated) {
            if let Some(both) = join(last, &record) {
                *last = both;
            } else {
                *bad = true;
            }
        } else {
            kept.push(record);
            bad.push(false);
        }
    }
    (kept, bad)
}
