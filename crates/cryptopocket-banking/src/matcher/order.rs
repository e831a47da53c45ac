//! The order of records by id, and records that are given more than once.

use std::cmp::Ordering;

use super::problem::RecordId;
use super::store::{Credit, Payment, Span, Store};
use crate::TransactionKey;
use cryptopocket_types::PaymentId;

impl Store {
    /// The ids of all records.
    pub(super) fn ids(&self) -> Vec<RecordId> {
        let payments = self.payments.iter();
        payments
            .map(|record| RecordId::from(PaymentId::from(self.text(record.id))))
            .chain(self.credits.iter().map(|record| RecordId::from(self.key(record))))
            .collect()
    }

    pub(super) fn payment_place(&self, id: &str) -> Option<usize> {
        self.payments
            .binary_search_by(|record| self.text(record.id).cmp(id))
            .ok()
    }

    /// The places of the credits that `key` may stand for: several when it names no account, or a credit's is unknown.
    pub(super) fn credit_places<'s>(&'s self, key: &'s TransactionKey) -> impl Iterator<Item = usize> + 's {
        let id = key.id().as_str();
        let from = self.credits.partition_point(|record| self.text(record.id) < id);
        (from..self.credits.len())
            .take_while(move |place| self.text(self.credits[*place].id) == id)
            .filter(move |place| self.key(&self.credits[*place]).may_be(key))
    }

    pub(super) fn key(&self, credit: &Credit) -> TransactionKey {
        TransactionKey::from(self.text(credit.id)).in_account(self.text(credit.account))
    }

    /// Sorts by id and joins the records of one identity. Returns by place whether conflicting records have it.
    pub(super) fn put_in_order(&mut self) -> (Vec<bool>, Vec<bool>) {
        let payments = sorted(&self.payments, |record| self.text(record.id), |_| "");
        let credits = sorted(
            &self.credits,
            |record| self.text(record.id),
            |record| self.text(record.account),
        );
        let (payments, bad_payments) = joined(payments, |a, b| self.same_payment(a, b));
        let (credits, bad_credits) = joined(credits, |a, b| self.same_credit(a, b));
        (self.payments, self.credits) = (payments, credits);
        (bad_payments, bad_credits)
    }

    /// The record that two records of one payment make; `None` when they contradict each other.
    ///
    /// One source may know what another does not: a list of payments has no concept.
    fn same_payment(&self, a: &Payment, b: &Payment) -> Option<Payment> {
        if self.text(a.id) != self.text(b.id) {
            return Some(*a);
        }
        let either = |a: Span, b: Span| match (self.text(a), self.text(b)) {
            ("", _) => Some(b),
            (_, "") => Some(a),
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
            name_mask: a.name_mask | b.name_mask,
            // The older record may still say that it is open.
            open: a.open && b.open,
            concept: either(a.concept, b.concept)?,
            external_id: either(a.external_id, b.external_id)?,
            name: either(a.name, b.name)?,
            iban: either(a.iban, b.iban)?,
            ..*a
        })
    }

    /// The record that two records of one transaction make; `None` when they contradict each other.
    fn same_credit(&self, a: &Credit, b: &Credit) -> Option<Credit> {
        let same = (a.amount, a.currency, a.booked) == (b.amount, b.currency, b.booked)
            && self.text(a.text) == self.text(b.text)
            && self.text(a.name) == self.text(b.name)
            && self.text(a.iban) == self.text(b.iban);
        let payment_id = match (self.text(a.payment_id), self.text(b.payment_id)) {
            ("", _) => b.payment_id,
            (_, "") => a.payment_id,
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

/// Bytes of a text as a number that orders as the text does.
fn prefix(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

/// The records by id and account, each with whether the one before has the same.
///
/// Ids of one source share their beginning, so the bytes behind it are compared first, as numbers.
fn sorted<'t, T: Copy>(
    records: &[T],
    id: impl Fn(&T) -> &'t str,
    account: impl Fn(&T) -> &'t str,
) -> Vec<(bool, T)> {
    let Some(first) = records.first().map(&id) else {
        return Vec::new();
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
    let mut result = Vec::with_capacity(records.len());
    let mut last: Option<(u64, u32)> = None;
    for item in order {
        let repeated = last.is_some_and(|last| by_id(&last, &item) == Ordering::Equal);
        result.push((repeated, records[item.1 as usize]));
        last = Some(item);
    }
    result
}

/// Joins the records of each id; a conflicting one stays once, marked.
fn joined<T: Copy>(records: Vec<(bool, T)>, join: impl Fn(&T, &T) -> Option<T>) -> (Vec<T>, Vec<bool>) {
    let mut kept: Vec<T> = Vec::with_capacity(records.len());
    let mut bad: Vec<bool> = Vec::with_capacity(records.len());
    for (repeated, record) in records {
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
