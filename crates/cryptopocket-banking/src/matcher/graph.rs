//! Candidates grouped by payment and by credit.

use smallvec::SmallVec;

use super::marks::{CREDITS, Marks, PAYMENTS, Sides};
use super::search::Edge;
use super::store::Store;

/// Most payments have one edge, which needs no memory elsewhere.
pub(super) type Edges = SmallVec<[Edge; 1]>;

/// Edges grouped by payment and by credit.
#[derive(Default)]
pub(super) struct Graph {
    /// By payment, in the order of the credits' ids.
    edges: Vec<Edges>,
    /// The payments of each credit, in the order of ids.
    payments: Vec<SmallVec<[u32; 2]>>,
}

impl Graph {
    pub(super) fn grow(&mut self, [payments, credits]: Sides<usize>) {
        self.edges.resize(payments, Edges::new());
        self.payments.resize(credits, SmallVec::new());
    }

    /// The edges of a payment, in the order of the credits' ids.
    pub(super) fn of_payment(&self, payment: u32) -> &[Edge] {
        &self.edges[payment as usize]
    }

    /// The payments of a credit, in the order of their ids.
    pub(super) fn payments_of(&self, credit: u32) -> &[u32] {
        &self.payments[credit as usize]
    }

    /// The edges of a credit, in the order of the payments' ids.
    pub(super) fn of_credit<'g>(&'g self, store: &'g Store, credit: u32) -> impl Iterator<Item = &'g Edge> {
        let payments = self.payments_of(credit).iter();
        payments.filter_map(move |payment| find(store, self.of_payment(*payment), credit))
    }

    /// Takes out the stale edges of these records, and puts in new ones. Of two edges of one pair the better one stays.
    ///
    /// Adds the payments and credits whose edges changed.
    pub(super) fn replace(
        &mut self,
        store: &Store,
        dirty: &mut Sides<Marks>,
        is_stale: impl Fn(&Edge) -> bool,
        mut new: Vec<Edge>,
    ) {
        // Most of them are sorted already, and a stable sort is quicker then.
        new.sort_by_key(|edge| edge.payment);
        let mut payments = dirty[PAYMENTS].clone();
        for credit in dirty[CREDITS].list() {
            payments.extend(self.payments_of(*credit).iter().copied());
        }
        payments.extend(new.iter().map(|edge| edge.payment));
        let mut order = payments.list().to_vec();
        order.sort_unstable();
        let is_stale = |edge: &Edge| {
            let is_dirty = dirty[PAYMENTS].has(edge.payment) || dirty[CREDITS].has(edge.credit);
            is_dirty && is_stale(edge)
        };
        let (mut touched, mut tied) = (Vec::new(), Vec::new());
        let mut rest = new.as_slice();
        for payment in order {
            let count = rest.iter().take_while(|edge| edge.payment == payment).count();
            let added;
            (added, rest) = rest.split_at(count);
            let old = &self.edges[payment as usize];
            if added.is_empty() && !old.iter().any(is_stale) {
                continue;
            }
            let kept = old.iter().filter(|edge| !is_stale(edge)).copied();
            let mut now: Edges = kept.chain(added.iter().copied()).collect();
            now.sort_by(|a, b| {
                let better = || a.rank().cmp(&b.rank());
                store.order(CREDITS, a.credit, b.credit).then_with(better)
            });
            now.dedup_by_key(|edge| edge.credit);
            if now == *old {
                continue;
            }
            for edge in old {
                self.payments[edge.credit as usize].retain(|known| *known != payment);
            }
            for edge in &now {
                let payments = &mut self.payments[edge.credit as usize];
                let at = payments.partition_point(|known| store.order(PAYMENTS, *known, payment).is_lt());
                payments.insert(at, payment);
            }
            touched.push(payment);
            tied.extend(old.iter().chain(&now).map(|edge| edge.credit));
            self.edges[payment as usize] = now;
        }
        dirty[PAYMENTS].extend(touched);
        dirty[CREDITS].extend(tied);
    }

    /// Adds every record that edges tie to these, by however many steps.
    pub(super) fn close(&self, [payments, credits]: &mut Sides<Marks>) {
        let (mut payment, mut credit) = (0, 0);
        loop {
            if let Some(place) = payments.list().get(payment).copied() {
                credits.extend(self.of_payment(place).iter().map(|edge| edge.credit));
                payment += 1;
            } else if let Some(place) = credits.list().get(credit).copied() {
                payments.extend(self.payments_of(place).iter().copied());
                credit += 1;
            } else {
                return;
            }
        }
    }
}

fn find<'e>(store: &Store, edges: &'e [Edge], credit: u32) -> Option<&'e Edge> {
    let at = edges.binary_search_by(|edge| store.order(CREDITS, edge.credit, credit));
    at.ok().map(|at| &edges[at])
}
