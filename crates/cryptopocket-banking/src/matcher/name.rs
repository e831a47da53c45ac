//! Names of payers in a comparable form, and how well two of them agree.

mod forms;

use std::cmp::Ordering;

use cryptopocket_types::words;
use serde::{Deserialize, Serialize};

use super::text;
use forms::{is_particle, long_form, take_company_form};

words! {
    /// How well the payer's name agrees with the expected one, in the words of the Verification of Payee scheme.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_banking::matcher::NameMatch;
    ///
    /// assert_eq!(NameMatch::of("José García López", "GARCIA LOPEZ, JOSE"), NameMatch::Match);
    /// assert_eq!(NameMatch::of("José García López", "J. Garcia Lopez"), NameMatch::CloseMatch);
    /// assert_eq!(NameMatch::of("Müller GmbH", "Mueller G.m.b.H."), NameMatch::Match);
    /// assert_eq!(NameMatch::of("Ana Pérez", "Luis Gómez"), NameMatch::NoMatch);
    /// assert_eq!(NameMatch::of("Ana Pérez", ""), NameMatch::NotApplicable);
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub enum NameMatch {
        /// The same name, in any order of its words.
        #[serde(rename = "MTCH")]
        Match = "MTCH",
        /// A part of the name, an initial, a cut word or one typing mistake.
        #[serde(rename = "CMTC")]
        CloseMatch = "CMTC",
        /// Another name.
        #[serde(rename = "NMTC")]
        NoMatch = "NMTC",
        /// One of the names is missing.
        #[serde(rename = "NOAP")]
        NotApplicable = "NOAP",
    }
}

impl NameMatch {
    /// Compares two names.
    pub fn of(expected: &str, found: &str) -> Self {
        let prepared = [expected, found].map(|name| {
            let mut prepared = String::new();
            prepare(name, &mut String::new(), &mut prepared);
            prepared
        });
        compare(&prepared[0], &prepared[1])
    }

    /// Whether the names speak for the same payer.
    pub const fn agrees(self) -> bool {
        matches!(self, Self::Match | Self::CloseMatch)
    }
}

/// Bytes of a name that are read: banks give at most 70 or 140 characters.
const LONGEST: usize = 160;
/// Separates the words from the company form.
const FORM: char = '|';

/// Words of a name that are read.
const MOST_WORDS: usize = 24;

/// Appends the words of `name` in alphabetical order, without particles, and its company form.
pub(super) fn prepare(name: &str, scratch: &mut String, into: &mut String) {
    scratch.clear();
    text::fold(name, LONGEST, scratch);
    let mut list = [""; MOST_WORDS];
    let mut count = 0;
    let marked = scratch.contains('?');
    let split = scratch
        // A question mark inside a word is a letter that a bank could not write.
        .split(|c: char| !c.is_alphanumeric() && c != '?')
        .map(|word| if marked { word.trim_matches('?') } else { word })
        .filter(|word| !word.is_empty());
    for (slot, word) in list.iter_mut().zip(split) {
        *slot = word;
        count += 1;
    }
    let (words, form) = take_company_form(&mut list[..count]);
    let only_particles = words.iter().all(|word| is_particle(word));
    let mut kept = 0;
    for at in 0..words.len() {
        if only_particles || !is_particle(words[at]) {
            words[kept] = long_form(words[at]);
            kept += 1;
        }
    }
    let words = &mut words[..kept];
    words.sort_unstable_by(|a, b| plain_vowels(a).cmp(plain_vowels(b)));
    for (place, word) in words.iter().enumerate() {
        if place > 0 {
            into.push(' ');
        }
        into.extend(plain_vowels(word));
    }
    if let Some(form) = form
        && !words.is_empty()
    {
        into.push(FORM);
        into.push_str(form);
    }
}

/// The letters of a word, German vowels in one spelling: `MUELLER` and `MULLER` are one name, and such an `E` never tells
/// names apart.
fn plain_vowels(word: &str) -> impl Iterator<Item = char> + '_ {
    let mut last = ' ';
    let long = word.len() > 3;
    word.chars().filter(move |c| {
        let dropped = long && *c == 'E' && matches!(last, 'A' | 'O' | 'U');
        if !dropped {
            last = *c;
        }
        !dropped
    })
}

/// A bit for each word of a prepared name: names without a common bit do not agree.
///
/// A name with an initial has every bit, since initials agree with words that are written otherwise.
pub(super) fn mask(prepared: &str) -> u32 {
    words(prepared).fold(0, |mask, word| {
        if word.len() < 2 {
            return u32::MAX;
        }
        let mixed = word.bytes().fold(5381_u32, |hash, byte| {
            hash.wrapping_mul(33).wrapping_add(u32::from(byte))
        });
        mask | 1 << (mixed.wrapping_mul(0x9E37_79B1) >> 27)
    })
}

/// The words of a prepared name.
pub(super) fn words(prepared: &str) -> impl Iterator<Item = &str> {
    let words = prepared.split_once(FORM).map_or(prepared, |(words, _)| words);
    words.split(' ').filter(|word| !word.is_empty())
}

/// Compares two prepared names.
pub(super) fn compare(a: &str, b: &str) -> NameMatch {
    if a.is_empty() || b.is_empty() {
        return NameMatch::NotApplicable;
    }
    if a == b {
        return NameMatch::Match;
    }
    let (mut only_a, mut only_b, mut shared) = (Vec::new(), Vec::new(), 0);
    let (mut left, mut right) = (words(a).peekable(), words(b).peekable());
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        match x.cmp(y) {
            Ordering::Less => only_a.extend(left.next()),
            Ordering::Greater => only_b.extend(right.next()),
            Ordering::Equal => {
                // An initial that both have says little.
                shared += usize::from(x.len() > 1);
                left.next();
                right.next();
            }
        }
    }
    only_a.extend(left);
    only_b.extend(right);
    let form = |name| str::split_once(name, FORM).map(|(_, form)| form);
    if only_a.is_empty() && only_b.is_empty() {
        return match (form(a), form(b)) {
            (Some(a), Some(b)) if a != b => NameMatch::CloseMatch,
            _ => NameMatch::Match,
        };
    }
    if pair_up(only_a, only_b, shared, a.len().max(b.len())) {
        NameMatch::CloseMatch
    } else {
        NameMatch::NoMatch
    }
}

/// Whether every word of the name with fewer of them left has a similar one on the other side. `shared` words of two letters
/// or more are in both names, of which the longer one has so many `letters`.
fn pair_up<'n>(mut few: Vec<&'n str>, mut many: Vec<&'n str>, shared: usize, letters: usize) -> bool {
    // By text when both are as long, so that the result does not depend on which name comes first.
    if (few.len(), &few) > (many.len(), &many) {
        std::mem::swap(&mut few, &mut many);
    }
    let (mut similar, mut mistakes) = (0, 0);
    for word in few {
        let cut_off = letters >= 20;
        let found = many.iter().position(|other| {
            is_initial(word, other) || (cut_off && is_cut(word, other)) || is_one_mistake(word, other)
        });
        if let Some(at) = found {
            mistakes += usize::from(is_one_mistake(word, many[at]));
            many.swap_remove(at);
            similar += 1;
        } else if let Some((first, second)) = glued(word, &many) {
            many.swap_remove(first.max(second));
            many.swap_remove(first.min(second));
            similar += 2;
        } else {
            return false;
        }
    }
    // One shared word may be a common surname, and two mistakes another person.
    mistakes <= 1 && shared + similar >= 2 && (shared >= 1 || (similar >= 2 && mistakes == 0))
}

fn is_initial(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() == 1 && long.starts_with(short)
}

/// Whether one word is the other, cut at the end of a bank's field.
fn is_cut(a: &str, b: &str) -> bool {
    a.len().min(b.len()) >= 3 && (a.starts_with(b) || b.starts_with(a))
}

/// Two words that are written as one.
fn glued(word: &str, others: &[&str]) -> Option<(usize, usize)> {
    others.iter().enumerate().find_map(|(first, start)| {
        let rest = word.strip_prefix(start).filter(|rest| !rest.is_empty())?;
        let mut seconds = others.iter().enumerate();
        let (second, _) = seconds.find(|(at, other)| *at != first && **other == rest)?;
        Some((first, second))
    })
}

/// Whether two long words differ by one letter wrong, missing, too many or swapped with its neighbour.
fn is_one_mistake(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() < 5 || b.len() < 5 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = |(x, y): &(&char, &char)| x == y;
    let front = a.iter().zip(&b).take_while(same).count();
    let room = a.len().min(b.len()) - front;
    let back = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(room)
        .take_while(same)
        .count();
    let (a, b) = (&a[front..a.len() - back], &b[front..b.len() - back]);
    match (a, b) {
        ([_] | [], [_]) | ([_], []) => true,
        ([x1, x2], [y1, y2]) => x1 == y2 && x2 == y1,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
