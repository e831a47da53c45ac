//! Text and JSON forms of a decimal.

use core::fmt;
use core::str::FromStr;

use super::coefficient::{Coefficient, MAX_DIGITS};
use super::{Decimal, MAX_SCALE};
use crate::traits::text_serde;
use crate::{ParseError, formats};

const MAX_TEXT: usize = 512;
const MAX_EXPONENT: i32 = 999;

const SYNTAX: ParseError = ParseError::new(
    "decimal",
    "not a decimal number",
    "write digits with a point, such as 150.50, without separators or spaces",
);
const SIZE: ParseError = ParseError::new(
    "decimal",
    "outside the range of an amount",
    "use at most 126 significant digits, 126 decimals and an exponent that needs no more",
);

/// The digits of a number and whether it is negative. `None` unless they are digits after at most one sign.
fn signed(text: &str) -> Option<(bool, &str)> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    is_digits(digits).then_some((text.starts_with('-'), digits))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_exponent(text: &str) -> Result<i32, ParseError> {
    let (negative, digits) = signed(text).ok_or(SYNTAX)?;
    // Digits that are too many for the type are too many for an amount.
    let size = digits.parse::<i32>().ok().filter(|size| *size <= MAX_EXPONENT);
    size.map(|size| if negative { -size } else { size }).ok_or(SIZE)
}

impl FromStr for Decimal {
    type Err = ParseError;

    /// Reads JSON number syntax, also with a leading `+` or leading zeros. Keeps the number of decimals.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_TEXT {
            return Err(SIZE);
        }
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, Some(exponent)),
            None => (text, None),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return Err(SYNTAX),
            None => (number, ""),
        };
        let (negative, whole) = signed(whole).ok_or(SYNTAX)?;
        let exponent = exponent.map_or(Ok(0), read_exponent)?;
        let coefficient = Coefficient::from_digits(&[whole, fraction].concat()).ok_or(SIZE)?;
        let decimals = i32::try_from(fraction.len()).map_err(|_| SIZE)? - exponent;
        let up = u32::try_from(-decimals).unwrap_or(0);
        let coefficient = coefficient.checked_shift_left(up).ok_or(SIZE)?;
        let scale = u32::try_from(decimals).unwrap_or(0);
        if scale > MAX_SCALE {
            return Err(SIZE);
        }
        Ok(Self::from_parts(negative, coefficient, scale))
    }
}

impl fmt::Display for Decimal {
    /// Writes all digits without an exponent. Honours width, `+` and zero padding; a precision is ignored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // All digits, a point, and a zero before it.
        let mut text = [b'0'; MAX_DIGITS as usize + 2];
        let mut start = text.len();
        let count = self.coefficient.digits().max(self.scale() + 1);
        for (place, digit) in (0..count).zip(self.coefficient.digits_from_the_last()) {
            if place == self.scale() && place > 0 {
                start -= 1;
                text[start] = b'.';
            }
            start -= 1;
            text[start] = b'0' + digit;
        }
        let digits = core::str::from_utf8(&text[start..]).unwrap_or_default();
        f.pad_integral(!self.is_negative(), "", digits)
    }
}

formats! {
    Debug of Decimal, |value, f| write!(f, "Decimal({value})");
}

// JSON has a string, since many JSON readers turn numbers into floats.
text_serde!(Decimal, |value, to| to.collect_str(value));

const _: () = assert!(
    MAX_SCALE == 126 && MAX_DIGITS == 126,
    "the text of SIZE states both"
);
