//! References: the keys under which a payment is found, and the references that a payer's text holds.

use std::num::NonZeroU64;

use super::check_digits;
use super::label::Label;
use super::reason::{ReferenceFound, ReferenceKind};
use super::text;

/// Digits of the longest number that is its own key.
const LONGEST_NUMBER: usize = 18;
/// Set for keys that are the hash of a text.
pub(super) const HASHED: u64 = 1 << 63;

/// The comparable form of a reference: a number without leading zeros, or the hash of joined letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(pub(super) u64);

impl From<NonZeroU64> for Key {
    fn from(key: NonZeroU64) -> Self {
        Self(key.get())
    }
}

impl Key {
    /// The key of letters and digits without separators; `None` for nothing but zeros.
    pub(super) fn of(joined: &str) -> Option<Self> {
        let number = joined.trim_start_matches('0');
        if number.is_empty() {
            return None;
        }
        if number.len() <= LONGEST_NUMBER && number.bytes().all(|b| b.is_ascii_digit()) {
            return number.parse().ok().map(Self);
        }
        Some(Self(Self::hash(number) | HASHED))
    }

    /// The hash of a text, the same in every run.
    pub(super) fn hash(text: &str) -> u64 {
        let parts = text.as_bytes().chunks(8);
        parts.fold(text.len() as u64, |hash, part| {
            let mut bytes = [0; 8];
            bytes[..part.len()].copy_from_slice(part);
            mixed(hash, u64::from_le_bytes(bytes))
        })
    }

    /// Whether it is a number; a hash must be compared by its text as well.
    pub(super) const fn is_number(self) -> bool {
        self.0 & HASHED == 0
    }

    /// The number of digits without leading zeros; the largest number for a hash.
    pub(super) const fn significant_digits(self) -> u8 {
        match self.0.checked_ilog10() {
            #[allow(clippy::cast_possible_truncation, reason = "at most 19")]
            Some(places) if self.is_number() => places as u8 + 1,
            _ => u8::MAX,
        }
    }
}

pub(super) const fn mixed(a: u64, b: u64) -> u64 {
    let sum = (a.rotate_left(23) ^ b).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (sum ^ (sum >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// A reference that was read from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) key: Key,
    pub(super) reading: ReferenceFound,
    /// A word such as `REF` stands before it.
    pub(super) labelled: bool,
    /// A word such as `INVOICE` or `TEL` stands before it.
    pub(super) foreign: bool,
    /// No other number stands in the text.
    pub(super) only: bool,
}

impl Reference {
    /// A reference behind this label, and the only number of its text as far as it is known.
    pub(super) fn new(key: Key, reading: ReferenceFound, label: Option<Label>) -> Self {
        Self {
            key,
            reading,
            labelled: label == Some(Label::Reference),
            foreign: label == Some(Label::Foreign),
            only: true,
        }
    }
}

/// Shorter external and payment ids are too common in texts to be keys.
const SHORTEST_ID: usize = 6;

/// The keys that a payment stores: those of its concept, of the number inside it when it is an ISO 11649 reference, of its id
/// and of its external id. Those with check digits are made from the concept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys([Option<NonZeroU64>; 4]);

const KINDS: [ReferenceKind; 4] = [
    ReferenceKind::Concept,
    ReferenceKind::Concept,
    ReferenceKind::PaymentId,
    ReferenceKind::ExternalId,
];

impl Keys {
    pub(super) fn of(concept: &str, payment_id: &str, external_id: &str, scratch: &mut String) -> Self {
        let mut joined = String::with_capacity(32);
        let mut join = |text: &str| {
            scratch.clear();
            text::fold(text, 256, scratch);
            joined.clear();
            joined.extend(text::joined(scratch));
            let key = Key::of(&joined);
            let id = key.filter(|key| joined.len() >= SHORTEST_ID && key.significant_digits() >= 6);
            (key, check_digits::iso_11649(&joined).and_then(Key::of), id)
        };
        let (whole, inside, _) = join(concept);
        let keys = [whole, inside, join(payment_id).2, join(external_id).2];
        Self(keys.map(|key| key.and_then(|key| NonZeroU64::new(key.0))))
    }

    /// Those of both, where one of them knows what the other does not.
    pub(super) fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at].or(other.0[at])))
    }

    fn concept(self) -> impl Iterator<Item = Key> {
        self.0.into_iter().take(2).flatten().map(Key::from)
    }

    /// The concept as a number that is long enough for a typing mistake in it to be told.
    pub(super) fn numbers(self) -> impl Iterator<Item = Key> {
        self.concept()
            .filter(|key| key.is_number() && key.significant_digits() >= 6)
    }

    /// What one of the keys stands for; of several the first.
    pub(super) fn origin(self, key: Key) -> ReferenceKind {
        let at = self.0.iter().position(|stored| *stored == NonZeroU64::new(key.0));
        at.map_or(ReferenceKind::ConceptWithCheckDigit, |at| KINDS[at])
    }

    pub(super) fn stored(self) -> impl Iterator<Item = Key> {
        self.0.into_iter().flatten().map(Key::from)
    }

    /// Every key, also of a printed form with a check digit.
    pub(super) fn all(self) -> impl Iterator<Item = Key> {
        let derived = self.concept().find(|key| key.is_number()).and_then(derived);
        self.stored().chain(derived.into_iter().flatten())
    }
}

/// The keys of a number with each check digit that a printed form may carry.
fn derived(number: Key) -> Option<[Key; 3]> {
    if !(5..=16).contains(&number.significant_digits()) {
        return None;
    }
    let mut digits = [0; 16];
    let mut from = digits.len();
    let mut rest = number.0;
    while rest > 0 {
        from -= 1;
        digits[from] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    let digits = &digits[from..];
    let printed = |check: &[u8]| {
        let append = |number, digit: &u8| number * 10 + u64::from(digit - b'0');
        Key(check.iter().fold(number.0, append))
    };
    Some([
        printed(&[check_digits::luhn(digits)]),
        printed(&[check_digits::mod_11_10(digits)]),
        printed(&check_digits::mod_97_10(digits)),
    ])
}

/// The numbers that differ from `number` by one typing mistake: one digit wrong, missing, too many, or two swapped.
pub(super) fn one_mistake_away(number: u64, mut visit: impl FnMut(u64)) {
    let mut places = [1_u64; 20];
    for place in 1..20 {
        places[place] = places[place - 1].saturating_mul(10);
    }
    let length = number.checked_ilog10().map_or(0, |places| places as usize + 1);
    for (place, power) in places.into_iter().enumerate().take(length) {
        let rest = number % power;
        let digit = number / power % 10;
        for other in (0..10).filter(|other| *other != digit) {
            visit(number - digit * power + other * power);
        }
        let above = number / (power * 10);
        visit(above * power + rest);
        if place + 1 < length && above % 10 != digit {
            let next = above % 10;
            visit(number - digit * power - next * power * 10 + digit * power * 10 + next * power);
        }
    }
    if length >= LONGEST_NUMBER {
        return;
    }
    for power in &places[..=length] {
        let (above, rest) = (number / power, number % power);
        for added in 0..10 {
            visit((above * 10 + added) * power + rest);
        }
    }
}

/// Numbers among which are all that one typing mistake makes `number` of.
pub(super) fn mistaken_for(number: u64, mut visit: impl FnMut(u64)) {
    one_mistake_away(number, &mut visit);
    // A first digit that is wrong or too many may stand before zeros.
    let length = number.checked_ilog10().map_or(0, |places| places + 1);
    for place in length..=18 {
        for digit in 1..=9 {
            visit(digit * 10_u64.pow(place) + number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<Key> {
        Key::of(text)
    }

    #[test]
    fn leading_zeros_do_not_count() {
        assert_eq!(key("00120037"), key("120037"));
        assert_eq!(key("120037"), Some(Key(120_037)));
        assert_eq!(key("0000"), None);
        assert_ne!(key("AB120037"), key("120037"));
        assert!(!key("1234567890123456789").unwrap().is_number());
        assert_eq!(key("00042").unwrap().significant_digits(), 2);
    }

    #[test]
    fn payment_is_found_with_its_check_digits() {
        let keys = Keys::of("7992739871", "p-1", "order-77", &mut String::new());
        let found: Vec<_> = keys.all().map(|key| (key, keys.origin(key))).collect();
        assert!(found.contains(&(Key(79_927_398_713), ReferenceKind::ConceptWithCheckDigit)));
        assert!(found.contains(&(Key(7_992_739_871), ReferenceKind::Concept)));
        assert!(found.contains(&(key("ORDER77").unwrap(), ReferenceKind::ExternalId)));
        assert!(
            !found
                .iter()
                .any(|(_, origin)| *origin == ReferenceKind::PaymentId),
            "p-1 is too short"
        );
    }

    #[test]
    fn one_mistake_covers_the_usual_slips() {
        let mut near = Vec::new();
        one_mistake_away(120_037, |other| near.push(other));
        for slip in [120_038, 12_037, 1_200_037, 1_200_377, 120_073, 210_037, 920_037] {
            assert!(near.contains(&slip), "{slip}");
        }
        for far in [120_037, 120_048, 37] {
            assert!(
                !near.contains(&far) || far == 120_037,
                "{far} is more than one mistake away"
            );
        }
    }

    #[test]
    fn every_mistake_is_found_from_the_other_side() {
        for number in [
            120_037,
            100_000,
            900_001,
            1_000_010,
            99_999,
            111_111_111_111_111_111,
        ] {
            one_mistake_away(number, |near| {
                let mut found = false;
                mistaken_for(near, |other| found |= other == number);
                assert!(found, "{near} of {number}");
            });
        }
    }
}
