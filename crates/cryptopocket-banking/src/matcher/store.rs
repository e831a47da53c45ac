//! Prepared records: texts in one arena, amounts in minor units.

use std::ops::Range;

use cryptopocket_types::{Currency, Date, Iban, Money, Personal};

use super::expected::ExpectedPayment;
use super::glance::Glance;
use super::name;
use super::policy::Policy;
use super::problem::Rule;
use super::reading::Reader;
use super::reference::{Keys, Reference};
use super::text;
use crate::{Transaction, key};

/// A text in the arena.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

/// No day is known.
pub(super) const NO_DAY: i32 = i32::MIN;
/// Earlier and later days are mistakes.
const DAYS: Range<i32> = 7305..47_847;

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
    fn texts(&mut self) -> [&mut Span; 5] {
        let Payer { name, iban, .. } = &mut self.payer;
        [&mut self.id, &mut self.concept, &mut self.external_id, name, iban]
    }
}

impl Credit {
    /// Its own texts: many share the account.
    fn texts(&mut self) -> [&mut Span; 5] {
        let Payer { name, iban, .. } = &mut self.payer;
        [&mut self.id, &mut self.payment_id, &mut self.text, name, iban]
    }
}

/// Prepared records and their texts.
#[derive(Default)]
pub(super) struct Store {
    pub(super) arena: String,
    pub(super) references: Vec<Reference>,
    /// The account of the last credit: most credits of a list share it.
    pub(super) last_account: Span,
    pub(super) payments: Vec<Payment>,
    pub(super) credits: Vec<Credit>,
    /// The places of the records in the order of their ids.
    pub(super) payments_by_id: Vec<u32>,
    pub(super) credits_by_id: Vec<u32>,
    /// So many records from the first place on are in the order of ids.
    pub(super) ordered_payments: u32,
    pub(super) ordered_credits: u32,
}

/// Buffers that are kept from one record to the next.
#[derive(Default)]
pub(super) struct Scratch {
    reader: Reader,
    text: String,
}

impl Store {
    pub(super) fn text(&self, span: Span) -> &str {
        let start = span.start as usize;
        &self.arena[start..start + span.length as usize]
    }

    pub(super) fn references(&self, credit: &Credit) -> &[Reference] {
        let start = credit.references.start as usize;
        &self.references[start..start + credit.references.length as usize]
    }

    /// Ends the text that began at `start`. The arena's size was checked before.
    fn close(&self, start: usize) -> Span {
        #[allow(clippy::cast_possible_truncation, reason = "`has_room` bounds the arena")]
        Span {
            start: start as u32,
            length: (self.arena.len() - start) as u32,
        }
    }

    fn put(&mut self, text: &str) -> Span {
        let start = self.arena.len();
        self.arena.push_str(text);
        self.close(start)
    }

    fn put_payer(&mut self, name: Option<&str>, iban: Option<&str>, scratch: &mut Scratch) -> Payer {
        let start = self.arena.len();
        name::prepare(name.unwrap_or_default(), &mut scratch.text, &mut self.arena);
        let name = self.close(start);
        let iban = self.put_iban(iban, scratch);
        let glance = Glance::of(self.text(name), self.text(iban));
        Payer { name, iban, glance }
    }

    /// Puts an account in normal form. A number that is no IBAN is kept with its first characters: banks cut them.
    fn put_iban(&mut self, iban: Option<&str>, scratch: &mut Scratch) -> Span {
        let Some(iban) = iban else { return Span::default() };
        if let Ok(iban) = iban.parse::<Iban>() {
            return self.put(iban.reveal());
        }
        scratch.text.clear();
        text::fold(iban, 64, &mut scratch.text);
        let start = self.arena.len();
        self.arena.push('~');
        self.arena.extend(text::joined(&scratch.text).take(34));
        self.close(start)
    }

    fn put_account(&mut self, account: &str) -> Span {
        if self.text(self.last_account) != account {
            self.last_account = self.put(account);
        }
        self.last_account
    }

    /// Whether a record with `bytes` of text fits, with room for what folding adds.
    fn has_room(&self, bytes: usize) -> bool {
        let most = u32::MAX as usize;
        self.arena.len() + 4 * bytes + 1024 < most && self.references.len() + 1024 < most
    }

    pub(super) fn add_payment(
        &mut self,
        payment: &ExpectedPayment,
        policy: &Policy,
        scratch: &mut Scratch,
    ) -> Result<(), Rule> {
        let amount = minor_units(payment.amount, policy)?;
        if amount < 0 {
            return Err(Rule::NegativeAmount);
        }
        let id = payment.id.as_str();
        let (name, iban) = (payment.payer_name.as_ref(), payment.payer_iban.as_ref());
        let (name, iban) = (name.map(Personal::reveal), iban.map(Personal::reveal));
        let concept = payment.concept.as_ref().map_or("", |concept| concept.as_str());
        let external_id = payment.external_id.as_ref().map_or("", |id| id.as_str());
        check_id(id)?;
        if !self.has_room(id.len() + concept.len() + external_id.len()) {
            return Err(Rule::TooMany);
        }
        let created = day(payment.created)?;
        let record = Payment {
            id: self.put(id),
            amount,
            currency: payment.amount.currency(),
            created,
            open: payment.is_open(),
            concept: self.put(concept),
            external_id: self.put(external_id),
            keys: Keys::of(concept, id, external_id, &mut scratch.text),
            payer: self.put_payer(name, iban, scratch),
        };
        self.payments.push(record);
        Ok(())
    }

    pub(super) fn add_credit(
        &mut self,
        transaction: &Transaction,
        policy: &Policy,
        scratch: &mut Scratch,
    ) -> Result<(), Rule> {
        // A credit whose amount or day cannot be read is reported: it could be any payment's.
        let money = transaction.amount.into_value().ok_or(Rule::UnreadableAmount)?;
        let amount = minor_units(money, policy)?;
        let id = transaction.id.as_str();
        let payment_id = transaction.payment_id.value().map_or("", |id| id.as_str());
        check_id(id)?;
        let limit = usize::from(policy.limits.text_bytes);
        let account = transaction.iban.value().map_or(0, |iban| iban.reveal().len());
        if !self.has_room(id.len() + payment_id.len() + account + 2 * limit) {
            return Err(Rule::TooMany);
        }
        let booked = day(Some(
            transaction
                .booking_date
                .into_value()
                .ok_or(Rule::UnreadableDate)?,
        ))?;
        let start = self.arena.len();
        let first = self.references.len();
        let most = usize::from(policy.limits.references);
        let mut cut = false;
        if let Some(concept) = transaction.concept.value() {
            cut |= !text::fold(concept.reveal(), limit, &mut self.arena);
            let (found, more) = scratch.reader.read(&self.arena[start..], most);
            self.references.extend_from_slice(found);
            cut |= more;
        }
        if let Some(end_to_end) = transaction.end_to_end_id.value() {
            self.arena.push('\n');
            let from = self.arena.len();
            cut |= !text::fold(end_to_end.reveal(), limit, &mut self.arena);
            if let Some(whole) = scratch.reader.end_to_end(&self.arena[from..]) {
                self.references.push(whole);
                let (found, more) = scratch.reader.read(&self.arena[from..], most);
                self.references.extend_from_slice(found);
                cut |= more;
            }
        }
        self.keep_best_references(first);
        let text = self.close(start);
        #[allow(clippy::cast_possible_truncation, reason = "`has_room` bounds both")]
        let references = Span {
            start: first as u32,
            length: (self.references.len() - first) as u32,
        };
        let name = transaction.counterparty_name.value().map(Personal::reveal);
        let iban = transaction.counterparty_iban.value().map(Personal::reveal);
        let account = transaction.iban.value().map(|iban| key::normal(iban.reveal()));
        let account = account.unwrap_or_default();
        let record = Credit {
            id: self.put(id),
            account: self.put_account(&account),
            amount,
            currency: money.currency(),
            booked,
            reconciled: transaction.reconciled || !transaction.payment_id.is_absent(),
            payment_id: self.put(payment_id),
            references,
            text,
            payer: self.put_payer(name, iban, scratch),
            cut,
        };
        self.credits.push(record);
        Ok(())
    }

    /// Keeps each key once, with its best reading.
    fn keep_best_references(&mut self, first: usize) {
        if self.references.len() - first < 2 {
            return;
        }
        self.references[first..].sort_unstable_by_key(|found| (found.key, found.reading));
        let mut kept = first;
        for at in first + 1..self.references.len() {
            if self.references[at].key != self.references[kept].key {
                kept += 1;
                self.references[kept] = self.references[at];
            }
        }
        self.references.truncate(kept + 1);
    }

    /// Whether the texts and references of two other stores fit beside those of this one.
    pub(super) fn fits(&self, one: &Self, other: &Self) -> bool {
        self.has_room(usize::midpoint(one.arena.len(), other.arena.len()))
            && self.has_room(usize::midpoint(one.references.len(), other.references.len()))
    }

    /// Appends the records of another store, which fits.
    pub(super) fn append(&mut self, other: Self) {
        #[allow(clippy::cast_possible_truncation, reason = "`has_room` bounds both")]
        let (texts, references) = (self.arena.len() as u32, self.references.len() as u32);
        self.arena.push_str(&other.arena);
        self.references.extend(other.references);
        self.payments
            .extend(other.payments.into_iter().map(|mut payment| {
                payment.texts().into_iter().for_each(|span| span.start += texts);
                payment
            }));
        self.credits.extend(other.credits.into_iter().map(|mut credit| {
            credit.texts().into_iter().for_each(|span| span.start += texts);
            credit.account.start += texts;
            credit.references.start += references;
            credit
        }));
    }

    /// The record of another store with its texts in this one.
    pub(super) fn copy_payment(&mut self, from: &Self, record: &Payment) -> Payment {
        let mut copy = *record;
        for span in copy.texts() {
            *span = self.put(from.text(*span));
        }
        copy
    }

    /// The record of another store with its texts and references in this one.
    pub(super) fn copy_credit(&mut self, from: &Self, record: &Credit) -> Credit {
        let mut copy = *record;
        for span in copy.texts() {
            *span = self.put(from.text(*span));
        }
        copy.account = self.put_account(from.text(record.account));
        copy.references.start = u32::try_from(self.references.len()).unwrap_or(u32::MAX);
        self.references.extend_from_slice(from.references(record));
        copy
    }

    /// Whether a folded text holds the letters and digits of `id`. Keys of texts are hashes, so a hit is not enough.
    pub(super) fn names_id(&self, credit: &Credit, id: &str, scratch: &mut String) -> bool {
        scratch.clear();
        text::fold(id, 256, scratch);
        let id: String = text::joined(scratch).collect();
        let joined: String = text::joined(self.text(credit.text)).collect();
        joined.contains(id.trim_start_matches('0'))
    }
}

fn check_id(id: &str) -> Result<(), Rule> {
    if id.trim().is_empty() {
        return Err(Rule::EmptyId);
    }
    if id.len() > 512 {
        return Err(Rule::TooMany);
    }
    Ok(())
}

fn minor_units(amount: Money, policy: &Policy) -> Result<i64, Rule> {
    if amount.is_zero() {
        return Err(Rule::ZeroAmount);
    }
    let largest = Money::new(policy.largest_amount.into(), amount.currency());
    if amount.amount().abs() > largest.amount() {
        return Err(Rule::AbsurdAmount);
    }
    let minor = amount.to_minor().map_err(|_| Rule::FineAmount)?;
    i64::try_from(minor).map_err(|_| Rule::AbsurdAmount)
}

fn day(date: Option<Date>) -> Result<i32, Rule> {
    match date.map(Date::unix_days) {
        None => Ok(NO_DAY),
        Some(day) if DAYS.contains(&day) => Ok(day),
        Some(_) => Err(Rule::DateOutOfRange),
    }
}
