//! Candidates: the pairs of payment and credit that some evidence ties.
//!
//! They are found in three steps, each of which rests on the one before: by reference, by a reference with a typing
//! mistake, by amount. A step looks again only at the dirty records: those whose pairs can have changed. What it changes is
//! dirty for the next step, too.

mod by_amount;
mod by_reference;
mod shared;
mod typo;

use super::evidence::Mention;
use super::graph::Graph;
use super::marks::{CREDITS, Marks, PAYMENTS, Sides};
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
    sure: Sure,
    references: References,
    typos: Typos,
    amounts: Amounts,
    /// Credits whose texts were read in part.
    cut_texts: usize,
}

/// How sure each credit is, and whether each payment is paid beyond doubt.
#[derive(Default)]
struct Sure {
    credits: Vec<Certainty>,
    paid: Vec<bool>,
}

impl Candidates {
    /// Finds the candidates of the dirty records. Adds every record whose candidates changed, or for which references say
    /// something else now.
    pub(super) fn update(&mut self, search: &Search<'_>, dirty: &mut Sides<Marks>) {
        let store = search.store;
        let counts = store.counts();
        let fresh = store.tables[CREDITS].records.iter().skip(self.sure.credits.len());
        self.cut_texts += fresh.filter(|credit| credit.cut).count();
        self.graph.grow(counts);
        for list in [&mut self.returned, &mut self.taken, &mut self.sure.paid] {
            list.resize(counts[PAYMENTS], false);
        }
        self.sure.credits.resize(counts[CREDITS], Certainty::None);

        let named = self.references.find(search, dirty);
        let (named, told) = self.sort_out(search, dirty, named);
        let edges = flat_map(&named, search.threads, |(payment, credit, mention)| {
            search.edge(*payment, *credit, Some(*mention))
        });
        self.put(search, dirty, Step::Reference, edges);
        // Only now: their pairs by reference are as they were.
        for (marks, told) in dirty.iter_mut().zip(told) {
            marks.extend(told);
        }
        let certain = flat_map(dirty[CREDITS].list(), search.threads, |credit| {
            let edges = self.graph.of_credit(store, *credit);
            let levels = edges.filter(|edge| edge.step() == Step::Reference).map(certainty);
            Some((*credit, levels.max().unwrap_or_default()))
        });
        for (credit, level) in certain {
            self.sure.credits[credit as usize] = level;
        }

        self.references.mistaken(search, dirty);
        let edges = self
            .typos
            .find(search, &self.references, &self.sure, dirty[CREDITS].list());
        self.put(search, dirty, Step::Typo, edges);
        self.settle(search.threads, dirty);

        // By amount, for the records that are not settled beyond doubt.
        let eligible = Eligible {
            search,
            sure: &self.sure,
        };
        let edges = self.amounts.find(&eligible, dirty);
        self.put(search, dirty, Step::Amount, edges);
    }

    fn put(&mut self, search: &Search<'_>, dirty: &mut Sides<Marks>, step: Step, edges: Vec<Edge>) {
        let is_stale = |edge: &Edge| edge.step() == step;
        self.graph.replace(search.store, dirty, is_stale, edges);
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
        let sure = &self.sure;
        self.amounts.is_unchecked(&Eligible { search, sure }, edge)
    }

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

    /// Keeps the pairs of open payments and free credits, and notes what the others say. Returns the records about which they
    /// say something else now as well.
    fn sort_out(
        &mut self,
        search: &Search<'_>,
        dirty: &Sides<Marks>,
        named: Vec<Named>,
    ) -> (Vec<Named>, Sides<Vec<u32>>) {
        for place in dirty[PAYMENTS].list() {
            self.returned[*place as usize] = false;
            self.taken[*place as usize] = false;
        }
        let is_stale =
            |(credit, payment): &(u32, u32)| dirty[PAYMENTS].has(*payment) || dirty[CREDITS].has(*credit);
        let (mut changed, mut late): (Vec<_>, Vec<_>) = self.late.drain(..).partition(is_stale);
        let kept_late = late.len();
        let mut told: Sides<Vec<u32>> = [Vec::new(), Vec::new()];
        let mut kept = Vec::with_capacity(named.len());
        for (payment, credit, mention) in named {
            let (record, moved) = (search.store.payment(payment), search.store.credit(credit));
            let open = search.standing.is_open(PAYMENTS, payment);
            let free = search.standing.is_open(CREDITS, credit);
            let equal = record.currency == moved.currency && record.amount == moved.amount.abs();
            match (open, free) {
                (true, true) => kept.push((payment, credit, mention)),
                (true, false) if equal && mention.is_whole() => {
                    if moved.amount < 0 {
                        self.returned[payment as usize] = true;
                    } else if !moved.open {
                        self.taken[payment as usize] = true;
                    }
                    told[PAYMENTS].push(payment);
                }
                (false, true) if mention.is_plain() => late.push((credit, payment)),
                _ => {}
            }
        }
        changed.extend_from_slice(&late[kept_late..]);
        for (credit, payment) in changed {
            told[PAYMENTS].push(payment);
            told[CREDITS].push(credit);
        }
        late.sort_unstable();
        self.late = late;
        (kept, told)
    }

    /// Looks again at the payments whose pairs by reference changed. Adds those of which it is another one now whether they
    /// are paid beyond doubt.
    fn settle(&mut self, threads: usize, dirty: &mut Sides<Marks>) {
        let mut again = dirty[PAYMENTS].clone();
        for credit in dirty[CREDITS].list() {
            again.extend(self.graph.payments_of(*credit).iter().copied());
        }
        let paid = flat_map(again.list(), threads, |place| {
            Some((*place, self.is_surely_paid(*place)))
        });
        let turned = paid.into_iter().filter(|(place, paid)| {
            let before = std::mem::replace(&mut self.sure.paid[*place as usize], *paid);
            before != *paid
        });
        dirty[PAYMENTS].extend(turned.map(|(place, _)| place));
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
