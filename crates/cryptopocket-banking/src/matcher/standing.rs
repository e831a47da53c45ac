//! Which records take part: open payments and free credits, after what was applied and what a person rejected.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::{PaymentId, TransactionId};

use super::index::{Index, places};
use super::marks::{BOTH, CREDITS, Marks, PAYMENTS, Side, Sides};
use super::parallel::flat_map;
use super::reference::Key;
use super::store::Store;
use crate::TransactionKey;

/// Whether a record takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// A closed payment, a debit, a credit that is explained already, or a record that contradicts another one.
    #[default]
    Closed,
    /// A payment that waits for money, or a credit that is to be explained.
    Open,
    /// A payment that was decided before, or that a reconciled credit names.
    Settled,
}

/// What takes part, by place, and why the rest does not.
#[derive(Default)]
pub(super) struct Standing {
    states: Sides<Vec<State>>,
    /// The pairs that a person rejected.
    pub(super) excluded: BTreeSet<(u32, u32)>,
    applied: BTreeMap<PaymentId, Vec<TransactionKey>>,
    /// The transactions of `applied`, by id.
    spent: BTreeMap<TransactionId, Vec<TransactionKey>>,
    rejected: BTreeSet<(PaymentId, TransactionKey)>,
    /// Reconciled credits, by the id of their payment.
    reconciled: Index,
    /// What was told since the last run.
    told_payments: Vec<PaymentId>,
    told_credits: Vec<TransactionKey>,
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
        // What is told again changes nothing, so its payment is not decided again.
        if !self.applied.contains_key(&payment) {
            self.told_payments.push(payment.clone());
        }
        let keys = self.applied.entry(payment).or_default();
        for key in transactions {
            if !keys.contains(&key) {
                self.spent.entry(key.id().clone()).or_default().push(key.clone());
                self.told_credits.push(key.clone());
                keys.push(key);
            }
        }
    }

    pub(super) fn unsettle(&mut self, payment: &PaymentId) {
        for key in self.applied.remove(payment).into_iter().flatten() {
            if let Some(spent) = self.spent.get_mut(key.id())
                && let Some(at) = spent.iter().position(|other| *other == key)
            {
                spent.swap_remove(at);
            }
            self.told_credits.push(key);
        }
        self.told_payments.push(payment.clone());
    }

    pub(super) fn reject(&mut self, payment: PaymentId, transaction: TransactionKey) {
        if self.rejected.insert((payment.clone(), transaction)) {
            self.told_payments.push(payment);
        }
    }

    pub(super) fn state(&self, side: Side, place: u32) -> State {
        self.states[side][place as usize]
    }

    pub(super) fn is_open(&self, side: Side, place: u32) -> bool {
        self.state(side, place) == State::Open
    }

    /// Takes note of what a batch told of these records. Returns the payments and credits that are to be looked at again.
    pub(super) fn update(&mut self, store: &Store, told: Sides<Vec<u32>>, threads: usize) -> Sides<Marks> {
        let [payments, credits] = told;
        let named = credits
            .iter()
            .map(|at| (store.text(store.credit(*at).other_id), *at));
        let named: Vec<(&str, u32)> = named.filter(|(payment, _)| !payment.is_empty()).collect();
        let entries = named.iter().map(|(payment, at)| (Key::hash(payment), *at));
        self.reconciled.insert(entries.collect());
        let told_payments = std::mem::take(&mut self.told_payments);
        let ids = told_payments.iter().map(PaymentId::as_str);
        let ids = ids.chain(named.iter().map(|(payment, _)| *payment));
        let payments = payments
            .into_iter()
            .chain(ids.filter_map(|id| store.payment_place(id)));
        let told_credits = std::mem::take(&mut self.told_credits);
        let keys = told_credits.iter().flat_map(|key| store.credit_places(key));
        let counts = store.counts();
        let dirty = [
            Marks::of(counts[PAYMENTS], payments),
            Marks::of(counts[CREDITS], credits.into_iter().chain(keys)),
        ];
        for side in BOTH {
            self.states[side].resize(counts[side], State::default());
            let state = |at: &u32| Some((*at, self.state_now(store, side, *at)));
            for (at, state) in flat_map(dirty[side].list(), threads, state) {
                self.states[side][at as usize] = state;
            }
        }
        let pairs = self.rejected.iter().filter_map(|(payment, transaction)| {
            let payment = store.payment_place(payment.as_str())?;
            let credits = store.credit_places(transaction);
            Some(credits.map(move |credit| (payment, credit)))
        });
        self.excluded = pairs.flatten().collect();
        dirty
    }

    fn state_now(&self, store: &Store, side: Side, place: u32) -> State {
        let record = &store.tables[side][place];
        let is_settled = side == PAYMENTS && self.is_settled(store, place);
        let is_spent = || {
            let key = store.key(place);
            let spent = self.spent.get(key.id());
            spent.is_some_and(|spent| spent.iter().any(|other| key.may_be(other)))
        };
        let is_closed = !record.open
            || store.tables[side].is_bad(place)
            || (side == CREDITS && (record.amount <= 0 || (!self.spent.is_empty() && is_spent())));
        match (is_settled, is_closed) {
            (true, _) => State::Settled,
            (false, true) => State::Closed,
            (false, false) => State::Open,
        }
    }

    fn is_settled(&self, store: &Store, payment: u32) -> bool {
        let id = store.id(payment);
        let is_applied = !self.applied.is_empty() && self.applied.contains_key(&PaymentId::from(id));
        let mut credits = places(self.reconciled.of(Key::hash(id)));
        let credits_of = &store.tables[CREDITS];
        is_applied || credits.any(|at| !credits_of.is_bad(at) && store.text(credits_of[at].other_id) == id)
    }
}
