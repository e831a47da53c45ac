//! Planted data: payments and bank transactions whose truth is known, with the ways in which banks and payers spoil them.
//!
//! The same seed gives the same data on every machine.

#![allow(clippy::unwrap_used, reason = "planted data is made of constants")]
#![allow(dead_code, reason = "the bench and the tests use different parts")]

#[path = "kinds.rs"]
mod kinds;
#[path = "names.rs"]
mod names;

use std::collections::HashMap;

use cryptopocket_banking::Transaction;
use cryptopocket_banking::matcher::{ExpectedPayment, NameMatch};
use cryptopocket_types::{Currency, Date, Field, Money};

pub(crate) use kinds::{Expected, KINDS, Kind};

/// Random numbers by the algorithm `SplitMix64`.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.below(items.len() as u64)).unwrap()]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).unwrap();
            items.swap(at, other);
        }
    }
}

/// What is true of a transaction: the payment that it was meant for, by id, and the kind of its case.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    pub(crate) payment: Option<String>,
    pub(crate) kind: Kind,
}

#[derive(Default)]
pub(crate) struct Planted {
    pub(crate) payments: Vec<ExpectedPayment>,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) truth: HashMap<String, Truth>,
    /// The kind of each payment's case, by id.
    pub(crate) kinds: HashMap<String, Kind>,
}

/// The part of the data that only sums tie.
const SUMS: u64 = 40;

pub(crate) struct Generator {
    pub(crate) random: Random,
    seed: u64,
    records: u64,
    /// Concepts of earlier parts.
    skipped: u64,
    /// Concepts that were given out, for those that name another payment.
    given: Vec<u64>,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            seed,
            records: 0,
            skipped: 0,
            given: Vec::new(),
        }
    }

    /// At least `count` payments and about as many transactions, in random order, and a twentieth more that only sums tie.
    pub(crate) fn plant(seed: u64, count: usize) -> Planted {
        let mut planted = Self::plant_part(seed, 0, count);
        let mut generator = Self::new(seed);
        generator.random = Random::new(seed ^ SUMS);
        generator.records = SUMS << 32;
        generator.skipped = SUMS * count as u64;
        for place in 0..count.div_ceil(40).max(2) {
            let kind = [Kind::SumOfCredits, Kind::SumOfPayments][place % 2];
            kinds::plant(&mut generator, kind, &mut planted);
        }
        planted
    }

    /// One of several parts that together are one set of data: no id and no concept is in two of them.
    pub(crate) fn plant_part(seed: u64, part: u64, count: usize) -> Planted {
        let mut generator = Self::new(seed);
        generator.random = Random::new(seed ^ part);
        generator.records = part << 32;
        generator.skipped = part * 2 * count as u64;
        let mut planted = Planted::default();
        while planted.payments.len() < count {
            let kind = kinds::draw(&mut generator.random);
            kinds::plant(&mut generator, kind, &mut planted);
        }
        generator.random.shuffle(&mut planted.payments);
        generator.random.shuffle(&mut planted.transactions);
        planted
    }

    /// A new id: no two records share one, and ids say nothing about pairs.
    fn id(&mut self, letter: char) -> String {
        self.records += 1;
        let mixed = Random::new(self.seed ^ self.records.wrapping_mul(0xD6E8_FEB8_6659_FD93)).next();
        format!("{letter}{mixed:016x}")
    }

    /// A new concept of eight digits: a permutation of all of them.
    fn concept(&mut self) -> u64 {
        // 90,000,000 and 59,999,983 have no common factor.
        let place = self.skipped + self.given.len() as u64;
        let concept = 10_000_000 + (place * 59_999_983 + self.seed % 90_000_000) % 90_000_000;
        self.given.push(concept);
        concept
    }

    /// A concept that was given to another payment than the last one.
    fn other_concept(&mut self) -> u64 {
        let count = (self.given.len() as u64 - 1).max(1);
        self.given[usize::try_from(self.random.below(count)).unwrap()]
    }

    fn amount(&mut self) -> Money {
        let currency = match self.random.below(20) {
            0 => Currency::USD,
            1 => Currency::BRL,
            2 => Currency::CLP,
            _ => Currency::EUR,
        };
        let minor = if self.random.below(10) < 3 {
            *self.random.pick(&[
                2_000, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 50_000, 100_000,
            ])
        } else {
            1_000 + self.random.below(299_000)
        };
        Money::from_minor(minor, currency)
    }

    fn payment(&mut self) -> ExpectedPayment {
        let id = self.id('p');
        let amount = self.amount();
        let mut payment = ExpectedPayment::new(id, amount);
        payment.concept = Some(self.concept().into());
        payment.created = Some(day(self.random.below(90)));
        payment.status = Some("pending_bank".into());
        let name = names::name(&mut self.random);
        payment.payer_name = Some(name.into());
        if self.random.below(3) == 0 {
            payment.payer_iban = Some(names::iban(&mut self.random).into());
        }
        payment
    }

    /// Makes the payer of `payment` a person whose name does not agree with that of the other payment.
    fn other_person(&mut self, payment: &mut ExpectedPayment, other: &ExpectedPayment) {
        let expected = other.payer_name.as_ref().unwrap().reveal();
        let mut name = names::name(&mut self.random);
        while NameMatch::of(expected, &name).agrees() {
            name = names::name(&mut self.random);
        }
        payment.payer_name = Some(name.into());
    }

    /// The credit that pays `payment` with this text, from its payer.
    fn credit(&mut self, payment: &ExpectedPayment, text: &str) -> Transaction {
        let id = self.id('t');
        let days = i32::try_from(self.random.below(5)).unwrap();
        let booked = payment.created.unwrap().checked_add_days(days).unwrap();
        let mut credit = Transaction::new(id, payment.amount, booked);
        credit.concept = Field::Value(text.into());
        if let Some(name) = &payment.payer_name {
            credit.counterparty_name = Field::Value(names::as_bank(&mut self.random, name.reveal()).into());
        }
        let iban = match &payment.payer_iban {
            Some(iban) if self.random.below(10) > 0 => iban.reveal().to_owned(),
            _ => names::iban(&mut self.random),
        };
        credit.counterparty_iban = Field::Value(iban.into());
        credit
    }
}

fn day(after: u64) -> Date {
    let first: Date = "2026-01-05".parse().unwrap();
    first.checked_add_days(i32::try_from(after).unwrap()).unwrap()
}
