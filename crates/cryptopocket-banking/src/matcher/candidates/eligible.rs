//! The records that are compared by amount.

use super::super::reference::{Key, mixed};
use super::super::search::Search;

/// One of each side: payments, and credits.
pub(super) type Sides<T> = [T; 2];

pub(super) const PAYMENTS: usize = 0;
pub(super) const CREDITS: usize = 1;

/// How sure a credit's reference is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    #[default]
    None,
    /// Reference alone.
    Named,
    /// Reference and amount.
    Reference,
    /// Reference, amount and payer.
    Payer,
}

/// The records that are compared by amount.
pub(super) struct Eligible<'s> {
    pub(super) search: &'s Search<'s>,
    pub(super) certain: &'s [Certainty],
    pub(super) paid: &'s [bool],
}

impl Eligible<'_> {
    /// Nothing can come near a payment that is paid beyond doubt, or a credit of which reference, amount and payer agree.
    pub(super) fn takes_part(&self, side: usize, place: u32) -> bool {
        let (at, standing) = (place as usize, self.search.standing);
        if side == PAYMENTS {
            standing.open[at] && !self.paid[at]
        } else {
            standing.free[at] && self.certain[at] != Certainty::Payer
        }
    }

    /// The key of the amount and its currency.
    pub(super) fn amount(&self, side: usize, place: u32) -> u64 {
        let (amount, currency) = if side == PAYMENTS {
            let record = self.search.payment(place);
            (record.amount, record.currency)
        } else {
            let record = self.search.credit(place);
            (record.amount, record.currency)
        };
        let [a, b, c] = *currency.as_str().as_bytes() else {
            return Key::hash(currency.as_str()) ^ mixed(amount.unsigned_abs(), 0);
        };
        mixed(
            amount.unsigned_abs(),
            u64::from_le_bytes([a, b, c, 0, 0, 0, 0, 0]),
        )
    }

    /// The name and the account of the payer, prepared.
    pub(super) fn payer(&self, side: usize, place: u32) -> (&str, &str) {
        let payer = if side == PAYMENTS {
            self.search.payment(place).payer
        } else {
            self.search.credit(place).payer
        };
        let store = self.search.store;
        (store.text(payer.name), store.text(payer.iban))
    }
}
