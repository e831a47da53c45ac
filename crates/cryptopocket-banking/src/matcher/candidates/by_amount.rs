//! Pairs of an equal amount.
//!
//! Where too many records share an amount, only those are compared that also share two words of a name, or an account.

mod shared;

use super::super::edge::Edge;
use super::super::index::Entry;
use super::super::marks::Marks;
use super::super::name;
use super::super::parallel::{both, in_parts};
use super::super::reference::Key;
use super::eligible::{CREDITS, Certainty, Eligible, PAYMENTS, Sides, mixed};
use shared::Shared;

/// The records by amount, and those of crowded amounts by name and by account.
#[derive(Default)]
pub(super) struct Amounts {
    pub(super) wholes: Shared,
    pub(super) names: Shared,
    pub(super) accounts: Shared,
    /// By credit.
    senders: Vec<Payer>,
}

/// What tells most payers apart at a glance.
#[derive(Clone, Copy, Default)]
struct Payer {
    words: u32,
    account: u32,
}

/// An account that is no whole IBAN.
const CUT: u32 = u32::MAX;

impl Payer {
    fn of(words: u32, account: &str) -> Self {
        let account = match account.as_bytes().first() {
            None => 0,
            Some(b'~') => CUT,
            #[allow(clippy::cast_possible_truncation, reason = "half of a hash is one, too")]
            Some(_) => Key::hash(account) as u32,
        };
        Self { words, account }
    }

    /// Whether names or accounts can agree; no is never wrong.
    const fn may_be(self, other: Self) -> bool {
        let accounts = self.account != 0
            && other.account != 0
            && (self.account == other.account || self.account == CUT || other.account == CUT);
        accounts || self.words == 0 || other.words == 0 || self.words & other.words != 0
    }
}

impl Eligible<'_> {
    /// Puts the keys of a record with this amount.
    fn put(&self, of: Trait, side: usize, place: u32, amount: u64, into: &mut Vec<Entry>) {
        let (name, account) = self.payer(side, place);
        match of {
            Trait::Amount => into.push((amount, place)),
            Trait::Name => {
                name_keys(name, amount, |key| into.push((key, place)));
            }
            Trait::Account if account.is_empty() || account.starts_with('~') => {}
            Trait::Account => into.push((mixed(amount, Key::hash(account)), place)),
        }
    }

    /// The keys of these records, sorted.
    fn keys(
        &self,
        places: [&[u32]; 2],
        keys: impl Fn(usize, u32, &mut Vec<Entry>) + Sync,
    ) -> Sides<Vec<Entry>> {
        let of_side = |side: usize| {
            let mut entries = Vec::new();
            for place in places[side] {
                keys(side, *place, &mut entries);
            }
            entries.sort_unstable();
            entries.dedup();
            entries
        };
        let (mut payments, mut credits) = (Vec::new(), Vec::new());
        let smaller = places[0].len().min(places[1].len());
        both(
            smaller,
            self.search.threads,
            || payments = of_side(PAYMENTS),
            || credits = of_side(CREDITS),
        );
        [payments, credits]
    }
}

/// What records are compared by.
#[derive(Clone, Copy)]
enum Trait {
    Amount,
    Name,
    Account,
}

/// Words of a name from which pairs are made.
const WORDS: usize = 8;

/// The keys of a payer's name at one amount: the whole name, and every two words of it. Two records of an equal name are
/// found by the first, however common its words are.
fn name_keys(name: &str, amount: u64, mut add: impl FnMut(u64)) {
    if !name.is_empty() {
        add(mixed(amount, Key::hash(name)));
    }
    let mut words = [0; WORDS];
    let mut count = 0;
    for (slot, word) in words
        .iter_mut()
        .zip(name::words(name).filter(|word| word.len() > 1))
    {
        *slot = mixed(amount, Key::hash(word));
        count += 1;
    }
    if count == 1 {
        add(mixed(words[0], words[0]));
    }
    for (at, first) in words[..count].iter().enumerate() {
        for second in &words[at + 1..count] {
            add(mixed(*first, *second));
        }
    }
}

impl Amounts {
    /// The pairs of these payments and credits whose payer agrees, or of whose payer nothing is known.
    ///
    /// Adds the records whose neighbours are compared in another way than before.
    pub(super) fn find(
        &mut self,
        eligible: &Eligible<'_>,
        again: &mut Sides<Marks>,
        told: &mut Sides<Marks>,
    ) -> Vec<Edge> {
        for record in &eligible.search.store.credits[self.senders.len()..] {
            let account = eligible.search.store.text(record.iban);
            self.senders.push(Payer::of(record.name_mask, account));
        }
        let lists = |again: &Sides<Marks>| again.each_ref().map(|marks| marks.list().to_vec());
        let all = lists(again);
        let keys = eligible.keys(all.each_ref().map(Vec::as_slice), |side, place, into| {
            into.push((eligible.amount(side, place), place));
        });
        let turned = self.wholes.update(eligible, &keys, again, told);
        let all = lists(again);
        let all = all.each_ref().map(Vec::as_slice);
        let crowded = &self.wholes.crowded;
        for (shared, of) in [
            (&mut self.names, Trait::Name),
            (&mut self.accounts, Trait::Account),
        ] {
            let entries = |is_crowded: bool| {
                eligible.keys(all, |side, place, into| {
                    let amount = eligible.amount(side, place);
                    if crowded.contains(&amount) == is_crowded
                        && (is_crowded || turned.binary_search(&amount).is_ok())
                    {
                        eligible.put(of, side, place, amount, into);
                    }
                })
            };
            if turned.iter().any(|key| !crowded.contains(key)) {
                for (key, _) in entries(false).iter().flatten() {
                    shared.crowded.remove(key);
                }
            }
            // Whether all were compared is another matter now, for the others of a key as well.
            shared.update(eligible, &entries(true), again, told);
        }
        self.pairs(eligible, again)
    }

    fn pairs(&self, eligible: &Eligible<'_>, again: &Sides<Marks>) -> Vec<Edge> {
        let search = eligible.search;
        let crowded = &self.wholes.crowded;
        let lists = again.each_ref().map(Marks::list);
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (shared, is_crowded, of) in [
            (&self.wholes, false, Trait::Amount),
            (&self.names, true, Trait::Name),
            (&self.accounts, true, Trait::Account),
        ] {
            let keys = eligible.keys(lists, |side, place, into| {
                if eligible.takes_part(side, place) {
                    let amount = eligible.amount(side, place);
                    if crowded.contains(&amount) == is_crowded {
                        eligible.put(of, side, place, amount, into);
                    }
                }
            });
            let payer = |payment: u32| {
                let record = search.payment(payment);
                Payer::of(record.name_mask, search.store.text(record.iban))
            };
            // Each pair is found from its payment, or else from its credit.
            shared.join(PAYMENTS, &keys, |payments, credits| {
                for (_, payment) in payments {
                    let payer = payer(*payment);
                    let credits = credits.places().filter(|credit| {
                        payer.may_be(self.senders[*credit as usize]) && eligible.takes_part(CREDITS, *credit)
                    });
                    pairs.extend(credits.map(|credit| (*payment, credit)));
                }
            });
            if again[PAYMENTS].is_all() {
                continue;
            }
            shared.join(CREDITS, &keys, |credits, payments| {
                let known =
                    |payment: &u32| !again[PAYMENTS].has(*payment) && eligible.takes_part(PAYMENTS, *payment);
                for payment in payments.places().filter(known) {
                    let payer = payer(payment);
                    let credits = credits.iter().map(|(_, credit)| *credit);
                    let credits = credits.filter(|credit| payer.may_be(self.senders[*credit as usize]));
                    pairs.extend(credits.map(|credit| (payment, credit)));
                }
            });
        }
        pairs.sort_unstable();
        pairs.dedup();
        in_parts(&pairs, search.threads, |part| {
            let weighed = part
                .iter()
                .filter_map(|(payment, credit)| search.edge(*payment, *credit, None));
            weighed
                .filter(|edge| edge.evidence.is_candidate_by_amount())
                .filter(|edge| {
                    !edge.evidence.is_amount_alone()
                        || eligible.certain[edge.credit as usize] == Certainty::None
                })
                .collect::<Vec<_>>()
        })
        .concat()
    }

    /// Whether one of the pair's records shares a name or an account with too many to compare all.
    pub(super) fn is_unchecked(&self, eligible: &Eligible<'_>, edge: &Edge) -> bool {
        if self.names.crowded.is_empty() && self.accounts.crowded.is_empty() {
            return false;
        }
        let (mut names, mut accounts) = (Vec::new(), Vec::new());
        for (side, place) in [(PAYMENTS, edge.payment), (CREDITS, edge.credit)] {
            let amount = eligible.amount(side, place);
            if eligible.takes_part(side, place) && self.wholes.crowded.contains(&amount) {
                eligible.put(Trait::Name, side, place, amount, &mut names);
                eligible.put(Trait::Account, side, place, amount, &mut accounts);
            }
        }
        names.iter().any(|(key, _)| self.names.crowded.contains(key))
            || accounts
                .iter()
                .any(|(key, _)| self.accounts.crowded.contains(key))
    }
}
