//! Prepared records, and how they are prepared.

use std::cmp::Ordering;
use std::ops::Range;

use cryptopocket_types::{Date, Iban, Money, Personal};

use super::expected::ExpectedPayment;
use super::marks::{BOTH, CREDITS, PAYMENTS, Side, Sides};
use super::name;
use super::parallel::both_sides;
use super::policy::Policy;
use super::problem::{RecordId, Rule};
use super::reading::Reader;
use super::record::{Glance, NO_DAY, Payer, Record};
use super::reference::{Keys, Reference};
use super::table::{Table, joined};
use super::text;
use super::texts::{Span, Texts};
use crate::{Transaction, TransactionKey, key};

/// Earlier and later days are mistakes.
const DAYS: Range<i32> = 7305..47_847;

/// Prepared records and their texts.
#[derive(Default)]
pub(super) struct Store {
    pub(super) texts: Texts,
    pub(super) tables: Sides<Table>,
}

/// Buffers that are kept from one record to the next.
#[derive(Default)]
pub(super) struct Scratch {
    reader: Reader,
    text: String,
}

impl Store {
    pub(super) fn text(&self, span: Span) -> &str {
        self.texts.text(span)
    }

    pub(super) fn record(&self, side: Side, place: u32) -> &Record {
        &self.tables[side][place]
    }

    pub(super) fn payment(&self, place: u32) -> &Record {
        self.record(PAYMENTS, place)
    }

    pub(super) fn credit(&self, place: u32) -> &Record {
        self.record(CREDITS, place)
    }

    pub(super) fn references(&self, credit: u32) -> &[Reference] {
        self.texts.references(self.credit(credit).references)
    }

    pub(super) fn key(&self, credit: u32) -> TransactionKey {
        self.key_of(self.credit(credit))
    }

    fn key_of(&self, record: &Record) -> TransactionKey {
        TransactionKey::from(self.text(record.id)).in_account(self.text(record.account))
    }

    pub(super) fn id(&self, payment: u32) -> &str {
        self.text(self.payment(payment).id)
    }

    /// The account of a payer, if it is an IBAN that no bank cut.
    pub(super) fn whole_account(&self, payer: &Payer) -> Option<&str> {
        let iban = self.text(payer.iban);
        (!iban.is_empty() && !iban.starts_with('~')).then_some(iban)
    }

    pub(super) fn payment_place(&self, id: &str) -> Option<u32> {
        self.tables[PAYMENTS].of_id(&self.texts, id).next()
    }

    /// The places of the credits that `key` may stand for: several when it names no account, or a credit's is unknown.
    pub(super) fn credit_places<'s>(&'s self, key: &'s TransactionKey) -> impl Iterator<Item = u32> + 's {
        let places = self.tables[CREDITS].of_id(&self.texts, key.id().as_str());
        places.filter(move |place| self.key(*place).may_be(key))
    }

    /// How two records of a side are ordered by id and account.
    pub(super) fn order(&self, side: Side, a: u32, b: u32) -> Ordering {
        self.tables[side].order(&self.texts, a, b)
    }

    pub(super) fn counts(&self) -> Sides<usize> {
        self.tables.each_ref().map(Table::len)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = RecordId> + '_ {
        self.record_ids(|table| table.records.iter().collect())
    }

    /// The ids of records that contradict others.
    pub(super) fn conflicts(&self) -> impl Iterator<Item = RecordId> + '_ {
        self.record_ids(|table| table.bad().collect())
    }

    fn record_ids<'s>(&'s self, of: fn(&'s Table) -> Vec<&'s Record>) -> impl Iterator<Item = RecordId> + 's {
        BOTH.into_iter().flat_map(move |side| {
            let records = of(&self.tables[side]).into_iter();
            records.map(move |record| match side {
                PAYMENTS => RecordId::Payment {
                    payment_id: self.text(record.id).into(),
                },
                _ => RecordId::Transaction(self.key_of(record)),
            })
        })
    }

    /// Appends the records of another store, which fits.
    pub(super) fn append(&mut self, mut other: Self) {
        for side in BOTH {
            let records = &mut other.tables[side].records;
            self.texts.shift(records);
            self.tables[side].records.append(records);
        }
        self.texts.arena.push_str(&other.texts.arena);
        self.texts.references.append(&mut other.texts.references);
    }

    /// Takes in a batch. Returns the payments and credits of which it tells something new.
    pub(super) fn adopt(&mut self, batch: Self, threads: usize) -> Sides<Vec<u32>> {
        let mut joined = both_sides(batch.counts(), threads, |side| {
            joined(&batch.tables[side].records, side, &batch.texts)
        });
        let mut from = Some(batch.texts);
        if self.counts() == [0, 0] {
            self.texts = from.take().unwrap_or_default();
        }
        BOTH.map(|side| {
            let records = std::mem::take(&mut joined[side]);
            self.tables[side].adopt(side, &mut self.texts, from.as_ref(), records)
        })
    }

    fn put_payer(
        &mut self,
        name: Option<&Personal>,
        iban: Option<&Personal>,
        scratch: &mut Scratch,
    ) -> Payer {
        let texts = &mut self.texts;
        let start = texts.arena.len();
        let name = name.map_or("", Personal::reveal);
        name::prepare(name, &mut scratch.text, &mut texts.arena);
        let name = texts.close(start);
        let iban = self.put_iban(iban.map(Personal::reveal), scratch);
        let glance = Glance::of(self.text(name), self.text(iban));
        Payer { name, iban, glance }
    }

    /// Puts an account in normal form. A number that is no IBAN is kept with its first characters: banks cut them.
    fn put_iban(&mut self, iban: Option<&str>, scratch: &mut Scratch) -> Span {
        let Some(iban) = iban else { return Span::default() };
        if let Ok(iban) = iban.parse::<Iban>() {
            return self.texts.put(iban.reveal());
        }
        scratch.text.clear();
        text::fold(iban, 64, &mut scratch.text);
        let start = self.texts.arena.len();
        self.texts.arena.push('~');
        self.texts.arena.extend(text::joined(&scratch.text).take(34));
        self.texts.close(start)
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
        let id = checked_id(payment.id.as_str())?;
        let concept = payment.concept.as_ref().map_or("", |concept| concept.as_str());
        let external_id = payment.external_id.as_ref().map_or("", |id| id.as_str());
        if !self
            .texts
            .has_room(room(id.len() + concept.len() + external_id.len()), 0)
        {
            return Err(Rule::TooMany);
        }
        let record = Record {
            day: payment.created.map_or(Ok(NO_DAY), day)?,
            id: self.texts.put(id),
            account: Span::default(),
            amount,
            currency: payment.amount.currency(),
            open: payment.is_open(),
            text: self.texts.put(concept),
            other_id: self.texts.put(external_id),
            keys: Keys::of(concept, id, external_id, &mut scratch.text),
            payer: self.put_payer(payment.payer_name.as_ref(), payment.payer_iban.as_ref(), scratch),
            references: Span::default(),
            cut: false,
        };
        self.tables[PAYMENTS].records.push(record);
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
        let id = checked_id(transaction.id.as_str())?;
        let payment_id = transaction.payment_id.value().map_or("", |id| id.as_str());
        let limit = usize::from(policy.limits.text_bytes);
        let account = transaction.iban.value().map_or("", Personal::reveal);
        let texts = &mut self.texts;
        let bytes = id.len() + payment_id.len() + account.len() + 2 * limit;
        if !texts.has_room(room(bytes), 1024) {
            return Err(Rule::TooMany);
        }
        let booked = transaction.booking_date.into_value();
        let day = day(booked.ok_or(Rule::UnreadableDate)?)?;
        let (start, first) = (texts.arena.len(), texts.references.len());
        let most = usize::from(policy.limits.references);
        let mut cut = false;
        if let Some(concept) = transaction.concept.value() {
            cut |= !text::fold(concept.reveal(), limit, &mut texts.arena);
            let (found, more) = scratch.reader.read(&texts.arena[start..], most);
            texts.references.extend_from_slice(found);
            cut |= more;
        }
        if let Some(end_to_end) = transaction.end_to_end_id.value() {
            texts.arena.push('\n');
            let from = texts.arena.len();
            cut |= !text::fold(end_to_end.reveal(), limit, &mut texts.arena);
            if let Some(whole) = scratch.reader.end_to_end(&texts.arena[from..]) {
                texts.references.push(whole);
                let (found, more) = scratch.reader.read(&texts.arena[from..], most);
                texts.references.extend_from_slice(found);
                cut |= more;
            }
        }
        let record = Record {
            references: texts.close_references(first),
            text: texts.close(start),
            id: texts.put(id),
            account: texts.put(&key::normal(account)),
            amount,
            currency: money.currency(),
            day,
            open: !transaction.reconciled && transaction.payment_id.is_absent(),
            other_id: texts.put(payment_id),
            payer: self.put_payer(
                transaction.counterparty_name.value(),
                transaction.counterparty_iban.value(),
                scratch,
            ),
            keys: Keys::default(),
            cut,
        };
        self.tables[CREDITS].records.push(record);
        Ok(())
    }

    /// Whether a folded text holds the letters and digits of `id`. Keys of texts are hashes, so a hit is not enough.
    pub(super) fn names_id(&self, credit: u32, id: &str) -> bool {
        let mut folded = String::new();
        text::fold(id, 256, &mut folded);
        let id: String = text::joined(&folded).collect();
        let joined: String = text::joined(self.text(self.credit(credit).text)).collect();
        joined.contains(id.trim_start_matches('0'))
    }
}

fn checked_id(id: &str) -> Result<&str, Rule> {
    match id.len() {
        _ if id.trim().is_empty() => Err(Rule::EmptyId),
        ..=512 => Ok(id),
        _ => Err(Rule::TooMany),
    }
}

/// Bytes that so many bytes of a record may take: folding adds some, and names and accounts are put as well.
const fn room(bytes: usize) -> usize {
    4 * bytes + 1024
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

fn day(date: Date) -> Result<i32, Rule> {
    let day = date.unix_days();
    DAYS.contains(&day).then_some(day).ok_or(Rule::DateOutOfRange)
}
