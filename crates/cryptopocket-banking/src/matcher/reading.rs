//! Reading of references from a payer's text.
//!
//! A reference counts as a whole token: through spaces, line breaks, leading zeros and prefixes, but never as a run of
//! digits inside a longer one. A number that is written in groups counts whole.

mod token;
mod word;

use cryptopocket_types::Iban;
use token::{Gap, Kind, Token, tokens};

use super::check_digits;
use super::label::Label;
use super::reason::ReferenceFound;
use super::reference::{Key, Reference};

/// The longest reference of several words.
const LONGEST: usize = 40;
/// Fewer digits are not joined: two short numbers side by side are common.
const SHORTEST_JOINED: usize = 6;
/// The most words of a group that is a part of a longer one.
const WIDEST_PART: usize = 4;

/// Reads the references of texts. Keeps its buffers from one text to the next.
#[derive(Default)]
pub(super) struct Reader {
    tokens: Vec<Token>,
    found: Vec<Reference>,
    joined: String,
    /// Numbers in the text that could be a reference, a group counting as one.
    numbers: usize,
}

impl Reader {
    /// The references in `text`, which is folded: each key once, the most reliable reading first.
    ///
    /// Also tells whether more than `limit` were found.
    pub(super) fn read(&mut self, text: &str, limit: usize) -> (&[Reference], bool) {
        self.found.clear();
        self.numbers = 0;
        tokens(text, &mut self.tokens);
        if self.tokens.iter().any(|token| token.kind != Kind::Letters) {
            self.clusters(text);
            let is_number = |token: &Token| token.kind == Kind::Digits;
            self.runs(
                is_number,
                |gap| gap == Gap::Point,
                |reader, from, to| reader.decimal(text, from, to),
            );
            self.structured(text);
            self.runs(Token::has_digits, is_adjacent, |reader, from, to| {
                reader.groups(text, from, to);
            });
            self.runs(is_number, is_adjacent, |reader, from, to| {
                reader.digit_run(text, from, to);
            });
            self.mixed(text);
        }
        self.long_words(text);
        let only = self.numbers == 1;
        for reference in &mut self.found {
            reference.only &= only;
        }
        self.found
            .sort_unstable_by_key(|found| (found.key, found.reading, !found.labelled, found.foreign));
        self.found.dedup_by_key(|found| found.key);
        self.found
            .sort_unstable_by_key(|found| (found.reading, found.key));
        let cut = self.found.len() > limit;
        self.found.truncate(limit);
        (&self.found, cut)
    }

    /// The key of an end-to-end id, if it is one.
    pub(super) fn end_to_end(&mut self, folded: &str) -> Option<Reference> {
        if matches!(folded.trim(), "" | "NOTPROVIDED" | "NOT PROVIDED" | "NONREF") {
            return None;
        }
        self.joined.clear();
        self.joined.extend(super::text::joined(folded));
        let key = Key::of(check_digits::iso_11649(&self.joined).unwrap_or(&self.joined))?;
        Some(Reference::new(
            key,
            ReferenceFound::EndToEnd,
            Some(Label::Reference),
        ))
    }

    /// Adds the tokens `from..to`, joined, as a reference.
    fn add(&mut self, text: &str, from: usize, to: usize, reading: ReferenceFound, alone: bool) {
        self.joined.clear();
        for token in &self.tokens[from..to] {
            self.joined.push_str(token.text(text));
        }
        let Some(key) = Key::of(&self.joined) else { return };
        let label = self.label(text, from);
        self.found.push(Reference {
            only: alone,
            ..Reference::new(key, reading, label)
        });
    }

    /// The label before a token, looking through words for "number".
    fn label(&self, text: &str, at: usize) -> Option<Label> {
        let before = self.tokens[..at].iter().rev().take(3);
        before
            .map_while(|token| {
                (token.kind == Kind::Letters)
                    .then(|| Label::of(token.text(text)))
                    .flatten()
            })
            .find(|label| *label != Label::Number)
    }

    /// Words linked without a space, such as `order-1234` or a UUID.
    fn clusters(&mut self, text: &str) {
        let mut from = 0;
        while from < self.tokens.len() {
            let linked = self.tokens[from + 1..].iter().take_while(|next| {
                matches!(next.gap, Gap::Hyphen | Gap::Link | Gap::Point)
                    && next.end - self.tokens[from].start <= 48
            });
            let to = from + 1 + linked.count();
            let cluster = &self.tokens[from..to];
            let letters = cluster.iter().any(|token| token.kind != Kind::Digits);
            let digits = cluster.iter().any(|token| token.kind != Kind::Letters);
            let length: usize = cluster.iter().map(Token::len).sum();
            if to - from > 1 && letters && digits && (SHORTEST_JOINED..=LONGEST).contains(&length) {
                self.add(text, from, to, ReferenceFound::WholeWord, true);
            }
            from = to;
        }
    }

    /// A number with points or commas: an amount is no reference, a number in groups of thousands is.
    fn decimal(&mut self, text: &str, from: usize, to: usize) {
        if to - from < 2 {
            return;
        }
        let mut lengths = self.tokens[from..to].iter().map(Token::len);
        let total: usize = lengths.clone().sum();
        let thousands = lengths.clone().skip(1).all(|length| length == 3)
            && self.tokens[from].len() <= 3
            && total >= SHORTEST_JOINED;
        let list = lengths.all(|length| length >= 5);
        if thousands {
            self.add(text, from, to, ReferenceFound::Group, true);
        } else if list {
            for at in from..to {
                self.add(text, at, at + 1, ReferenceFound::Inside, false);
            }
        }
        self.take(from, to, Kind::Taken);
    }

    /// ISO 11649 references, in one word or in groups of four.
    fn structured(&mut self, text: &str) {
        for from in 0..self.tokens.len() {
            let word = self.tokens[from].text(text);
            if self.tokens[from].kind != Kind::Mixed || !word.starts_with("RF") || word.len() < 4 {
                continue;
            }
            self.joined.clear();
            let mut best = None;
            for (at, next) in self.tokens.iter().enumerate().skip(from) {
                let length = self.joined.len() + next.len();
                if at > from && (next.gap != Gap::Space || next.len() > 4 || length > 25) {
                    break;
                }
                self.joined.push_str(next.text(text));
                let key = check_digits::iso_11649(&self.joined).and_then(Key::of);
                best = key.map(|key| (key, at + 1)).or(best);
            }
            if let Some((key, to)) = best {
                self.numbers += 1;
                let structured = ReferenceFound::CreditorReference;
                self.found
                    .push(Reference::new(key, structured, Some(Label::Reference)));
                self.take(from, to, Kind::Taken);
            }
        }
    }

    /// Numbers written in groups of equal length: they count whole, and no group counts alone.
    fn groups(&mut self, text: &str, from: usize, end: usize) {
        let mut at = from;
        while at < end {
            let length = self.tokens[at].len();
            let is_shorter = |token: &Token| token.len() < length;
            let equal = self.tokens[at..end]
                .iter()
                .take_while(|token| token.len() == length);
            let to = at + equal.count();
            if !(3..=5).contains(&length) || to - at < 2 {
                at = to;
                continue;
            }
            let low = at - usize::from(at > from && is_shorter(&self.tokens[at - 1]));
            let high = to + usize::from(to < end && is_shorter(&self.tokens[to]));
            if high - low >= 3 {
                self.numbers += 1;
                self.add(text, low, high, ReferenceFound::Group, true);
                // An account that is written out ends where it ends; what follows is no part of it.
                let account = self.joined.parse::<Iban>().is_ok();
                self.take(low, high, if account { Kind::Taken } else { Kind::Grouped });
            }
            at = high;
        }
    }

    /// Numbers alone or side by side.
    fn digit_run(&mut self, text: &str, from: usize, to: usize) {
        let count = to - from;
        let date = |tokens: &[Token]| token::is_date(text, tokens);
        if count == 3 && date(&self.tokens[from..to]) {
            return;
        }
        self.numbers += 1;
        let group = self.is_in_group(from, to);
        for at in from..to {
            // A long number beside it, without a space, makes it a part of that number.
            let long = |other: &Token| other.kind == Kind::Digits && other.len() >= 5;
            let linked = |token: &Token| matches!(token.gap, Gap::Hyphen | Gap::Link);
            let inside = (linked(&self.tokens[at]) && at > 0 && long(&self.tokens[at - 1]))
                || self
                    .tokens
                    .get(at + 1)
                    .is_some_and(|next| linked(next) && long(next));
            let reading = if inside || group {
                ReferenceFound::Inside
            } else {
                ReferenceFound::WholeWord
            };
            self.add(text, at, at + 1, reading, count == 1);
        }
        for width in 2..=count {
            if width > WIDEST_PART && width < count {
                continue;
            }
            for start in from..=to - width {
                let part = &self.tokens[start..start + width];
                let length: usize = part.iter().map(Token::len).sum();
                if !(SHORTEST_JOINED..=LONGEST).contains(&length) || (width == 3 && date(part)) {
                    continue;
                }
                let spaced = part[1..].iter().all(|token| token.gap != Gap::Link);
                let reading = if width == count && spaced && !group {
                    ReferenceFound::Group
                } else {
                    ReferenceFound::Inside
                };
                self.add(text, start, start + width, reading, width == count);
            }
        }
    }

    /// Whether the numbers are among words of letters and digits, as in `45 RE34Y U0000 02019`: all are one reference.
    fn is_in_group(&self, mut from: usize, mut to: usize) -> bool {
        while from > 0 && is_adjacent(self.tokens[from].gap) && self.tokens[from - 1].has_digits() {
            from -= 1;
        }
        while self
            .tokens
            .get(to)
            .is_some_and(|next| is_adjacent(next.gap) && next.has_digits())
        {
            to += 1;
        }
        let grouped = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.kind == Kind::Grouped)
        };
        let after_group = from > 0 && is_adjacent(self.tokens[from].gap) && grouped(from - 1);
        let before_group = grouped(to) && is_adjacent(self.tokens[to].gap);
        if after_group || before_group {
            return true;
        }
        to - from >= 3
            && self.tokens[from..to]
                .iter()
                .any(|token| token.kind == Kind::Mixed)
    }

    /// Visits each run of tokens that fit, with gaps between that fit.
    fn runs(
        &mut self,
        fits: impl Fn(&Token) -> bool,
        gap: impl Fn(Gap) -> bool,
        visit: impl Fn(&mut Self, usize, usize),
    ) {
        let mut from = 0;
        while from < self.tokens.len() {
            let run = self.tokens[from..].iter().enumerate();
            let run = run.take_while(|(at, token)| fits(token) && (*at == 0 || gap(token.gap)));
            let to = from + run.count();
            if to > from {
                visit(self, from, to);
            }
            from = to.max(from + 1);
        }
    }

    fn take(&mut self, from: usize, to: usize, kind: Kind) {
        for token in &mut self.tokens[from..to] {
            token.kind = kind;
        }
    }
}

/// Whether words on both sides of the gap can be one reference.
fn is_adjacent(gap: Gap) -> bool {
    matches!(gap, Gap::Space | Gap::Hyphen | Gap::Link)
}

#[cfg(test)]
mod tests;
