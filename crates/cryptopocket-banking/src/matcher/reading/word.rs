//! Words that hold letters.

use super::super::label::Label;
use super::super::reason::ReferenceFound;
use super::super::reference::{Key, Reference};
use super::token::Kind;
use super::{LONGEST, Reader, SHORTEST_JOINED};

impl Reader {
    /// Words of letters and digits: a reference behind a known prefix, an id, or a number with letters around it.
    pub(super) fn mixed(&mut self, text: &str) {
        for at in 0..self.tokens.len() {
            let token = self.tokens[at];
            if token.kind != Kind::Mixed {
                continue;
            }
            self.numbers += 1;
            let word = token.text(text);
            if word.len() >= SHORTEST_JOINED {
                self.add(text, at, at + 1, ReferenceFound::WholeWord, true);
            }
            let letters = word.len() - word.trim_start_matches(|c: char| !c.is_ascii_digit()).len();
            let (prefix, rest) = word.split_at(letters);
            let digits_end = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, suffix) = rest.split_at(digits_end);
            self.smudged(word);
            if suffix.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let Some(key) = Key::of(number) else { continue };
            let label = Label::of(prefix).filter(|_| suffix.is_empty());
            let reading = if matches!(label, Some(Label::Reference | Label::Number)) {
                ReferenceFound::WholeWord
            } else {
                ReferenceFound::Inside
            };
            self.found.push(Reference::new(key, reading, label));
        }
    }

    /// A number in which one digit was read or typed as a letter: `12O037`.
    pub(super) fn smudged(&mut self, word: &str) {
        let mut letters = word.char_indices().filter(|(_, c)| !c.is_ascii_digit());
        let (Some((at, letter)), None) = (letters.next(), letters.next()) else {
            return;
        };
        let digits: &[&str] = match letter {
            'O' | 'Q' | 'D' => &["0"],
            'I' | 'L' => &["1"],
            'Z' => &["2"],
            'S' => &["5"],
            'B' => &["8"],
            'G' => &["6", "9"],
            _ => return,
        };
        for digit in digits {
            let mut number = word.to_owned();
            number.replace_range(at..=at, digit);
            if let Some(key) = Key::of(&number) {
                self.found
                    .push(Reference::new(key, ReferenceFound::OneMistake, None));
            }
        }
    }

    /// Ids without a digit are possible, but only long words can be one.
    pub(super) fn long_words(&mut self, text: &str) {
        for at in 0..self.tokens.len() {
            let token = self.tokens[at];
            if token.kind == Kind::Letters && (20..=LONGEST).contains(&token.len()) {
                self.add(text, at, at + 1, ReferenceFound::WholeWord, true);
            }
        }
    }
}
