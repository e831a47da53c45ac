//! What tells payers apart at a glance.

use super::name;
use super::reference::Key;

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
