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

/// A dropped remainder compared with half a unit in the last place; `None` when nothing was dropped.
pub(super) type Dropped = Option<Ordering>;

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
        let (mut limbs, mut rest, mut place) = ([0; LIMBS], value, 0);
        while rest > 0 {
            (limbs[place], rest) = carry(rest);
            place += 1;
        }
        Self(limbs)
    }

    /// Ten to the `power`; `None` when it does not fit.
    fn power_of_ten(power: u32) -> Option<Self> {
        let (limb, inside) = split(power);
        let mut limbs = [0; LIMBS];
        *limbs.get_mut(limb)? = 10_u64.pow(inside);
        Some(Self(limbs))
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
        let last = self.0.iter().rposition(|limb| *limb != 0);
        last.map_or(0, |last| last + 1)
    }

    /// The limbs that are not zero, each with the number of digits below it.
    fn filled(&self) -> impl DoubleEndedIterator<Item = (u32, u64)> {
        let below = (0..MAX_DIGITS).step_by(LIMB_DIGITS as usize);
        below.zip(self.0).filter(|(_, limb)| *limb != 0)
    }

    /// The number of digits without leading zeros; 0 for zero.
    pub(super) fn digits(&self) -> u32 {
        let first = self.filled().next_back();
        first.map_or(0, |(below, limb)| below + limb.ilog10() + 1)
    }

    /// The number of zeros at the end; [`MAX_DIGITS`] for zero.
    pub(super) fn trailing_zeros(&self) -> u32 {
        let inside = |limb: u64| (0..LIMB_DIGITS).find(|zeros| !limb.is_multiple_of(10_u64.pow(zeros + 1)));
        let last = self.filled().next();
        last.map_or(MAX_DIGITS, |(below, limb)| below + inside(limb).unwrap_or(0))
    }

    /// The digits from the last one on, with zeros before the first.
    pub(super) fn digits_from_the_last(&self) -> impl Iterator<Item = u8> {
        let digits = self.0.into_iter().flat_map(|limb| {
            (0..LIMB_DIGITS).scan(limb, |rest, _| {
                let digit = *rest % 10;
                *rest /= 10;
                Some(digit as u8)
            })
        });
        digits.chain(core::iter::repeat(0))
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
        self.checked_mul(Self::power_of_ten(digits)?)
    }

    /// Divided by ten to the `digits`, and the dropped remainder.
    pub(super) fn shift_right(self, digits: u32) -> (Self, Dropped) {
        if digits == 0 || self.is_zero() {
            return (self, None);
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
        (zeros < digits).then(|| match self.digit(digits - 1).cmp(&5) {
            Ordering::Equal if zeros < digits - 1 => Ordering::Greater,
            order => order,
        })
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
