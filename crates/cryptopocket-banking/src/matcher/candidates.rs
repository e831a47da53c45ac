//! Candidates: the pairs of payment and credit that some evidence ties.
//!
//! They are found in three steps, each of which rests on the one before: by reference, by a reference with a typing
//! mistake, by amount. A step looks again only at the records whose pairs can have changed.

mod by_amount;
mod by_reference;
mod shared;
mod typo;

use super::evidence::Mention;
use super::graph::Graph;
use super::marks::Marks;
use super::parallel::flat_map;
use super::problem::Cut;
use super::search::{Edge, Search, Step};
use by_amount::{ACCOUNT, Amounts};
use by_reference::{Named, References};
use shared::Eligible;
use typo::Typos;

/// The candidates, what else the references say, and the indices by which they are found.
#[derive(Default)]
pub(super) struct Candidates {
    pub(super) graph: Graph,
    /// Open payments whose money went back, or that a reconciled credit names with their amount, by place.
    pub(super) returned: Vec<bool>,
    pub(super) taken: Vec<bool>,
    /// Credits that name a closed payment: `(credit, payment)`, sorted.
    pub(super) late: Vec<(u32, u32)>,
    /// How sure each credit is, and the payments that are paid beyond doubt.
    certain: Vec<Certainty>,
    paid: Vec<bool>,
    references: References,
    typos: Typos,
    amounts: Amounts,
    /// Credits whose texts were read in part.
    cut_texts: usize,
}

impl Candidates {
    /// Finds the candidates of these records, and of those that depend on them.
    ///
    /// Adds to `payments` and `credits` every record whose candidates changed.
    pub(super) fn update(&mut self, search: &Search<'_>, payments: &mut Marks, credits: &mut Marks) {
        let store = search.store;
        let fresh = store.credits.records.iter().skip(self.certain.len());
        self.cut_texts += fresh.filter(|credit| credit.cut).count();
        self.graph.grow(store.payments.len(), store.credits.len());
        for list in [&mut self.returned, &mut self.taken, &mut self.paid] {
            list.resize(store.payments.len(), false);
        }
        self.certain.resize(store.credits.len(), Certainty::None);

        // By reference.
        let named = self.references.find(search, payments, credits);
        let mut told = [
            Marks::none(store.payments.len()),
            Marks::none(store.credits.len()),
        ];
        let named = self.sort_out(search, (payments, credits), named, &mut told);
        let mut edges = flat_map(&named, search.threads, |(payment, credit, mention)| {
            search.edge(*payment, *credit, Some(*mention))
        });
        let shifted = self.certify(search, (payments, credits), &edges);

        // By a reference with a mistake: those of a credit are found together.
        let mut again = credits.clone();
        again.extend(shifted.list().iter().copied());
        self.references.mistaken(search, payments, &mut again);
        edges.extend(
            self.typos
                .find(search, &self.references, &self.certain, again.list()),
        );
        let (touched, tied) = self.graph.replace(
            store,
            (payments.list(), again.list()),
            |edge| match edge.step() {
                Step::Reference => payments.has(edge.payment) || credits.has(edge.credit),
                Step::Typo => again.has(edge.credit),
                Step::Amount => false,
            },
            edges,
        );
        told[0].extend(touched);
        told[1].extend(tied.iter().copied());

        // By amount, for the records that are not settled beyond doubt.
        let settled = self.settle(search.threads, payments, &told);
        let mut again = [payments.clone(), credits.clone()];
        again[0].extend(settled);
        again[1].extend(shifted.list().iter().copied());
        // A pair that lost its reference is one by amount, perhaps.
        again[1].extend(tied);
        let eligible = Eligible {
            search,
            certain: &self.certain,
            paid: &self.paid,
        };
        let edges = self.amounts.find(&eligible, &mut again, &mut told);
        let (touched, tied) = self.graph.replace(
            store,
            (again[0].list(), again[1].list()),
            |edge| edge.step() == Step::Amount && (again[0].has(edge.payment) || again[1].has(edge.credit)),
            edges,
        );
        payments.extend(touched.into_iter().chain(told[0].list().iter().copied()));
        credits.extend(tied.into_iter().chain(told[1].list().iter().copied()));
    }

    /// Credits that name the payment as a whole reference, in another currency than its own.
    pub(super) fn naming_in_other_currency(&self, search: &Search<'_>, payment: u32) -> Vec<u32> {
        self.references.naming_in_other_currency(search, payment)
    }

    /// Whether the credit names a closed payment.
    pub(super) fn is_late(&self, credit: u32) -> bool {
        let at = self.late.partition_point(|(late, _)| *late < credit);
        self.late.get(at).is_some_and(|(late, _)| *late == credit)
    }

    /// Whether the pair's records were not compared with all others of their amount.
    pub(super) fn is_unchecked(&self, search: &Search<'_>, edge: &Edge) -> bool {
        let eligible = Eligible {
            search,
            certain: &self.certain,
            paid: &self.paid,
        };
        self.amounts.is_unchecked(&eligible, edge)
    }

    /// What the policy's limits cut.
    pub(super) fn cuts(&self) -> Vec<Cut> {
        let payers = self.amounts.payers.crowded.iter();
        let accounts = payers.filter(|key| *key & ACCOUNT != 0).count();
        vec![
            Cut::Texts(self.cut_texts),
            Cut::References(self.references.cut.len()),
            Cut::References(self.typos.left_out()),
            Cut::Amounts(self.amounts.wholes.crowded.len()),
            Cut::Names(self.amounts.payers.crowded.len() - accounts),
            Cut::Accounts(accounts),
        ]
    }

    /// Keeps the pairs of open payments and free credits, and notes what the others say.
    fn sort_out(
        &mut self,
        search: &Search<'_>,
        (payments, credits): (&Marks, &Marks),
        named: Vec<Named>,
        told: &mut [Marks; 2],
    ) -> Vec<Named> {
        for place in payments.list() {
            self.returned[*place as usize] = false;
            self.taken[*place as usize] = false;
        }
        self.late.retain(|(credit, payment)| {
            let stale = payments.has(*payment) || credits.has(*credit);
            if stale {
                told[0].add(*payment);
                told[1].add(*credit);
            }
            !stale
        });
        let known = self.late.len();
        let mut kept = Vec::with_capacity(named.len());
        for (payment, credit, mention) in named {
            let (record, moved) = (search.payment(payment), search.credit(credit));
            let open = search.standing.open[payment as usize];
            let free = search.standing.free[credit as usize];
            let equal = record.currency == moved.currency && record.amount == moved.amount.abs();
            match (open, free) {
                (true, true) => kept.push((payment, credit, mention)),
                (true, false) if equal && mention.is_whole() => {
                    if moved.amount < 0 {
                        self.returned[payment as usize] = true;
                    } else if moved.reconciled {
                        self.taken[payment as usize] = true;
                    }
                    told[0].add(payment);
                }
                (false, true) if mention.is_plain() => {
                    self.late.push((credit, payment));
                    told[0].add(payment);
                    told[1].add(credit);
                }
                _ => {}
            }
        }
        if self.late.len() > known {
            self.late.sort_unstable();
        }
        kept
    }

    /// How sure the credits are now whose pairs by reference changed. Returns those that are more or less so.
    fn certify(
        &mut self,
        search: &Search<'_>,
        (payments, credits): (&Marks, &Marks),
        edges: &[Edge],
    ) -> Marks {
        let count = search.store.credits.len();
        let mut again = Marks::of(count, credits.list().iter().copied());
        for payment in payments.list() {
            again.extend(self.graph.of_payment(*payment).iter().map(|edge| edge.credit));
        }
        again.extend(edges.iter().map(|edge| edge.credit));
        let before: Vec<Certainty> = again.list().iter().map(|at| self.certain[*at as usize]).collect();
        for credit in again.list() {
            let kept = self.graph.of_credit(search.store, *credit).filter(|edge| {
                edge.step() == Step::Reference && !payments.has(edge.payment) && !credits.has(edge.credit)
            });
            self.certain[*credit as usize] = kept.map(certainty).max().unwrap_or_default();
        }
        for edge in edges {
            let level = &mut self.certain[edge.credit as usize];
            *level = (*level).max(certainty(edge));
        }
        let now = again.list().iter().zip(before);
        let shifted = now.filter(|(at, before)| self.certain[**at as usize] != *before);
        Marks::of(count, shifted.map(|(at, _)| *at))
    }

    /// Looks again at the payments whose pairs by reference changed, and returns those of which it is another one now
    /// whether they are paid beyond doubt.
    fn settle(&mut self, threads: usize, payments: &Marks, told: &[Marks; 2]) -> Vec<u32> {
        let mut again = Marks::of(self.paid.len(), payments.list().iter().copied());
        again.extend(told[0].list().iter().copied());
        for credit in told[1].list() {
            again.extend(self.graph.payments_of(*credit).iter().copied());
        }
        let paid = flat_map(again.list(), threads, |place| {
            Some((*place, self.is_surely_paid(*place)))
        });
        let changed = paid.into_iter().filter(|(place, paid)| {
            let before = std::mem::replace(&mut self.paid[*place as usize], *paid);
            before != *paid
        });
        changed.map(|(place, _)| place).collect()
    }

    /// Whether one credit pays the payment beyond doubt: it names this payment alone, with its amount and payer, and
    /// nothing else names the payment. Such a payer does not wait to pay, so no other credit can be meant for the payment.
    fn is_surely_paid(&self, payment: u32) -> bool {
        let mut named = self
            .graph
            .of_payment(payment)
            .iter()
            .filter(|edge| edge.step() != Step::Amount);
        let (Some(edge), None) = (named.next(), named.next()) else {
            return false;
        };
        let at = payment as usize;
        let moved = self.returned[at] || self.taken[at] || self.is_late(edge.credit);
        if moved || !edge.confirmable || !edge.evidence.same_payer() {
            return false;
        }
        let others = self
            .graph
            .payments_of(edge.credit)
            .iter()
            .filter(|other| **other != payment);
        let is_named = |other: &u32| {
            let edges = self.graph.of_payment(*other).iter();
            edges
                .clone()
                .any(|other| other.credit == edge.credit && other.step() != Step::Amount)
        };
        !others.into_iter().any(is_named)
    }
}

/// How sure a credit's reference is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    #[default]
    None,
    /// Reference alone.
    Named,
    /// Reference and amount.
    Reference,
    /// Reference, amount and payer.
    Payer,
}

fn certainty(edge: &Edge) -> Certainty {
    let plain = edge.evidence.mention.is_some_and(Mention::is_plain);
    match (edge.confirmable, edge.evidence.same_payer()) {
        (true, true) => Certainty::Payer,
        (true, false) => Certainty::Reference,
        (false, _) if plain => Certainty::Named,
        (false, _) => Certainty::None,
    }
}
