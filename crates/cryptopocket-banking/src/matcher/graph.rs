//! Candidates grouped by payment and by credit.

use super::edge::Edge;
use super::marks::Marks;
use super::store::Store;

/// A list for each record. A list that grows moves to the end.
pub(super) struct Lists<T> {
    ranges: Vec<(u32, u32)>,
    pool: Vec<T>,
    live: usize,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            ranges: Vec::new(),
            pool: Vec::new(),
            live: 0,
        }
    }
}

impl<T: Copy> Lists<T> {
    /// Makes room for so many lists.
    pub(super) fn grow(&mut self, count: usize) {
        self.ranges.resize(count, (0, 0));
    }

    pub(super) fn of(&self, at: u32) -> &[T] {
        let (from, length) = self.ranges[at as usize];
        &self.pool[from as usize..(from + length) as usize]
    }

    pub(super) fn set(&mut self, at: u32, items: &[T]) {
        let (from, length) = self.ranges[at as usize];
        self.live = self.live - length as usize + items.len();
        let start = if items.len() <= length as usize {
            self.pool[from as usize..][..items.len()].copy_from_slice(items);
            from
        } else {
            self.pool.extend_from_slice(items);
            index(self.pool.len() - items.len())
        };
        self.ranges[at as usize] = (start, index(items.len()));
        if self.pool.len() > 2 * self.live + self.ranges.len() + 1024 {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let mut pool = Vec::with_capacity(self.live);
        for (from, length) in &mut self.ranges {
            let start = index(pool.len());
            pool.extend_from_slice(&self.pool[*from as usize..(*from + *length) as usize]);
            *from = start;
        }
        self.pool = pool;
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Edges grouped by payment and by credit.
#[derive(Default)]
pub(super) struct Graph {
    /// By credit, in the order of ids.
    edges: Lists<Edge>,
    /// The payments of each credit, in the order of ids.
    payments: Lists<u32>,
}

impl Graph {
    pub(super) fn grow(&mut self, payments: usize, credits: usize) {
        self.edges.grow(payments);
        self.payments.grow(credits);
    }

    /// The edges of a payment, in the order of the credits' ids.
    pub(super) fn of_payment(&self, payment: u32) -> &[Edge] {
        self.edges.of(payment)
    }

    /// The payments of a credit, in the order of their ids.
    pub(super) fn payments_of(&self, credit: u32) -> &[u32] {
        self.payments.of(credit)
    }

    /// The edges of a credit, in the order of the payments' ids.
    pub(super) fn of_credit<'g>(&'g self, store: &'g Store, credit: u32) -> impl Iterator<Item = &'g Edge> {
        let payments = self.payments.of(credit).iter();
        payments.filter_map(move |payment| self.edge(store, *payment, credit))
    }

    fn edge(&self, store: &Store, payment: u32, credit: u32) -> Option<&Edge> {
        let edges = self.edges.of(payment);
        let at = edges.binary_search_by(|edge| store.credit_order(edge.credit, credit));
        at.ok().map(|at| &edges[at])
    }

    /// Takes out the stale edges of these records, and puts in new ones. Of two edges of one pair the better one stays.
    ///
    /// Returns the payments and credits whose edges changed.
    pub(super) fn replace(
        &mut self,
        store: &Store,
        (stale_payments, stale_credits): (&[u32], &[u32]),
        is_stale: impl Fn(&Edge) -> bool,
        mut new: Vec<Edge>,
    ) -> (Vec<u32>, Vec<u32>) {
        // Most of them are sorted already, and a stable sort is quicker then.
        new.sort_by(|a, b| {
            let credits = || store.credit_order(a.credit, b.credit);
            let better = || a.rank().cmp(&b.rank());
            a.payment.cmp(&b.payment).then_with(credits).then_with(better)
        });
        new.dedup_by_key(|edge| (edge.payment, edge.credit));
        let mut payments = Marks::of(self.edges.ranges.len(), stale_payments.iter().copied());
        for credit in stale_credits {
            payments.extend(self.payments.of(*credit).iter().copied());
        }
        payments.extend(new.iter().map(|edge| edge.payment));
        let mut touched = Vec::new();
        // Credits that win or lose a payment, and those whose edge only changed.
        let mut moved: Vec<(u32, u32, bool)> = Vec::new();
        let mut changed: Vec<u32> = Vec::new();
        let mut list: Vec<Edge> = Vec::new();
        let mut order = payments.list().to_vec();
        order.sort_unstable();
        let mut rest = new.as_slice();
        for payment in &order {
            let old = self.edges.of(*payment);
            let count = rest.iter().take_while(|edge| edge.payment == *payment).count();
            let added;
            (added, rest) = rest.split_at(count);
            if old.is_empty() {
                if count > 0 {
                    touched.push(*payment);
                    moved.extend(added.iter().map(|edge| (edge.credit, *payment, true)));
                    self.edges.set(*payment, added);
                }
                continue;
            }
            list.clear();
            list.extend(old.iter().filter(|edge| !is_stale(edge)));
            list.extend(added);
            list.sort_by(|a, b| {
                let better = || a.rank().cmp(&b.rank());
                store.credit_order(a.credit, b.credit).then_with(better)
            });
            list.dedup_by_key(|edge| edge.credit);
            if list == old {
                continue;
            }
            touched.push(*payment);
            for (one, other, is_new) in [(old, list.as_slice(), false), (list.as_slice(), old, true)] {
                for edge in one {
                    let at = other.binary_search_by(|known| store.credit_order(known.credit, edge.credit));
                    match at {
                        Ok(at) if is_new && other[at] != *edge => changed.push(edge.credit),
                        Ok(_) => {}
                        Err(_) => moved.push((edge.credit, *payment, is_new)),
                    }
                }
            }
            self.edges.set(*payment, &list);
        }
        self.move_payments(store, moved, &mut changed);
        changed.sort_unstable();
        changed.dedup();
        (touched, changed)
    }

    fn move_payments(&mut self, store: &Store, mut moved: Vec<(u32, u32, bool)>, changed: &mut Vec<u32>) {
        moved.sort_unstable();
        let mut list: Vec<u32> = Vec::new();
        for group in moved.chunk_by(|(a, ..), (b, ..)| a == b) {
            let credit = group[0].0;
            let is_gone = |payment: &u32| group.contains(&(credit, *payment, false));
            list.clear();
            list.extend(
                self.payments
                    .of(credit)
                    .iter()
                    .filter(|payment| !is_gone(payment)),
            );
            list.extend(
                group
                    .iter()
                    .filter(|(.., is_new)| *is_new)
                    .map(|(_, payment, _)| payment),
            );
            list.sort_by(|a, b| store.payment_order(*a, *b));
            self.payments.set(credit, &list);
            changed.push(credit);
        }
    }

    /// Adds every record that edges tie to these, by however many steps.
    pub(super) fn close(&self, payments: &mut Marks, credits: &mut Marks) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_their_items_through_growth() {
        let mut lists = Lists::default();
        lists.grow(50);
        for round in 0..200_u32 {
            for at in 0..50 {
                let items: Vec<u32> = (0..(round * 7 + at) % 13).map(|n| n + at).collect();
                lists.set(at, &items);
            }
            let right = |at: u32| {
                lists
                    .of(at)
                    .iter()
                    .copied()
                    .eq((0..(round * 7 + at) % 13).map(|n| n + at))
            };
            assert!((0..50).all(right));
        }
        assert!(lists.pool.len() < 3000, "{}", lists.pool.len());
    }
}
