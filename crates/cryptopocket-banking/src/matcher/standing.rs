//! Which records take part: open payments and free credits, after what was applied and what a person rejected.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::{PaymentId, TransactionId};

use super::index::Index;
use super::marks::Marks;
use super::parallel::flat_map;
use super::reference::Key;
use super::store::Store;
use crate::TransactionKey;

/// What takes part, by place, and why the rest does not.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) open: Vec<bool>,
    pub(super) settled: Vec<bool>,
    /// Credits that are to be explained.
    pub(super) free: Vec<bool>,
    /// The pairs that a person rejected.
    pub(super) excluded: BTreeSet<(u32, u32)>,
    applied: BTreeMap<PaymentId, Vec<TransactionKey>>,
    /// The transactions of `applied`, by id.
    spent: BTreeMap<TransactionId, Vec<TransactionKey>>,
    rejected: BTreeSet<(PaymentId, TransactionKey)>,
    /// Reconciled credits, by the id of their payment.
    reconciled: Index,
    /// What changed since the last run.
    moved_payments: Vec<PaymentId>,
    moved_credits: Vec<TransactionKey>,
    newly_rejected: Vec<PaymentId>,
}

impl Standing {
    pub(super) fn applied(&self) -> usize {
        self.applied.len()
    }

    pub(super) fn settle(
        &mut self,
        payment: PaymentId,
        transactions: impl IntoIterator<Item = TransactionKey>,
    ) {
        let keys = self.applied.entry(payment.clone()).or_default();
        for key in transactions {
            self.spent.entry(key.id().clone()).or_default().push(key.clone());
            self.moved_credits.push(key.clone());
            keys.push(key);
        }
        self.moved_payments.push(payment);
    }

    pub(super) fn unsettle(&mut self, payment: &PaymentId) {
        for key in self.applied.remove(payment).into_iter().flatten() {
            if let Some(spent) = self.spent.get_mut(key.id())
                && let Some(at) = spent.iter().position(|other| *other == key)
            {
                spent.swap_remove(at);
            }
            self.moved_credits.push(key);
        }
        self.moved_payments.push(payment.clone());
    }

    pub(super) fn reject(&mut self, payment: PaymentId, transaction: TransactionKey) {
        if self.rejected.insert((payment.clone(), transaction)) {
            self.newly_rejected.push(payment);
        }
    }

    /// Takes note of what a batch told. Returns the payments and credits that are to be looked at again.
    pub(super) fn update(&mut self, store: &Store, told: [Vec<u32>; 2], threads: usize) -> (Marks, Marks) {
        for list in [&mut self.open, &mut self.settled] {
            list.resize(store.payments.len(), false);
        }
        self.free.resize(store.credits.len(), false);
        let [payments, credits] = told;
        let named = credits
            .iter()
            .map(|at| (store.text(store.credits[*at].payment_id), *at));
        let named: Vec<(&str, u32)> = named.filter(|(payment, _)| !payment.is_empty()).collect();
        let entries = named.iter().map(|(payment, at)| (Key::hash(payment), *at));
        self.reconciled.insert(entries.collect());

        let again = self.newly_rejected.iter();
        let again = again.filter_map(|id| store.payment_place(id.as_str()));
        let mut changed = Marks::of(store.payments.len(), payments.into_iter().chain(again));
        let moved = self.moved_payments.iter().map(PaymentId::as_str);
        let moved = moved.chain(named.iter().map(|(payment, _)| *payment));
        let mut places: Vec<u32> = moved.filter_map(|id| store.payment_place(id)).collect();
        places.extend(changed.list());
        let states = flat_map(&places, threads, |place| {
            Some((*place, self.payment_state(store, *place)))
        });
        for (place, state) in states {
            let at = place as usize;
            if (self.settled[at], self.open[at]) != state {
                changed.add(place);
            }
            (self.settled[at], self.open[at]) = state;
        }

        let mut changed_credits = Marks::of(store.credits.len(), credits);
        let moved = self.moved_credits.iter();
        let mut places: Vec<u32> = moved.flat_map(|key| store.credit_places(key)).collect();
        places.extend(changed_credits.list());
        let states = flat_map(&places, threads, |place| {
            Some((*place, self.is_free(store, *place)))
        });
        for (place, free) in states {
            if std::mem::replace(&mut self.free[place as usize], free) != free {
                changed_credits.add(place);
            }
        }
        self.place_rejected(store);
        self.moved_payments.clear();
        self.moved_credits.clear();
        self.newly_rejected.clear();
        (changed, changed_credits)
    }

    /// Whether the payment is settled, and whether it is open.
    fn payment_state(&self, store: &Store, place: u32) -> (bool, bool) {
        let id = store.id(place);
        let reconciled = || {
            let mut credits = self.reconciled.of(Key::hash(id)).places();
            credits.any(|at| !store.credits.is_bad(at) && store.text(store.credits[at].payment_id) == id)
        };
        let applied = !self.applied.is_empty() && self.applied.contains_key(&PaymentId::from(id));
        let settled = applied || reconciled();
        let open = store.payments[place].open && !settled && !store.payments.is_bad(place);
        (settled, open)
    }

    fn is_free(&self, store: &Store, place: u32) -> bool {
        let record = &store.credits[place];
        let spent = || {
            let key = store.key(place);
            let spent = self.spent.get(key.id());
            spent.is_some_and(|spent| spent.iter().any(|other| key.may_be(other)))
        };
        let taken = record.reconciled || store.credits.is_bad(place) || (!self.spent.is_empty() && spent());
        record.amount > 0 && !taken
    }

    fn place_rejected(&mut self, store: &Store) {
        let pairs = self.rejected.iter().filter_map(|(payment, transaction)| {
            let payment = store.payment_place(payment.as_str())?;
            let credits = store.credit_places(transaction);
            Some(credits.map(move |credit| (payment, credit)))
        });
        self.excluded = pairs.flatten().collect();
    }
}
