//! Pairs of an equal amount.
//!
//! Where too many records share an amount, only those are compared that also share two words of a name, or an account.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use cryptopocket_types::Currency;

use super::super::index::{Entry, Index};
use super::super::marks::Marks;
use super::super::name;
use super::super::parallel::{both, in_parts};
use super::super::store::Span;
use super::{Certainty, Edge, Eligible};

/// The records by amount. The indices hold every record that took part once: who reads them asks whether it still does.
#[derive(Default)]
pub(in super::super) struct Amounts {
    payments: Index,
    credits: Index,
    /// Amounts that more payments and credits share than may be compared.
    pub(super) crowded: BTreeSet<u64>,
    pub(super) names: Payers,
    pub(super) accounts: Payers,
}

/// The records of crowded amounts by a trait of the payer.
#[derive(Default)]
pub(super) struct Payers {
    payments: Index,
    credits: Index,
    /// Those that more payments and credits share than may be compared.
    pub(super) cut: BTreeSet<u64>,
}

/// The keys of some records, sorted.
struct Keys {
    payments: Vec<Entry>,
    credits: Vec<Entry>,
}

impl Keys {
    fn sorted(mut payments: Vec<Entry>, mut credits: Vec<Entry>, threads: usize) -> Self {
        let count = payments.len().min(credits.len());
        both(
            count,
            threads,
            || payments.sort_unstable(),
            || credits.sort_unstable(),
        );
        payments.dedup();
        credits.dedup();
        Self { payments, credits }
    }

    /// Every key of either side.
    fn all(&self) -> Vec<Entry> {
        let mut keys: Vec<Entry> = self
            .payments
            .iter()
            .chain(&self.credits)
            .map(|(key, _)| (*key, 0))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

impl Amounts {
    /// The pairs of these payments and credits whose payer agrees, or of whose payer nothing is known.
    ///
    /// Adds the records whose neighbours are compared in another way than before.
    pub(super) fn find(
        &mut self,
        eligible: &Eligible<'_>,
        payments: &mut Marks,
        credits: &mut Marks,
        told: &mut (Marks, Marks),
    ) -> Vec<Edge> {
        let (search, most) = (eligible.search, eligible.search.policy.limits.pairs);
        let keys = Keys::sorted(
            payments
                .list()
                .iter()
                .map(|at| (eligible.amount_of_payment(*at), *at))
                .collect(),
            credits
                .list()
                .iter()
                .map(|at| (eligible.amount_of_credit(*at), *at))
                .collect(),
            search.threads,
        );
        insert((&mut self.payments, &mut self.credits), &keys, eligible);
        let turned = count_again(
            (&self.payments, &self.credits),
            &mut self.crowded,
            &keys,
            most,
            eligible,
        );
        for key in &turned {
            let (of, by) = (self.payments.of(*key).places(), self.credits.of(*key).places());
            let of: Vec<u32> = of.filter(|place| eligible.payment(*place)).collect();
            let by: Vec<u32> = by.filter(|place| eligible.credit(*place)).collect();
            told.0.extend(of.iter().copied());
            told.1.extend(by.iter().copied());
            payments.extend(of);
            credits.extend(by);
        }
        let (names, accounts) = self.payers(eligible, &turned, payments, credits);
        for (payers, keys) in [(&mut self.names, &names), (&mut self.accounts, &accounts)] {
            insert((&mut payers.payments, &mut payers.credits), keys, eligible);
            let turned = count_again(
                (&payers.payments, &payers.credits),
                &mut payers.cut,
                keys,
                most,
                eligible,
            );
            // Whether all were compared is another matter now, for the others of this key as well.
            for key in turned {
                let (of, by) = (payers.payments.of(key).places(), payers.credits.of(key).places());
                for place in of.filter(|place| eligible.payment(*place)) {
                    told.0.add(place);
                    payments.add(place);
                }
                for place in by.filter(|place| eligible.credit(*place)) {
                    told.1.add(place);
                    credits.add(place);
                }
            }
        }
        self.pairs(eligible, payments, credits)
    }

    /// The names and accounts of the records at crowded amounts, and at those that were crowded before.
    fn payers(
        &mut self,
        eligible: &Eligible<'_>,
        turned: &[u64],
        payments: &Marks,
        credits: &Marks,
    ) -> (Keys, Keys) {
        let search = eligible.search;
        let mut all: [Vec<Entry>; 4] = Default::default();
        let [paying, paying_accounts, sending, sending_accounts] = &mut all;
        let counts = |key: u64| self.crowded.contains(&key) || turned.binary_search(&key).is_ok();
        let uncrowded = |key: u64| !self.crowded.contains(&key);
        let (mut gone_names, mut gone_accounts) = (Vec::new(), Vec::new());
        for place in payments.list() {
            let key = eligible.amount_of_payment(*place);
            if counts(key) {
                let record = search.payment(*place);
                let (names, accounts) = if uncrowded(key) {
                    (&mut gone_names, &mut gone_accounts)
                } else {
                    (&mut *paying, &mut *paying_accounts)
                };
                eligible.payer(key, *place, (record.name, record.iban), names, accounts);
            }
        }
        for place in credits.list() {
            let key = eligible.amount_of_credit(*place);
            if counts(key) {
                let record = search.credit(*place);
                let (names, accounts) = if uncrowded(key) {
                    (&mut gone_names, &mut gone_accounts)
                } else {
                    (&mut *sending, &mut *sending_accounts)
                };
                eligible.payer(key, *place, (record.name, record.iban), names, accounts);
            }
        }
        for (gone, payers) in [(gone_names, &mut self.names), (gone_accounts, &mut self.accounts)] {
            for (key, _) in gone {
                payers.cut.remove(&key);
            }
        }
        let [paying, paying_accounts, sending, sending_accounts] = all;
        (
            Keys::sorted(paying, sending, search.threads),
            Keys::sorted(paying_accounts, sending_accounts, search.threads),
        )
    }

    fn pairs(&self, eligible: &Eligible<'_>, payments: &Marks, credits: &Marks) -> Vec<Edge> {
        let search = eligible.search;
        let mut amounts = (Vec::new(), Vec::new());
        let mut names = (Vec::new(), Vec::new());
        let mut accounts = (Vec::new(), Vec::new());
        for place in payments
            .list()
            .iter()
            .copied()
            .filter(|place| eligible.payment(*place))
        {
            let key = eligible.amount_of_payment(place);
            if self.crowded.contains(&key) {
                let record = search.payment(place);
                eligible.payer(
                    key,
                    place,
                    (record.name, record.iban),
                    &mut names.0,
                    &mut accounts.0,
                );
            } else {
                amounts.0.push((key, place));
            }
        }
        for place in credits
            .list()
            .iter()
            .copied()
            .filter(|place| eligible.credit(*place))
        {
            let key = eligible.amount_of_credit(place);
            if self.crowded.contains(&key) {
                let record = search.credit(place);
                eligible.payer(
                    key,
                    place,
                    (record.name, record.iban),
                    &mut names.1,
                    &mut accounts.1,
                );
            } else {
                amounts.1.push((key, place));
            }
        }
        let none = BTreeSet::new();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for ((of, by), indices, cut) in [
            (amounts, (&self.payments, &self.credits), &none),
            (
                names,
                (&self.names.payments, &self.names.credits),
                &self.names.cut,
            ),
            (
                accounts,
                (&self.accounts.payments, &self.accounts.credits),
                &self.accounts.cut,
            ),
        ] {
            // Each pair is found from its payment, or else from its credit.
            let keys = Keys::sorted(of, by, search.threads);
            indices.1.join(&keys.payments, |key, group, run| {
                if cut.is_empty() || !cut.contains(&key) {
                    let credits = || run.places().filter(|credit| eligible.credit(*credit));
                    for (_, payment) in group {
                        pairs.extend(credits().map(|credit| (*payment, credit)));
                    }
                }
            });
            if payments.is_all() {
                continue;
            }
            indices.0.join(&keys.credits, |key, group, run| {
                if cut.is_empty() || !cut.contains(&key) {
                    let left = |payment: &u32| eligible.payment(*payment) && !payments.has(*payment);
                    for (_, credit) in group {
                        pairs.extend(run.places().filter(left).map(|payment| (payment, *credit)));
                    }
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
        if self.names.cut.is_empty() && self.accounts.cut.is_empty() {
            return false;
        }
        let (payment, credit) = (
            eligible.search.payment(edge.payment),
            eligible.search.credit(edge.credit),
        );
        let (mut names, mut accounts) = (Vec::new(), Vec::new());
        let key = eligible.amount_of_payment(edge.payment);
        if eligible.payment(edge.payment) && self.crowded.contains(&key) {
            eligible.payer(
                key,
                edge.payment,
                (payment.name, payment.iban),
                &mut names,
                &mut accounts,
            );
        }
        let key = eligible.amount_of_credit(edge.credit);
        if eligible.credit(edge.credit) && self.crowded.contains(&key) {
            eligible.payer(
                key,
                edge.credit,
                (credit.name, credit.iban),
                &mut names,
                &mut accounts,
            );
        }
        names.iter().any(|(key, _)| self.names.cut.contains(key))
            || accounts.iter().any(|(key, _)| self.accounts.cut.contains(key))
    }
}

/// Puts the records that take part into the indices.
fn insert((payments, credits): (&mut Index, &mut Index), keys: &Keys, eligible: &Eligible<'_>) {
    let of = keys.payments.iter().filter(|(_, place)| eligible.payment(*place));
    let by = keys.credits.iter().filter(|(_, place)| eligible.credit(*place));
    let (of, by): (Vec<Entry>, Vec<Entry>) = (of.copied().collect(), by.copied().collect());
    payments.insert(of);
    credits.insert(by);
}

/// Counts anew how many pairs share these keys. Returns the keys, sorted, of which it is another matter now whether they
/// are more than `most`.
fn count_again(
    (payments, credits): (&Index, &Index),
    crowded: &mut BTreeSet<u64>,
    keys: &Keys,
    most: u32,
    eligible: &Eligible<'_>,
) -> Vec<u64> {
    let all = keys.all();
    // Keys with payments, each with their number.
    let mut counts: Vec<Entry> = Vec::new();
    payments.join(&all, |key, _, run| {
        let count = run.places().filter(|place| eligible.payment(*place)).count();
        if count > 0 {
            counts.push((key, u32::try_from(count).unwrap_or(u32::MAX)));
        }
    });
    let mut now: Vec<u64> = Vec::new();
    credits.join(&counts, |key, group, run| {
        let enough = most / group[0].1;
        let places = run.places().filter(|place| eligible.credit(*place));
        if places.take(enough as usize + 1).count() > enough as usize {
            now.push(key);
        }
    });
    let is_now = |key: u64| now.binary_search(&key).is_ok();
    let turned = all
        .iter()
        .map(|(key, _)| *key)
        .filter(|key| is_now(*key) != crowded.contains(key));
    let turned: Vec<u64> = turned.collect();
    for key in &turned {
        if !crowded.remove(key) {
            crowded.insert(*key);
        }
    }
    turned
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn amount_key(amount: i64, currency: Currency) -> u64 {
    hashed(&(amount, currency.as_str()))
}

/// Words of a name from which pairs are made.
const WORDS: usize = 8;

impl Eligible<'_> {
    fn amount_of_payment(&self, place: u32) -> u64 {
        let record = self.search.payment(place);
        amount_key(record.amount, record.currency)
    }

    fn amount_of_credit(&self, place: u32) -> u64 {
        let record = self.search.credit(place);
        amount_key(record.amount, record.currency)
    }

    /// Adds the keys of a payer at one amount: the whole name, and every two words of it. Two records of an equal name are
    /// found by the first, however common its words are.
    fn payer(
        &self,
        amount: u64,
        place: u32,
        (name, account): (Span, Span),
        names: &mut Vec<Entry>,
        accounts: &mut Vec<Entry>,
    ) {
        let (name, account) = (self.search.store.text(name), self.search.store.text(account));
        if !name.is_empty() {
            names.push((hashed(&(amount, name)), place));
        }
        let mut words = [""; WORDS];
        let mut count = 0;
        for (slot, word) in words
            .iter_mut()
            .zip(name::words(name).filter(|word| word.len() > 1))
        {
            *slot = word;
            count += 1;
        }
        if let [one] = words[..count] {
            names.push((hashed(&(amount, one, one)), place));
        }
        for (at, first) in words[..count].iter().enumerate() {
            for second in &words[at + 1..count] {
                names.push((hashed(&(amount, first, second)), place));
            }
        }
        if !account.is_empty() && !account.starts_with('~') {
            accounts.push((hashed(&(amount, account)), place));
        }
    }
}
