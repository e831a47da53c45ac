//! Pairs in which the credit's text names the payment.

use std::collections::BTreeSet;

use super::super::evidence::Mention;
use super::super::index::{Entry, Index};
use super::super::marks::Marks;
use super::super::parallel::{both, flat_map, in_parts};
use super::super::reference::{Key, mistaken_for};
use super::super::search::Search;

/// A payment and a credit that names it.
pub(super) type Named = (u32, u32, Mention);

/// The records by reference.
#[derive(Default)]
pub(super) struct References {
    credits: Index,
    /// Payments by concept, and by the ids that may stand in a text.
    concepts: Index,
    ids: Index,
    /// References that more payments and credits share than may be compared.
    pub(super) cut: BTreeSet<u64>,
}

impl References {
    /// The pairs by reference of these payments and credits.
    ///
    /// Adds to `payments` those of a reference of which it is another matter now whether it is cut.
    pub(super) fn find(&mut self, search: &Search<'_>, payments: &mut Marks, credits: &Marks) -> Vec<Named> {
        let told = self.insert(search, payments, credits);
        let is_good = |credit: &u32| !search.store.credits.is_bad(*credit);
        let is_bad = |payment: u32| search.store.payments.is_bad(payment);
        // What a credit said of a payment no longer counts when another one turns up with its id.
        for (key, _) in told.iter().filter(|(_, credit)| !is_good(credit)) {
            payments.extend(self.payments_of(search, *key));
        }
        let mut entries = self.entries(search, payments, &told);
        let most = search.policy.limits.pairs as usize;
        let mut turned: Vec<u32> = Vec::new();
        let cut = &mut self.cut;
        self.credits.join(&entries, |key, group, run| {
            let was_cut = !cut.is_empty() && cut.contains(&key);
            let mut too_many = group.len().saturating_mul(run.len()) > most;
            if too_many {
                let named = group.iter().filter(|(_, payment)| !is_bad(*payment)).count();
                too_many = named.saturating_mul(run.places().filter(is_good).count()) > most;
            }
            if too_many != was_cut {
                turned.extend(group.iter().map(|(_, payment)| *payment));
                if !cut.remove(&key) {
                    cut.insert(key);
                }
            }
        });
        let known = payments.list().len();
        payments.extend(turned);
        if payments.list().len() > known {
            entries = self.entries(search, payments, &told);
        }
        let mut pairs: Vec<(u32, u32, u64)> = Vec::new();
        self.credits.join(&entries, |key, group, run| {
            if !self.cut.is_empty() && self.cut.contains(&key) {
                return;
            }
            for (_, payment) in group.iter().filter(|(_, payment)| !is_bad(*payment)) {
                let looked_at = |credit: &u32| payments.has(*payment) || credits.has(*credit);
                let credits = run.places().filter(is_good).filter(looked_at);
                pairs.extend(credits.map(|credit| (*payment, credit, key)));
            }
        });
        let mut named = flat_map(&pairs, search.threads, |pair| mention(search, *pair));
        named.sort_unstable_by_key(|(payment, credit, mention)| (*payment, *credit, mention.rank()));
        named.dedup_by_key(|(payment, credit, _)| (*payment, *credit));
        named
    }

    /// All payments by the references of these payments and of the credits that are told, as far as a credit has them.
    fn entries(&self, search: &Search<'_>, payments: &Marks, told: &[Entry]) -> Vec<Entry> {
        let parts = in_parts(payments.list(), search.threads, |part| {
            let mut entries: Vec<Entry> = Vec::with_capacity(part.len() * 2);
            for place in part {
                search.payment(*place).keys.each(|key, _| {
                    if self.credits.may_hold(key.0) {
                        entries.push((key.0, *place));
                    }
                });
            }
            entries
        });
        let mut entries = parts.concat();
        if !payments.is_all() {
            let mut keys: Vec<u64> = entries.iter().chain(told).map(|(key, _)| *key).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let places = self.payments_of(search, key).into_iter();
                entries.extend(places.map(|place| (key, place)));
            }
        }
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// Puts the records into the indices. Returns the references of the credits.
    fn insert(&mut self, search: &Search<'_>, payments: &Marks, credits: &Marks) -> Vec<Entry> {
        let mut told: Vec<Entry> = Vec::with_capacity(credits.list().len() * 2);
        for place in credits.list() {
            let references = search.store.references(search.credit(*place));
            told.extend(references.iter().map(|found| (found.key.0, *place)));
        }
        let (mut concepts, mut ids) = (Vec::with_capacity(payments.list().len()), Vec::new());
        for place in payments.list() {
            let keys = &search.payment(*place).keys;
            concepts.extend(keys.concept.into_iter().flatten().map(|key| (key.0, *place)));
            let both = [keys.payment_id, keys.external_id];
            ids.extend(both.into_iter().flatten().map(|key| (key.0, *place)));
        }
        let copy = told.clone();
        let by_credit = &mut self.credits;
        both(
            copy.len(),
            search.threads,
            || by_credit.insert(copy),
            || {
                self.concepts.insert(concepts);
                self.ids.insert(ids);
            },
        );
        told
    }

    /// Credits that name the payment as a whole reference, in another currency than its own, as far as the limit of pairs
    /// goes. By a reference that is cut, there are none.
    pub(super) fn naming_in_other_currency(&self, search: &Search<'_>, payment: u32) -> Vec<u32> {
        let most = search.policy.limits.pairs as usize;
        let record = search.payment(payment);
        let mut credits = Vec::new();
        record.keys.each(|key, _| {
            if self.cut.contains(&key.0) {
                return;
            }
            let places = self.credits.of(key.0).places().take(most);
            for credit in places.filter(|place| search.credit(*place).currency != record.currency) {
                let named = mention(search, (payment, credit, key.0));
                if named.is_some_and(|(_, _, mention)| mention.is_plain()) {
                    credits.push(credit);
                }
            }
        });
        credits.sort_unstable_by(|a, b| search.store.credit_order(*a, *b));
        credits.dedup();
        credits
    }

    /// The payments that have this key, with a check digit or without.
    fn payments_of(&self, search: &Search<'_>, key: u64) -> Vec<u32> {
        let mut places: Vec<u32> = self.concepts.of(key).places().collect();
        places.extend(self.ids.of(key).places());
        if Key(key).is_number() {
            for stored in [key / 10, key / 100] {
                places.extend(self.concepts.of(stored).places());
            }
        }
        places.retain(|place| {
            let mut has = false;
            search.payment(*place).keys.each(|other, _| has |= other.0 == key);
            has
        });
        places
    }

    /// Open payments whose concept is this number, long enough for a mistake in it to be told.
    pub(super) fn by_number(&self, search: &Search<'_>, number: u64, into: &mut Vec<u32>) {
        into.clear();
        if self.concepts.may_hold(number) {
            into.extend(self.concepts.of(number).places().filter(|place| {
                let mut numbers = search.payment(*place).keys.numbers();
                search.standing.open[*place as usize] && numbers.any(|key| key.0 == number)
            }));
        }
    }

    /// Adds the credits with a reference that may be a mistyped concept of one of these payments.
    pub(super) fn mistaken(&self, search: &Search<'_>, payments: &Marks, credits: &mut Marks) {
        if credits.is_all() {
            return;
        }
        for place in payments.list() {
            for key in search.payment(*place).keys.numbers() {
                mistaken_for(key.0, |near| credits.extend(self.credits.of(near).places()));
            }
        }
    }
}

/// How the pair's credit names its payment by this key.
fn mention(search: &Search<'_>, (payment, credit, key): (u32, u32, u64)) -> Option<Named> {
    let (record, moved) = (search.payment(payment), search.credit(credit));
    let mut references = search.store.references(moved).iter();
    let reference = references.find(|found| found.key.0 == key)?;
    let origin = record.keys.origin(Key(key));
    let id = search.store.text(record.reference(origin));
    if !Key(key).is_number() && !search.store.names_id(moved, id) {
        return None;
    }
    Some((payment, credit, Mention::new(reference, origin, search.policy)))
}
