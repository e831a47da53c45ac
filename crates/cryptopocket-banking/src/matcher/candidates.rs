//! Candidates: the pairs of payment and credit that some evidence ties.

mod by_amount;
mod typo;

use std::collections::BTreeSet;

use super::evidence::{Evidence, Mention};
use super::join::{Entry, KeyFilter, in_parts, join};
use super::policy::Policy;
use super::problem::Cut;
use super::reference::{Key, Origin};
use super::store::{Credit, Payment, Store, is_mention};

/// A pair with its evidence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) payment: u32,
    pub(super) credit: u32,
    pub(super) score: u16,
    /// Whether the pair, looked at alone, may be confirmed.
    pub(super) confirmable: bool,
    pub(super) evidence: Evidence,
}

/// The candidates, and what else the references say.
#[derive(Default)]
pub(super) struct Candidates {
    /// By payment, then by credit.
    pub(super) edges: Vec<Edge>,
    /// Open payments whose money went back, or that a reconciled credit names with their amount.
    pub(super) returned: Vec<u32>,
    pub(super) taken: Vec<u32>,
    /// Credits that name a closed payment: `(credit, payment)`, sorted.
    pub(super) late: Vec<Entry>,
    /// Payments and credits that were not compared with all others of their amount; sorted.
    pub(super) unchecked_payments: Vec<u32>,
    pub(super) unchecked_credits: Vec<u32>,
    pub(super) cuts: Vec<Cut>,
}

impl Candidates {
    /// Whether the credit names a closed payment.
    pub(super) fn is_late(&self, credit: u32) -> bool {
        let at = self.late.partition_point(|(late, _)| *late < u64::from(credit));
        self.late
            .get(at)
            .is_some_and(|(late, _)| *late == u64::from(credit))
    }
}

/// What may take part: open payments, and credits that are not reconciled.
pub(super) struct Search<'s> {
    pub(super) store: &'s Store,
    pub(super) policy: &'s Policy,
    pub(super) threads: usize,
    pub(super) open: &'s [bool],
    pub(super) free: &'s [bool],
    /// Pairs that a person rejected.
    pub(super) excluded: &'s BTreeSet<(u32, u32)>,
}

/// A payment and a credit that names it.
type Named = (u32, u32, Mention);

impl Search<'_> {
    pub(super) fn run(&self) -> Candidates {
        let mut found = Candidates::default();
        let named = self.named(&mut found.cuts);
        let named = self.sort_out(named, &mut found);
        found.edges = self.weigh(&named);
        found.edges.retain(|edge| edge.evidence.mention.is_some());
        let settled = self.certain_credits(&found.edges);
        found.edges.extend(self.typos(&settled, &mut found.cuts));
        let paid = self.surely_paid(&found);
        let by_amount = self.by_amount(&settled, &paid, &mut found);
        found.edges.extend(by_amount);
        // The pair's best mention decides; without one, the pair was found by its amount.
        found.edges.sort_unstable_by_key(|edge| {
            (
                edge.payment,
                edge.credit,
                edge.evidence.mention.is_none(),
                edge.evidence.mention.map(Mention::rank),
            )
        });
        found.edges.dedup_by_key(|edge| (edge.payment, edge.credit));
        found
    }

    fn payment(&self, place: u32) -> &Payment {
        &self.store.payments[place as usize]
    }

    fn credit(&self, place: u32) -> &Credit {
        &self.store.credits[place as usize]
    }

    /// Every pair in which the credit's text names the payment.
    fn named(&self, cuts: &mut Vec<Cut>) -> Vec<Named> {
        let store = self.store;
        let mut credits: Vec<Entry> = Vec::with_capacity(store.credits.len() * 2);
        for (place, credit) in places(&store.credits) {
            credits.extend(store.references(credit).iter().map(|found| (found.key.0, place)));
        }
        let filter = KeyFilter::of(credits.iter().map(|(key, _)| *key), credits.len());
        let all: Vec<(u32, &Payment)> = places(&store.payments).collect();
        let parts = in_parts(&all, self.threads, |part| {
            let mut entries: Vec<Entry> = Vec::with_capacity(part.len() * 2);
            let mut origins: Vec<(u64, u32, Origin)> = Vec::with_capacity(part.len() * 2);
            for (place, payment) in part {
                payment.keys.each(|key, origin| {
                    if filter.may_hold(key.0) {
                        entries.push((key.0, *place));
                        origins.push((key.0, *place, origin));
                    }
                });
            }
            (entries, origins)
        });
        let (mut payments, mut origins) = (Vec::new(), Vec::new());
        for (entries, part) in parts {
            payments.extend(entries);
            origins.extend(part);
        }
        origins.sort_unstable();
        let mut named = Vec::new();
        let mut scratch = String::new();
        let too_many = join(
            &mut payments,
            &mut credits,
            self.policy.limits.pairs,
            |key, payment, credit| {
                let at = origins.partition_point(|(k, p, _)| (*k, *p) < (key, payment));
                let (_, _, origin) = origins[at];
                let references = store.references(self.credit(credit));
                let Some(reference) = references.iter().find(|found| found.key.0 == key) else {
                    return;
                };
                let is_hash = !Key(key).is_number();
                if is_hash && !self.is_named(payment, credit, origin, &mut scratch) {
                    return;
                }
                named.push((payment, credit, Mention::new(reference, origin, self.policy)));
            },
        );
        if !too_many.is_empty() {
            cuts.push(Cut::References(too_many.len()));
        }
        named.sort_unstable_by_key(|(payment, credit, mention)| (*payment, *credit, mention.rank()));
        named.dedup_by_key(|(payment, credit, _)| (*payment, *credit));
        named
    }

    fn is_named(&self, payment: u32, credit: u32, origin: Origin, scratch: &mut String) -> bool {
        let record = self.payment(payment);
        let id = match origin {
            Origin::Concept | Origin::Derived => record.concept,
            Origin::PaymentId => record.id,
            Origin::ExternalId => record.external_id,
        };
        self.store
            .names_id(self.credit(credit), self.store.text(id), scratch)
    }

    /// Keeps the pairs of open payments and free credits, and notes what the others say.
    fn sort_out(&self, named: Vec<Named>, found: &mut Candidates) -> Vec<Named> {
        let mut kept = Vec::with_capacity(named.len());
        for (payment, credit, mention) in named {
            let (record, moved) = (self.payment(payment), self.credit(credit));
            let (open, free) = (self.open[payment as usize], self.free[credit as usize]);
            let equal = record.currency == moved.currency && record.amount == moved.amount.abs();
            match (open, free) {
                (true, true) => kept.push((payment, credit, mention)),
                (true, false) if equal && is_mention(mention.reading) => {
                    if moved.amount < 0 {
                        found.returned.push(payment);
                    } else if moved.reconciled {
                        found.taken.push(payment);
                    }
                }
                (false, true) if mention.is_plain() => found.late.push((u64::from(credit), payment)),
                _ => {}
            }
        }
        found.returned.dedup();
        found.taken.dedup();
        found.late.sort_unstable();
        kept
    }

    fn weigh(&self, pairs: &[Named]) -> Vec<Edge> {
        in_parts(pairs, self.threads, |part| {
            let weighed = part
                .iter()
                .filter_map(|(payment, credit, mention)| self.edge(*payment, *credit, Some(*mention)));
            weighed.collect::<Vec<_>>()
        })
        .concat()
    }

    fn edge(&self, payment: u32, credit: u32, mention: Option<Mention>) -> Option<Edge> {
        if self.excluded.contains(&(payment, credit)) {
            return None;
        }
        let evidence = Evidence::weigh(
            self.store,
            self.policy,
            self.payment(payment),
            self.credit(credit),
            mention,
        )?;
        Some(Edge {
            payment,
            credit,
            score: evidence.score(self.policy),
            confirmable: evidence.obstacle(&self.policy.confirm).is_none(),
            evidence,
        })
    }

    /// How sure each credit is: where reference, amount and payer agree, no other evidence can come near.
    fn certain_credits(&self, edges: &[Edge]) -> Vec<Certainty> {
        let mut certain = vec![Certainty::None; self.store.credits.len()];
        for edge in edges {
            let plain = edge.evidence.mention.is_some_and(Mention::is_plain);
            let sure = match (edge.confirmable, edge.evidence.same_payer()) {
                (true, true) => Certainty::Payer,
                (true, false) => Certainty::Reference,
                (false, _) if plain => Certainty::Named,
                (false, _) => Certainty::None,
            };
            let level = &mut certain[edge.credit as usize];
            *level = (*level).max(sure);
        }
        certain
    }

    /// Payments that one credit pays beyond doubt: it names this payment alone, with its amount and payer, and nothing else
    /// names the payment. Such a payer does not wait to pay, so no other credit can be meant for the payment.
    fn surely_paid(&self, found: &Candidates) -> Vec<bool> {
        let mut of_payment = vec![0_u8; self.store.payments.len()];
        let mut of_credit = vec![0_u8; self.store.credits.len()];
        for edge in &found.edges {
            for count in [
                &mut of_payment[edge.payment as usize],
                &mut of_credit[edge.credit as usize],
            ] {
                *count = count.saturating_add(1);
            }
        }
        let mut paid = vec![false; self.store.payments.len()];
        for edge in found
            .edges
            .iter()
            .filter(|edge| edge.confirmable && edge.evidence.same_payer())
        {
            let (payment, credit) = (edge.payment as usize, edge.credit as usize);
            let alone = of_payment[payment] == 1 && of_credit[credit] == 1;
            let moved = found.returned.binary_search(&edge.payment).is_ok()
                || found.taken.binary_search(&edge.payment).is_ok()
                || found.is_late(edge.credit);
            paid[payment] = alone && !moved;
        }
        paid
    }
}

/// How sure a credit's reference is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    None,
    /// Reference alone.
    Named,
    /// Reference and amount.
    Reference,
    /// Reference, amount and payer.
    Payer,
}

/// The records with their places.
pub(super) fn places<T>(records: &[T]) -> impl Iterator<Item = (u32, &T)> {
    (0_u32..).zip(records)
}
