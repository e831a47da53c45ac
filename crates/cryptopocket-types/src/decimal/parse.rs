//! Text and JSON forms of a decimal.

use core::fmt;
use core::str::FromStr;

use super::coefficient::{Coefficient, Digits, MAX_DIGITS};
use super::{Decimal, MAX_SCALE};
use crate::ParseError;
use crate::traits::text_form;

const MAX_TEXT: usize = 512;
const MAX_EXPONENT: i32 = 999;

const fn refused(rule: &'static str, cure: &'static str) -> ParseError {
    ParseError::new("decimal", rule, cure)
}

const SYNTAX: ParseError = refused(
    "not a decimal number",
    "write digits with a point, such as 150.50, without separators or spaces",
);
const SIZE: ParseError = refused(
    "outside the range of an amount",
    "use at most 126 significant digits, 126 decimals and an exponent that needs no more",
);

/// The digits before and after the point, and the exponent.
struct Parts<'t> {
    negative: bool,
    whole: &'t [u8],
    fraction: &'t [u8],
    exponent: i32,
}

fn take_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at(end)
}

fn take_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn split_parts(text: &[u8]) -> Result<Parts<'_>, ParseError> {
    let (negative, rest) = take_sign(text);
    let (whole, rest) = take_digits(rest);
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => match take_digits(rest) {
            ([], _) => return Err(SYNTAX),
            parts => parts,
        },
        _ => (&[][..], rest),
    };
    let exponent = match rest {
        [] => 0,
        [b'e' | b'E', rest @ ..] => read_exponent(rest)?,
        _ => return Err(SYNTAX),
    };
    if whole.is_empty() {
        return Err(SYNTAX);
    }
    Ok(Parts {
        negative,
        whole,
        fraction,
        exponent,
    })
}

fn read_exponent(text: &[u8]) -> Result<i32, ParseError> {
    let (negative, rest) = take_sign(text);
    let (digits, rest) = take_digits(rest);
    if digits.is_empty() || !rest.is_empty() {
        return Err(SYNTAX);
    }
    let size = digits
        .iter()
        .try_fold(0, |value, digit| {
            Some(value * 10 + i32::from(digit - b'0')).filter(|value| *value <= MAX_EXPONENT)
        })
        .ok_or(SIZE)?;
    Ok(if negative { -size } else { size })
}

impl FromStr for Decimal {
    type Err = ParseError;

    /// Reads JSON number syntax, also with a leading `+` or leading zeros. Keeps the number of decimals.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_TEXT {
            return Err(SIZE);
        }
        let parts = split_parts(text.as_bytes())?;
        let coefficient = Coefficient::from_digits(&[parts.whole, parts.fraction].concat()).ok_or(SIZE)?;
        let decimals = i32::try_from(parts.fraction.len()).map_err(|_| SIZE)? - parts.exponent;
        let (coefficient, scale) = match u32::try_from(decimals) {
            Ok(scale) => (coefficient, scale),
            Err(_) => (
                coefficient
                    .checked_shift_left(decimals.unsigned_abs())
                    .ok_or(SIZE)?,
                0,
            ),
        };
        if scale > MAX_SCALE {
            return Err(SIZE);
        }
        Ok(Self::from_parts(parts.negative, coefficient, scale))
    }
}

impl fmt::Display for Decimal {
    /// Writes all digits without an exponent. Honours width, `+` and zero padding; a precision is ignored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = Digits::of(&self.coefficient(), self.scale());
        f.pad_integral(!self.is_negative(), "", digits.as_str())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

// JSON has a string, since many JSON readers turn numbers into floats.
text_form!(Decimal, |value| value);

const _: () = assert!(
    MAX_SCALE == 126 && MAX_DIGITS == 126,
    "the text of SIZE states both"
);
