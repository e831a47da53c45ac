//! Records packed tightly, for what there is a lot of: an id of 25 characters takes 20 bytes, a transaction hash 34.

use cryptopocket_types::Decimal;

use crate::moment::Moment;

/// Moments are packed as microseconds from here, where standing clocks start.
const EPOCH: i64 = 1_782_464_400_000_000;

static DECIMAL: Alphabet = Alphabet::new(b"0123456789.-+eE ");
static HEX: Alphabet = Alphabet::new(b"0123456789abcdef");
static PLAIN: Alphabet = Alphabet::new(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

/// Characters and their places.
struct Alphabet {
    letters: &'static [u8],
    places: [Option<u8>; 256],
}

impl Alphabet {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "no alphabet has more than 64 letters"
    )]
    const fn new(letters: &'static [u8]) -> Self {
        let mut places = [None; 256];
        let mut place = 0;
        while place < letters.len() {
            places[letters[place] as usize] = Some(place as u8);
            place += 1;
        }
        Self { letters, places }
    }

    fn spells(&self, text: &[u8]) -> bool {
        text.iter().all(|byte| self.places[usize::from(*byte)].is_some())
    }

    fn places<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = u8> + 'a {
        text.iter()
            .map(|byte| self.places[usize::from(*byte)].unwrap_or_default())
    }
}

/// How a text is written, by what is in it. The number is part of what is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Raw = 0,
    Decimal = 1,
    Hex = 2,
    /// `0x` and hexadecimal digits.
    Prefixed = 3,
    /// The same with capitals as a checksum, which stand behind as one bit a digit.
    Checksummed = 4,
    Plain = 5,
}

const FORMS: [Form; 6] = [
    Form::Raw,
    Form::Decimal,
    Form::Hex,
    Form::Prefixed,
    Form::Checksummed,
    Form::Plain,
];

impl Form {
    fn of(text: &[u8]) -> Self {
        if DECIMAL.spells(text) {
            return Self::Decimal;
        }
        if let Some(digits) = text.strip_prefix(b"0x") {
            if HEX.spells(digits) {
                return Self::Prefixed;
            }
            if digits.iter().all(u8::is_ascii_hexdigit) {
                return Self::Checksummed;
            }
        }
        if HEX.spells(text) {
            Self::Hex
        } else if PLAIN.spells(text) {
            Self::Plain
        } else {
            Self::Raw
        }
    }
}

/// Writes a number in seven bits a byte, the lowest first.
pub(super) fn write_number(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push((number & 0x7f) as u8);
}

/// Writes.
#[derive(Debug, Default)]
pub struct Packer(Vec<u8>);

impl Packer {
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    pub fn number(&mut self, number: u64) {
        write_number(&mut self.0, number);
    }

    pub fn maybe_number(&mut self, number: Option<u64>) {
        self.number(u64::from(number.is_some()));
        if let Some(number) = number {
            self.number(number);
        }
    }

    fn bits(&mut self, width: u32, values: impl Iterator<Item = u8>) {
        let (mut held, mut count) = (0_u32, 0);
        for value in values {
            held |= u32::from(value) << count;
            count += width;
            while count >= 8 {
                self.0.push((held & 0xff) as u8);
                held >>= 8;
                count -= 8;
            }
        }
        if count > 0 {
            self.0.push((held & 0xff) as u8);
        }
    }

    pub fn text(&mut self, text: &str) {
        self.maybe_text(Some(text));
    }

    pub fn maybe_text(&mut self, text: Option<&str>) {
        let Some(text) = text.map(str::as_bytes) else {
            return self.number(0);
        };
        let form = Form::of(text);
        self.number((((text.len() as u64) << 3) | form as u64) + 1);
        match form {
            Form::Raw => self.0.extend_from_slice(text),
            Form::Decimal => self.bits(4, DECIMAL.places(text)),
            Form::Hex => self.bits(4, HEX.places(text)),
            Form::Prefixed => self.bits(4, HEX.places(&text[2..])),
            Form::Checksummed => {
                let digits = &text[2..];
                self.bits(4, HEX.places(&digits.to_ascii_lowercase()));
                self.bits(1, digits.iter().map(|digit| u8::from(digit.is_ascii_uppercase())));
            }
            Form::Plain => self.bits(6, PLAIN.places(text)),
        }
    }

    /// A text that is most often one of few.
    pub fn word(&mut self, word: &str, known: &[&str]) {
        let place = known.iter().position(|one| *one == word);
        self.number(place.map_or(0, |place| place as u64 + 1));
        if place.is_none() {
            self.text(word);
        }
    }

    pub fn decimal(&mut self, value: Decimal) {
        self.text(&value.to_string());
    }

    pub fn moment(&mut self, moment: Moment) {
        let from_epoch = moment.micros().wrapping_sub(EPOCH);
        // The sign goes to the lowest bit, so that small numbers of both signs are short.
        self.number(((from_epoch << 1) ^ (from_epoch >> 63)).cast_unsigned());
    }
}

/// Reads, in the same order. What a packer of this program wrote is never cut short, so nothing here can fail; bytes
/// that are missing read as nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unpacker<'a>(&'a [u8]);

impl<'a> Unpacker<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 || shift > 63 {
                break;
            }
        }
        number
    }

    pub fn maybe_number(&mut self) -> Option<u64> {
        (self.number() == 1).then(|| self.number())
    }

    fn bits(&mut self, width: usize, count: usize) -> impl Iterator<Item = u8> + 'a {
        let (taken, rest) = self.0.split_at((width * count).div_ceil(8).min(self.0.len()));
        self.0 = rest;
        (0..count).map(move |nth| {
            let bit = nth * width;
            let low = u16::from(taken.get(bit / 8).copied().unwrap_or_default());
            let high = u16::from(taken.get(bit / 8 + 1).copied().unwrap_or_default());
            u8::try_from(((low | high << 8) >> (bit % 8)) & ((1 << width) - 1)).unwrap_or_default()
        })
    }

    fn letters(&mut self, width: usize, count: usize, alphabet: &'static Alphabet) -> String {
        let letter = |place: u8| char::from(alphabet.letters[usize::from(place)]);
        self.bits(width, count).map(letter).collect()
    }

    pub fn text(&mut self) -> String {
        self.maybe_text().unwrap_or_default()
    }

    pub fn maybe_text(&mut self) -> Option<String> {
        let head = self.number().checked_sub(1)?;
        let length = usize::try_from(head >> 3).unwrap_or_default();
        let form = FORMS.get(usize::try_from(head & 7).unwrap_or_default());
        Some(match form.unwrap_or(&Form::Raw) {
            Form::Raw => {
                let (taken, rest) = self.0.split_at(length.min(self.0.len()));
                self.0 = rest;
                String::from_utf8_lossy(taken).into_owned()
            }
            Form::Decimal => self.letters(4, length, &DECIMAL),
            Form::Hex => self.letters(4, length, &HEX),
            Form::Prefixed => format!("0x{}", self.letters(4, length - 2, &HEX)),
            Form::Checksummed => {
                let digits = self.letters(4, length - 2, &HEX);
                let capitals = self.bits(1, length - 2);
                let digits: String = digits
                    .chars()
                    .zip(capitals)
                    .map(|(digit, capital)| {
                        if capital == 1 {
                            digit.to_ascii_uppercase()
                        } else {
                            digit
                        }
                    })
                    .collect();
                format!("0x{digits}")
            }
            Form::Plain => self.letters(6, length, &PLAIN),
        })
    }

    pub fn word(&mut self, known: &[&'static str]) -> std::borrow::Cow<'static, str> {
        let place = usize::try_from(self.number()).unwrap_or_default();
        match place.checked_sub(1).and_then(|place| known.get(place)) {
            Some(word) => (*word).into(),
            None => self.text().into(),
        }
    }

    pub fn decimal(&mut self) -> Decimal {
        self.text().parse().unwrap_or_default()
    }

    pub fn moment(&mut self) -> Moment {
        let folded = self.number();
        let from_epoch = (folded >> 1).cast_signed() ^ -(folded & 1).cast_signed();
        Moment::from_micros(EPOCH.wrapping_add(from_epoch))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Packer, Unpacker};
    use crate::moment::Moment;

    fn size(text: &str) -> usize {
        let mut packer = Packer::default();
        packer.text(text);
        packer.finish().len()
    }

    #[test]
    fn what_there_is_much_of_is_small() {
        assert_eq!(size("x7k2m9q4w1p8z3v6t5y0abcde"), 21);
        assert_eq!(size(&format!("0x{}", "ab".repeat(32))), 34);
        assert_eq!(size("0x52908400098527886E0F7030069857D2E4169EE7"), 27);
        assert_eq!(size("150.50"), 4);
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[0-9.-]{0,30}",
            "0x[0-9a-f]{0,70}",
            "0x[0-9a-fA-F]{0,50}",
            "[0-9a-f]{0,70}",
            "[a-zA-Z0-9_-]{0,40}",
        ]
    }

    proptest! {
        #[test]
        fn everything_comes_out_as_it_went_in(
            text in texts(),
            maybe in prop::option::of(texts()),
            number in any::<u64>(),
            maybe_number in prop::option::of(any::<u64>()),
            micros in any::<i64>(),
            decimal in "-?[0-9]{1,20}(\\.[0-9]{1,18})?",
            word in prop::sample::select(&["one", "two", "three"][..]),
        ) {
            let decimal: cryptopocket_types::Decimal = decimal.parse().unwrap();
            let mut packer = Packer::default();
            packer.text(&text);
            packer.maybe_text(maybe.as_deref());
            packer.number(number);
            packer.maybe_number(maybe_number);
            packer.moment(Moment::from_micros(micros));
            packer.decimal(decimal);
            packer.word(word, &["two", "one"]);
            let packed = packer.finish();
            let mut unpacker = Unpacker::new(&packed);
            prop_assert_eq!(unpacker.text(), text);
            prop_assert_eq!(unpacker.maybe_text(), maybe);
            prop_assert_eq!(unpacker.number(), number);
            prop_assert_eq!(unpacker.maybe_number(), maybe_number);
            prop_assert_eq!(unpacker.moment(), Moment::from_micros(micros));
            prop_assert_eq!(unpacker.decimal().to_string(), decimal.to_string());
            prop_assert_eq!(unpacker.word(&["two", "one"]), word);
        }
    }
}
