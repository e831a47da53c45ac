//! Pairs of an equal amount.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use super::super::join::{Entry, in_parts, join};
use super::super::name;
use super::super::problem::Cut;
use super::super::store::{Credit, Payment};
use super::{Candidates, Certainty, Edge, Search, places};

impl Search<'_> {
    /// Pairs of an equal amount whose payer agrees, or of whose payer nothing is known. Nothing can come near the pairs of
    /// which reference, amount and payer agree, so their records are left out.
    pub(super) fn by_amount(
        &self,
        certain: &[Certainty],
        paid: &[bool],
        found: &mut Candidates,
    ) -> Vec<Edge> {
        let store = self.store;
        let payments: Vec<(u32, &Payment)> = places(&store.payments)
            .filter(|(place, _)| self.open[*place as usize] && !paid[*place as usize])
            .collect();
        let credits: Vec<(u32, &Credit)> = places(&store.credits)
            .filter(|(place, _)| self.free[*place as usize] && certain[*place as usize] != Certainty::Payer)
            .collect();
        let mut left: Vec<Entry> = payments
            .iter()
            .map(|(place, payment)| (amount_key(payment.amount, payment.currency.as_str()), *place))
            .collect();
        let mut right: Vec<Entry> = credits
            .iter()
            .map(|(place, credit)| (amount_key(credit.amount, credit.currency.as_str()), *place))
            .collect();
        let most = self.policy.limits.pairs;
        let mut pairs = Vec::new();
        let crowded = join(&mut left, &mut right, most, |_, payment, credit| {
            pairs.push((payment, credit));
        });
        let in_crowd =
            |amount: i64, currency: &str| crowded.binary_search(&amount_key(amount, currency)).is_ok();
        if !crowded.is_empty() {
            found.cuts.push(Cut::Amounts(crowded.len()));
            let payers = payments
                .iter()
                .filter(|(_, record)| in_crowd(record.amount, record.currency.as_str()))
                .map(|(place, record)| {
                    let key = amount_key(record.amount, record.currency.as_str());
                    (*place, key, store.text(record.name), store.text(record.iban))
                });
            let senders = credits
                .iter()
                .filter(|(_, record)| in_crowd(record.amount, record.currency.as_str()))
                .map(|(place, record)| {
                    let key = amount_key(record.amount, record.currency.as_str());
                    (*place, key, store.text(record.name), store.text(record.iban))
                });
            let (payers, senders) = (PayerKeys::of(payers), PayerKeys::of(senders));
            for (mut left, mut right, told) in [
                (payers.names, senders.names, Cut::Names as fn(usize) -> Cut),
                (payers.accounts, senders.accounts, Cut::Accounts),
            ] {
                let cut = join(&mut left, &mut right, most, |_, payment, credit| {
                    pairs.push((payment, credit));
                });
                if !cut.is_empty() {
                    found.cuts.push(told(cut.len()));
                }
                // Their rivals were not looked at, so nothing may rest on there being none.
                let uncompared = |entries: &[Entry]| -> Vec<u32> {
                    let of_cut = entries.iter().filter(|(key, _)| cut.binary_search(key).is_ok());
                    of_cut.map(|(_, place)| *place).collect()
                };
                found.unchecked_payments.extend(uncompared(&left));
                found.unchecked_credits.extend(uncompared(&right));
            }
            for places in [&mut found.unchecked_payments, &mut found.unchecked_credits] {
                places.sort_unstable();
                places.dedup();
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        in_parts(&pairs, self.threads, |part| {
            let weighed = part
                .iter()
                .filter_map(|(payment, credit)| self.edge(*payment, *credit, None));
            weighed
                .filter(|edge| edge.evidence.is_candidate_by_amount())
                .filter(|edge| {
                    !edge.evidence.is_amount_alone() || certain[edge.credit as usize] == Certainty::None
                })
                .collect::<Vec<_>>()
        })
        .concat()
    }
}

fn amount_key(amount: i64, currency: &str) -> u64 {
    hashed(&(amount, currency))
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Words of a name from which pairs are made.
const WORDS: usize = 8;

/// Keys of payers at one amount.
#[derive(Default)]
struct PayerKeys {
    /// Whole names, and every two words of them. The name of two records that are equal is found by the first, however
    /// common its words are.
    names: Vec<Entry>,
    accounts: Vec<Entry>,
}

impl PayerKeys {
    fn of<'t>(payers: impl Iterator<Item = (u32, u64, &'t str, &'t str)>) -> Self {
        let mut keys = Self::default();
        for (place, amount, name, account) in payers {
            if !name.is_empty() {
                keys.names.push((hashed(&(amount, name)), place));
            }
            let words: Vec<&str> = name::words(name)
                .filter(|word| word.len() > 1)
                .take(WORDS)
                .collect();
            if let [one] = words[..] {
                keys.names.push((hashed(&(amount, one, one)), place));
            }
            for (at, first) in words.iter().enumerate() {
                for second in &words[at + 1..] {
                    keys.names.push((hashed(&(amount, first, second)), place));
                }
            }
            if !account.is_empty() && !account.starts_with('~') {
                keys.accounts.push((hashed(&(amount, account)), place));
            }
        }
        keys
    }
}
