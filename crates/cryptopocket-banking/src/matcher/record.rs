//! Payments and transactions, prepared: texts are spans of an arena, amounts are in minor units.

use cryptopocket_types::Currency;

use super::marks::{PAYMENTS, Side};
use super::name;
use super::reason::ReferenceKind;
use super::reference::{Key, Keys};
use super::texts::{Span, Texts};

/// No day is known.
pub(super) const NO_DAY: i32 = i32::MIN;

/// Who pays: the name and the account, prepared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Payer {
    pub(super) name: Span,
    pub(super) iban: Span,
    pub(super) glance: Glance,
}

/// A payment or a transaction. What only one of them has is empty in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) id: Span,
    /// The account that holds a transaction, in normal form; empty if it is unknown.
    pub(super) account: Span,
    /// Negative for a debit.
    pub(super) amount: i64,
    pub(super) currency: Currency,
    /// The day on which a payment was created, or a transaction booked.
    pub(super) day: i32,
    /// Whether its source says that a payment waits for money, or that a transaction is not reconciled.
    pub(super) open: bool,
    /// The concept of a payment as it was given, or the folded text of a transaction.
    pub(super) text: Span,
    /// The external id of a payment, or the id of the payment that a transaction is reconciled with.
    pub(super) other_id: Span,
    pub(super) payer: Payer,
    /// The keys of a payment.
    pub(super) keys: Keys,
    /// The references in the text of a transaction, and whether not all of it was read.
    pub(super) references: Span,
    pub(super) cut: bool,
}

impl Record {
    /// The text of a payment's reference, as it was given.
    pub(super) const fn reference(&self, kind: ReferenceKind) -> Span {
        match kind {
            ReferenceKind::Concept | ReferenceKind::ConceptWithCheckDigit => self.text,
            ReferenceKind::PaymentId => self.id,
            ReferenceKind::ExternalId => self.other_id,
        }
    }

    /// Its id, and the account that holds it.
    pub(super) fn identity<'t>(&self, texts: &'t Texts) -> (&'t str, &'t str) {
        (texts.text(self.id), texts.text(self.account))
    }

    pub(super) fn spans(&mut self) -> [&mut Span; 6] {
        let Payer { name, iban, .. } = &mut self.payer;
        let (id, account) = (&mut self.id, &mut self.account);
        [id, account, &mut self.text, &mut self.other_id, name, iban]
    }

    /// The record that two records of one identity make; `None` when they contradict each other.
    pub(super) fn join(&self, other: &Self, side: Side, texts: &Texts) -> Option<Self> {
        // One source may know what another does not: a list of payments has no concept. A bank tells all of a transaction.
        let joined = |a: Span, b: Span| match side {
            PAYMENTS => texts.either(a, b),
            _ => (texts.text(a) == texts.text(b)).then_some(a),
        };
        if (self.amount, self.currency) != (other.amount, other.currency) {
            return None;
        }
        let day = match (self.day, other.day) {
            (NO_DAY, day) | (day, NO_DAY) => day,
            (x, y) if x == y => x,
            _ => return None,
        };
        Some(Self {
            day,
            // The older record may still say that the payment waits, or know of no reconciliation.
            open: self.open && other.open,
            text: joined(self.text, other.text)?,
            other_id: texts.either(self.other_id, other.other_id)?,
            payer: Payer {
                name: joined(self.payer.name, other.payer.name)?,
                iban: joined(self.payer.iban, other.payer.iban)?,
                glance: self.payer.glance.or(other.payer.glance),
            },
            keys: self.keys.or(other.keys),
            ..*self
        })
    }
}

/// What tells most payers apart without a look at their texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Glance {
    /// See [`name::mask`]; zero without a name.
    words: u32,
    /// Zero without an account.
    account: u32,
}

/// An account that is no whole IBAN.
const CUT: u32 = u32::MAX;

impl Glance {
    pub(super) fn of(name: &str, iban: &str) -> Self {
        let account = match iban.as_bytes().first() {
            None => 0,
            Some(b'~') => CUT,
            #[allow(clippy::cast_possible_truncation, reason = "half of a hash is one, too")]
            Some(_) => Key::hash(iban) as u32 | 1,
        };
        Self {
            words: name::mask(name),
            account,
        }
    }

    /// That of both, where one of them knows what the other does not.
    pub(super) const fn or(self, other: Self) -> Self {
        Self {
            words: self.words | other.words,
            account: self.account | other.account,
        }
    }

    /// Whether names or accounts can agree, or nothing is known of the names; no is never wrong.
    pub(super) const fn may_be(self, other: Self) -> bool {
        let known = self.account != 0 && other.account != 0;
        (known && !self.is_other_account(other)) || !self.is_other_name(other)
    }

    /// Whether the names have no word in common; yes is never wrong.
    pub(super) const fn is_other_name(self, other: Self) -> bool {
        self.words != 0 && other.words != 0 && self.words & other.words == 0
    }

    /// Whether the accounts are two whole ones; yes is never wrong.
    pub(super) const fn is_other_account(self, other: Self) -> bool {
        let known = self.account != 0 && other.account != 0;
        known && self.account != other.account && self.account != CUT && other.account != CUT
    }
}
