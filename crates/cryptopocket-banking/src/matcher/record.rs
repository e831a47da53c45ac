//! Payments and credits, prepared: texts are spans of an arena, amounts are in minor units.

use cryptopocket_types::Currency;

use super::name;
use super::problem::RecordId;
use super::reason::ReferenceKind;
use super::reference::{Key, Keys};
use super::texts::{Span, Texts};
use crate::TransactionKey;

/// No day is known.
pub(super) const NO_DAY: i32 = i32::MIN;

/// Who pays: the name and the account, prepared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Payer {
    pub(super) name: Span,
    pub(super) iban: Span,
    pub(super) glance: Glance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payment {
    pub(super) id: Span,
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) created: i32,
    pub(super) open: bool,
    /// The concept as it was given, for texts.
    pub(super) concept: Span,
    pub(super) external_id: Span,
    pub(super) keys: Keys,
    pub(super) payer: Payer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Credit {
    pub(super) id: Span,
    /// The account that holds it, in normal form; empty if it is unknown.
    pub(super) account: Span,
    /// Negative for a debit.
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) booked: i32,
    pub(super) reconciled: bool,
    /// The payment that it is reconciled with.
    pub(super) payment_id: Span,
    pub(super) references: Span,
    /// The folded text.
    pub(super) text: Span,
    pub(super) payer: Payer,
    pub(super) cut: bool,
}

impl Payment {
    /// The text of a reference, as it was given.
    pub(super) const fn reference(&self, kind: ReferenceKind) -> Span {
        match kind {
            ReferenceKind::Concept | ReferenceKind::ConceptWithCheckDigit => self.concept,
            ReferenceKind::PaymentId => self.id,
            ReferenceKind::ExternalId => self.external_id,
        }
    }
}

/// A payment or a credit.
pub(super) trait Record: Copy + PartialEq + Sync {
    /// Its id, and the account that holds it.
    fn identity<'t>(&self, texts: &'t Texts) -> (&'t str, &'t str);

    fn record_id(&self, texts: &Texts) -> RecordId;

    /// Visits its texts.
    fn each_text(&mut self, visit: impl FnMut(&mut Span));

    fn references(&mut self) -> Option<&mut Span> {
        None
    }

    /// The record that two records of one identity make; `None` when they contradict each other.
    fn join(&self, other: &Self, texts: &Texts) -> Option<Self>;
}

impl Record for Payment {
    fn identity<'t>(&self, texts: &'t Texts) -> (&'t str, &'t str) {
        (texts.text(self.id), "")
    }

    fn record_id(&self, texts: &Texts) -> RecordId {
        let payment_id = texts.text(self.id).into();
        RecordId::Payment { payment_id }
    }

    fn each_text(&mut self, visit: impl FnMut(&mut Span)) {
        let Payer { name, iban, .. } = &mut self.payer;
        let texts = [&mut self.id, &mut self.concept, &mut self.external_id, name, iban];
        texts.into_iter().for_each(visit);
    }

    /// One source may know what another does not: a list of payments has no concept.
    fn join(&self, other: &Self, texts: &Texts) -> Option<Self> {
        if (self.amount, self.currency) != (other.amount, other.currency) {
            return None;
        }
        let created = match (self.created, other.created) {
            (NO_DAY, day) | (day, NO_DAY) => day,
            (x, y) if x == y => x,
            _ => return None,
        };
        let keys = Keys {
            concept: if self.keys.concept == [None; 2] {
                other.keys.concept
            } else {
                self.keys.concept
            },
            external_id: self.keys.external_id.or(other.keys.external_id),
            ..self.keys
        };
        Some(Self {
            created,
            keys,
            // The older record may still say that it is open.
            open: self.open && other.open,
            concept: texts.either(self.concept, other.concept)?,
            external_id: texts.either(self.external_id, other.external_id)?,
            payer: Payer {
                name: texts.either(self.payer.name, other.payer.name)?,
                iban: texts.either(self.payer.iban, other.payer.iban)?,
                glance: self.payer.glance.or(other.payer.glance),
            },
            ..*self
        })
    }
}

impl Credit {
    pub(super) fn key(&self, texts: &Texts) -> TransactionKey {
        TransactionKey::from(texts.text(self.id)).in_account(texts.text(self.account))
    }
}

impl Record for Credit {
    fn identity<'t>(&self, texts: &'t Texts) -> (&'t str, &'t str) {
        (texts.text(self.id), texts.text(self.account))
    }

    fn record_id(&self, texts: &Texts) -> RecordId {
        RecordId::Transaction(self.key(texts))
    }

    fn each_text(&mut self, visit: impl FnMut(&mut Span)) {
        let Payer { name, iban, .. } = &mut self.payer;
        let (account, text) = (&mut self.account, &mut self.text);
        let texts = [&mut self.id, account, &mut self.payment_id, text, name, iban];
        texts.into_iter().for_each(visit);
    }

    fn references(&mut self) -> Option<&mut Span> {
        Some(&mut self.references)
    }

    fn join(&self, other: &Self, texts: &Texts) -> Option<Self> {
        let same = |a: Span, b: Span| texts.text(a) == texts.text(b);
        let is_same = (self.amount, self.currency, self.booked)
            == (other.amount, other.currency, other.booked)
            && same(self.text, other.text)
            && same(self.payer.name, other.payer.name)
            && same(self.payer.iban, other.payer.iban);
        let payment_id = texts.either(self.payment_id, other.payment_id)?;
        is_same.then_some(Self {
            // The older record may not know of the reconciliation yet.
            reconciled: self.reconciled || other.reconciled,
            payment_id,
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
