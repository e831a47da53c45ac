//! An unsigned whole number of up to [`MAX_DIGITS`] decimal digits, in limbs of 18 digits.
//!
//! With decimal limbs a shift by a power of ten (scale, cents, base units, rounding) moves digits and needs no division
//! by a big number. The fixed size makes the value `Copy` and bounds the cost of hostile input.

use core::cmp::Ordering;

const LIMBS: usize = 7;
const LIMB_DIGITS: u32 = 18;
const BASE: u64 = 10_u64.pow(LIMB_DIGITS);

/// The largest number of digits of a coefficient.
pub(super) const MAX_DIGITS: u32 = 126;

/// Least significant limb first; each below [`BASE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Coefficient([u64; LIMBS]);

/// Dropped remainder compared with half a unit in the last place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    Nothing,
    BelowHalf,
    Half,
    AboveHalf,
}

const fn split(digits: u32) -> (usize, u32) {
    ((digits / LIMB_DIGITS) as usize, digits % LIMB_DIGITS)
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a remainder of BASE fits a limb, and so does its carry"
)]
const fn carry(value: u128) -> (u64, u128) {
    // Division of 64 bits is many times faster than of 128, and amounts rarely need more.
    if value <= u64::MAX as u128 {
        let small = value as u64;
        return (small % BASE, (small / BASE) as u128);
    }
    ((value % BASE as u128) as u64, value / BASE as u128)
}

impl Coefficient {
    pub(super) const ZERO: Self = Self([0; LIMBS]);

    pub(super) const fn from_u128(value: u128) -> Self {
        let mut limbs = [0; LIMBS];
        let (low, rest) = carry(value);
        let (middle, rest) = carry(rest);
        let (high, _) = carry(rest);
        limbs[0] = low;
        limbs[1] = middle;
        limbs[2] = high;
        Self(limbs)
    }

    /// Reads ASCII digits, checked by the caller; `None` when there are too many.
    pub(super) fn from_digits(digits: &str) -> Option<Self> {
        let digits = digits.trim_start_matches('0').as_bytes();
        if digits.len() > MAX_DIGITS as usize {
            return None;
        }
        let mut limbs = [0; LIMBS];
        for (limb, chunk) in limbs.iter_mut().zip(digits.rchunks(LIMB_DIGITS as usize)) {
            let digits = chunk.iter().map(|digit| u64::from(digit - b'0'));
            *limb = digits.fold(0, |value, digit| value * 10 + digit);
        }
        Some(Self(limbs))
    }

    pub(super) fn to_u128(self) -> Option<u128> {
        self.0.iter().rev().try_fold(0_u128, |value, limb| {
            value
                .checked_mul(u128::from(BASE))?
                .checked_add(u128::from(*limb))
        })
    }

    pub(super) fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// The number of limbs without leading zeros; 0 for zero.
    fn used(&self) -> usize {
        LIMBS - self.0.iter().rev().take_while(|limb| **limb == 0).count()
    }

    /// The number of digits without leading zeros; 0 for zero.
    pub(super) fn digits(&self) -> u32 {
        let mut total = MAX_DIGITS;
        for limb in self.0.iter().rev() {
            if *limb == 0 {
                total -= LIMB_DIGITS;
            } else {
                return total - LIMB_DIGITS + limb.ilog10() + 1;
            }
        }
        0
    }

    /// The number of zeros at the end; [`MAX_DIGITS`] for zero.
    pub(super) fn trailing_zeros(&self) -> u32 {
        let mut zeros = 0;
        for limb in self.0 {
            if limb != 0 {
                let mut rest = limb;
                while rest.is_multiple_of(10) {
                    rest /= 10;
                    zeros += 1;
                }
                return zeros;
            }
            zeros += LIMB_DIGITS;
        }
        zeros
    }

    /// The digit `place` positions left of the last one.
    pub(super) fn digit(&self, place: u32) -> u64 {
        let (limb, inside) = split(place);
        self.0.get(limb).map_or(0, |limb| limb / 10_u64.pow(inside) % 10)
    }

    pub(super) fn checked_add(self, other: Self) -> Option<Self> {
        let mut limbs = [0; LIMBS];
        let mut over = 0;
        for (out, (a, b)) in limbs.iter_mut().zip(self.0.iter().zip(other.0)) {
            let sum = a + b + over;
            *out = sum % BASE;
            over = sum / BASE;
        }
        (over == 0).then_some(Self(limbs))
    }

    /// `None` when `other` is larger.
    pub(super) fn checked_sub(self, other: Self) -> Option<Self> {
        let mut limbs = [0; LIMBS];
        let mut borrow = 0;
        for (out, (a, b)) in limbs.iter_mut().zip(self.0.iter().zip(other.0)) {
            let taken = b + borrow;
            borrow = u64::from(*a < taken);
            *out = a + borrow * BASE - taken;
        }
        (borrow == 0).then_some(Self(limbs))
    }

    pub(super) fn checked_mul(self, other: Self) -> Option<Self> {
        let mut wide = [0_u64; LIMBS * 2];
        let (ours, theirs) = (self.used(), other.used());
        for (shift, a) in self.0.iter().enumerate().take(ours) {
            let mut over = 0;
            for (place, b) in other.0.iter().enumerate().take(theirs) {
                let out = &mut wide[shift + place];
                (*out, over) = carry(u128::from(*out) + u128::from(*a) * u128::from(*b) + over);
            }
            (wide[shift + theirs], _) = carry(over);
        }
        let (low, high) = wide.split_at(LIMBS);
        if high.iter().any(|limb| *limb != 0) {
            return None;
        }
        low.try_into().ok().map(Self)
    }

    /// Times ten to the `digits`; `None` when it does not fit.
    pub(super) fn checked_shift_left(self, digits: u32) -> Option<Self> {
        if digits == 0 || self.is_zero() {
            return Some(self);
        }
        if self.digits().checked_add(digits)? > MAX_DIGITS {
            return None;
        }
        let (whole, inside) = split(digits);
        let mut limbs = [0; LIMBS];
        let mut over = 0;
        // One limb more takes the carry of the last one.
        let moved = self.0.iter().take(self.used() + 1);
        for (out, limb) in limbs.iter_mut().skip(whole).zip(moved) {
            let (low, high) = carry(u128::from(*limb) * u128::from(10_u64.pow(inside)) + over);
            *out = low;
            over = high;
        }
        Some(Self(limbs))
    }

    /// Divided by ten to the `digits`, and the dropped remainder.
    pub(super) fn shift_right(self, digits: u32) -> (Self, Dropped) {
        if digits == 0 || self.is_zero() {
            return (self, Dropped::Nothing);
        }
        let (whole, inside) = split(digits);
        let mut limbs = [0; LIMBS];
        let kept = self.used().saturating_sub(whole);
        for (place, out) in limbs.iter_mut().enumerate().take(kept) {
            let at = |index: usize| self.0.get(index).copied().unwrap_or(0);
            let low = at(place + whole) / 10_u64.pow(inside);
            let high = at(place + whole + 1) % 10_u64.pow(inside);
            *out = low + high * (BASE / 10_u64.pow(inside));
        }
        (Self(limbs), self.dropped(digits))
    }

    fn dropped(self, digits: u32) -> Dropped {
        let zeros = self.trailing_zeros();
        if zeros >= digits {
            return Dropped::Nothing;
        }
        match self.digit(digits - 1).cmp(&5) {
            Ordering::Less => Dropped::BelowHalf,
            Ordering::Equal if zeros == digits - 1 => Dropped::Half,
            Ordering::Equal | Ordering::Greater => Dropped::AboveHalf,
        }
    }
}

impl Ord for Coefficient {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

impl PartialOrd for Coefficient {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The largest text: all digits, a point, and a zero before it.
const MAX_TEXT: usize = MAX_DIGITS as usize + 2;

/// The printed digits of a number, on the stack.
pub(super) struct Digits {
    text: [u8; MAX_TEXT],
    start: usize,
}

impl Digits {
    /// The digits of `coefficient` with a point before the last `scale` of them, and a digit before the point.
    pub(super) fn of(coefficient: &Coefficient, scale: u32) -> Self {
        let mut digits = Self {
            text: [b'0'; MAX_TEXT],
            start: MAX_TEXT,
        };
        let count = coefficient.digits().max(scale + 1);
        let all = coefficient.0.iter().flat_map(|limb| {
            (0..LIMB_DIGITS).scan(*limb, |rest, _| {
                let digit = *rest % 10;
                *rest /= 10;
                Some(digit as u8)
            })
        });
        for (place, digit) in (0..count).zip(all.chain(core::iter::repeat(0))) {
            if place == scale && scale > 0 {
                digits.start -= 1;
                digits.text[digits.start] = b'.';
            }
            digits.start -= 1;
            digits.text[digits.start] = b'0' + digit;
        }
        digits
    }

    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text[self.start..]).unwrap_or_default()
    }
}
