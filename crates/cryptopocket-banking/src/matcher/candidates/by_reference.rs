//! Pairs in which the credit's text names the payment.

use std::collections::BTreeSet;

use super::super::evidence::Mention;
use super::super::index::{Entry, Index, places};
use super::super::marks::{CREDITS, Marks, PAYMENTS, Sides};
use super::super::parallel::{both_sides, flat_map};
use super::super::reference::{Key, mistaken_for};
use super::super::search::Search;

/// A payment and a credit that names it.
pub(super) type Named = (u32, u32, Mention);

/// The records by reference.
#[derive(Default)]
pub(super) struct References {
    credits: Index,
    /// By concept, and by the ids that may stand in a text.
    payments: Index,
    /// References that more payments and credits share than may be compared.
    pub(super) cut: BTreeSet<u64>,
}

impl References {
    /// The pairs by reference of the dirty payments and credits.
    ///
    /// Adds the payments of a reference of which it is another matter now whether it is cut.
    pub(super) fn find(&mut self, search: &Search<'_>, dirty: &mut Sides<Marks>) -> Vec<Named> {
        let told = self.insert(search, dirty);
        let [payments, credits] = dirty;
        let tables = &search.store.tables;
        let is_good = |credit: &u32| !tables[CREDITS].is_bad(*credit);
        let is_bad = |payment: u32| tables[PAYMENTS].is_bad(payment);
        // What a credit said of a payment no longer counts when another one turns up with its id.
        for (key, _) in told.iter().filter(|(_, credit)| !is_good(credit)) {
            payments.extend(self.payments_of(search, *key));
        }
        let most = search.policy.limits.pairs as usize;
        let pairs = loop {
            let entries = self.entries(search, payments, &told);
            let (mut pairs, mut turned): (Vec<(u32, u32, u64)>, Vec<u32>) = Default::default();
            let cut = &mut self.cut;
            self.credits.join(&entries, |key, group, run| {
                let was_cut = !cut.is_empty() && cut.contains(&key);
                let named = || {
                    group
                        .iter()
                        .map(|(_, payment)| *payment)
                        .filter(|at| !is_bad(*at))
                };
                let credits_of = || places(run).filter(is_good);
                let too_many = group.len().saturating_mul(places(run).count()) > most
                    && named().count().saturating_mul(credits_of().count()) > most;
                if too_many != was_cut {
                    turned.extend(group.iter().map(|(_, payment)| *payment));
                    if !cut.remove(&key) {
                        cut.insert(key);
                    }
                }
                if too_many {
                    return;
                }
                for payment in named() {
                    let looked_at = |credit: &u32| payments.has(payment) || credits.has(*credit);
                    let credits = credits_of().filter(looked_at);
                    pairs.extend(credits.map(|credit| (payment, credit, key)));
                }
            });
            let known = payments.list().len();
            payments.extend(turned);
            // With more payments there are more pairs to find.
            if payments.list().len() == known {
                break pairs;
            }
        };
        let mut named = flat_map(&pairs, search.threads, |pair| mention(search, *pair));
        named.sort_unstable_by_key(|(payment, credit, mention)| (*payment, *credit, mention.rank()));
        named.dedup_by_key(|(payment, credit, _)| (*payment, *credit));
        named
    }

    /// All payments by the references of these payments and of the credits that are told, as far as a credit has them.
    fn entries(&self, search: &Search<'_>, payments: &Marks, told: &[Entry]) -> Vec<Entry> {
        let mut entries = flat_map(payments.list(), search.threads, |place| {
            let place = *place;
            let keys = search.store.payment(place).keys.all();
            let known = keys.filter(|key| self.credits.may_hold(key.0));
            known.map(move |key| (key.0, place))
        });
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
    fn insert(&mut self, search: &Search<'_>, dirty: &Sides<Marks>) -> Vec<Entry> {
        let counts = dirty.each_ref().map(|side| side.list().len());
        let [named, told] = both_sides(counts, search.threads, |side| {
            let mut entries: Vec<Entry> = Vec::new();
            for &place in dirty[side].list() {
                if side == PAYMENTS {
                    let keys = search.store.payment(place).keys.stored();
                    entries.extend(keys.map(|key| (key.0, place)));
                } else {
                    let references = search.store.references(place).iter();
                    entries.extend(references.map(|found| (found.key.0, place)));
                }
            }
            entries.sort_unstable();
            entries
        });
        self.payments.insert(named);
        self.credits.insert(told.clone());
        told
    }

    /// Credits that name the payment as a whole reference, in another currency than its own, as far as the limit of pairs
    /// goes. By a reference that is cut, there are none.
    pub(super) fn naming_in_other_currency(&self, search: &Search<'_>, payment: u32) -> Vec<u32> {
        let most = search.policy.limits.pairs as usize;
        let record = search.store.payment(payment);
        let keys = record.keys.all().filter(|key| !self.cut.contains(&key.0));
        let named = keys.flat_map(|key| {
            let named = places(self.credits.of(key.0)).take(most);
            let foreign = named.filter(|place| search.store.credit(*place).currency != record.currency);
            foreign.filter_map(move |credit| mention(search, (payment, credit, key.0)))
        });
        let plain = named.filter(|(.., mention)| mention.is_plain());
        let mut credits: Vec<u32> = plain.map(|(_, credit, _)| credit).collect();
        credits.sort_unstable_by(|a, b| search.store.order(CREDITS, *a, *b));
        credits.dedup();
        credits
    }

    /// The payments that have this key, with a check digit or without.
    fn payments_of(&self, search: &Search<'_>, key: u64) -> Vec<u32> {
        let mut found: Vec<u32> = places(self.payments.of(key)).collect();
        if Key(key).is_number() {
            for stored in [key / 10, key / 100] {
                found.extend(places(self.payments.of(stored)));
            }
        }
        found.retain(|place| {
            search
                .store
                .payment(*place)
                .keys
                .all()
                .any(|other| other.0 == key)
        });
        found
    }

    /// Open payments whose concept is this number, long enough for a mistake in it to be told.
    pub(super) fn by_number(&self, search: &Search<'_>, number: u64) -> impl Iterator<Item = u32> {
        let is_open = |place: &u32| search.standing.is_open(PAYMENTS, *place);
        let has = move |place: &u32| {
            search
                .store
                .payment(*place)
                .keys
                .numbers()
                .any(|key| key.0 == number)
        };
        places(self.payments.of(number)).filter(is_open).filter(has)
    }

    /// Adds the credits with a reference that may be a mistyped concept of a dirty payment.
    pub(super) fn mistaken(&self, search: &Search<'_>, [payments, credits]: &mut Sides<Marks>) {
        if credits.is_all() {
            return;
        }
        for place in payments.list() {
            for key in search.store.payment(*place).keys.numbers() {
                mistaken_for(key.0, |near| credits.extend(places(self.credits.of(near))));
            }
        }
    }
}

/// How the pair's credit names its payment by this key.
fn mention(search: &Search<'_>, (payment, credit, key): (u32, u32, u64)) -> Option<Named> {
    let record = search.store.payment(payment);
    let mut references = search.store.references(credit).iter();
    let reference = references.find(|found| found.key.0 == key)?;
    let origin = record.keys.origin(Key(key));
    let id = search.store.text(record.reference(origin));
    if !Key(key).is_number() && !search.store.names_id(credit, id) {
        return None;
    }
    Some((payment, credit, Mention::new(*reference, origin, search.policy)))
}
