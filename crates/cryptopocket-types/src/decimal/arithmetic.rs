//! Checked arithmetic and rounding: a result that does not fit is `None`.

use core::cmp::Ordering;
use core::ops::Neg;

use super::coefficient::{Coefficient, Dropped};
use super::{Decimal, MAX_SCALE};

/// Direction of rounding.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::{Decimal, Rounding};
///
/// let cents = |amount: Decimal, rounding| amount.round(2, rounding).to_string();
/// let fee: Decimal = "1.245".parse()?;
/// assert_eq!(cents(fee, Rounding::HalfUp), "1.25"); // commercial
/// assert_eq!(cents(fee, Rounding::HalfEven), "1.24"); // bankers'
/// assert_eq!(cents(fee, Rounding::Down), "1.24"); // never more than was owed
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rounding {
    /// Towards zero: `1.29` → `1.2`, `-1.29` → `-1.2`.
    Down,
    /// Away from zero: `1.21` → `1.3`, `-1.21` → `-1.3`.
    Up,
    /// Towards minus infinity: `-1.21` → `-1.3`.
    Floor,
    /// Towards plus infinity: `1.21` → `1.3`.
    Ceiling,
    /// To the nearest; a half goes away from zero: `1.25` → `1.3`. Commercial rounding.
    HalfUp,
    /// To the nearest; a half goes towards zero: `1.25` → `1.2`.
    HalfDown,
    /// To the nearest; a half goes to the even digit: `1.25` → `1.2`, `1.35` → `1.4`. Bankers' rounding.
    HalfEven,
}

impl Rounding {
    fn goes_away_from_zero(self, negative: bool, kept_is_odd: bool, dropped: Ordering) -> bool {
        let nearest = |half: bool| dropped.is_gt() || (dropped.is_eq() && half);
        match self {
            Self::Down => false,
            Self::Up => true,
            Self::Floor => negative,
            Self::Ceiling => !negative,
            Self::HalfUp => nearest(true),
            Self::HalfDown => nearest(false),
            Self::HalfEven => nearest(kept_is_odd),
        }
    }
}

impl Decimal {
    /// The sum, with the larger number of decimals; `None` when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        let (negative, sum) = if self.negative == other.negative {
            (self.negative, a.checked_add(b))
        } else if a >= b {
            (self.negative, a.checked_sub(b))
        } else {
            (other.negative, b.checked_sub(a))
        };
        Some(Self::from_parts(negative, sum?, scale))
    }

    /// The difference, with the larger number of decimals; `None` when it does not fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(-other)
    }

    /// The exact product, with the sum of both numbers of decimals; `None` when it does not fit.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        self.product(other)
            .or_else(|| self.normalized().product(other.normalized()))
    }

    fn product(self, other: Self) -> Option<Self> {
        let scale = self.scale() + other.scale();
        let negative = self.negative != other.negative;
        let coefficient = self.coefficient.checked_mul(other.coefficient)?;
        (scale <= MAX_SCALE).then(|| Self::from_parts(negative, coefficient, scale))
    }

    /// The quotient with `scale` decimals, rounded; `None` when `other` is zero or the result does not fit.
    #[must_use]
    pub fn checked_div(self, other: Self, scale: u32, rounding: Rounding) -> Option<Self> {
        if scale > MAX_SCALE || other.is_zero() {
            return None;
        }
        let negative = self.negative != other.negative;
        let up = scale + other.scale();
        let quotient = divide(self.coefficient, up, other.coefficient, self.scale())?;
        Self::from_rounded(negative, quotient, scale, rounding)
    }

    /// Rounded to at most `scale` decimals. A value with fewer is returned unchanged.
    #[must_use]
    pub fn round(self, scale: u32, rounding: Rounding) -> Self {
        if scale >= self.scale() {
            return self;
        }
        let cut = self.coefficient.shift_right(self.scale() - scale);
        // A digit was dropped, so there is room for the carry.
        Self::from_rounded(self.negative, cut, scale, rounding).unwrap_or(self)
    }

    /// The same value with exactly `scale` decimals; `None` when that would lose digits or not fit.
    #[must_use]
    pub fn rescaled(self, scale: u32) -> Option<Self> {
        if scale > MAX_SCALE {
            return None;
        }
        let coefficient = match scale.checked_sub(self.scale()) {
            Some(more) => self.coefficient.checked_shift_left(more)?,
            None => match self.coefficient.shift_right(self.scale() - scale) {
                (kept, None) => kept,
                _ => return None,
            },
        };
        Some(Self::from_parts(self.negative, coefficient, scale))
    }

    /// Times ten to the `places`, exact: the point moves right, or left when `places` is negative. `None` when the
    /// result does not fit.
    #[must_use]
    pub fn shifted(self, places: i32) -> Option<Self> {
        let scale = i64::from(self.scale()) - i64::from(places);
        let coefficient = match u32::try_from(-scale) {
            Ok(more) => self.coefficient.checked_shift_left(more)?,
            Err(_) => self.coefficient,
        };
        let scale = u32::try_from(scale.max(0))
            .ok()
            .filter(|scale| *scale <= MAX_SCALE)?;
        Some(Self::from_parts(self.negative, coefficient, scale))
    }

    /// The same value without zeros at the end of its decimals: `1.500` → `1.5`, `20.00` → `20`.
    #[must_use]
    pub fn normalized(self) -> Self {
        let zeros = self.coefficient.trailing_zeros().min(self.scale());
        self.rescaled(self.scale() - zeros).unwrap_or(self)
    }

    /// The sign is passed on its own: the kept digits may be zero, and `-0.4` still rounds down to `-1`.
    fn from_rounded(
        negative: bool,
        (kept, dropped): (Coefficient, Dropped),
        scale: u32,
        rounding: Rounding,
    ) -> Option<Self> {
        let odd = kept.digit(0) % 2 == 1;
        let away = dropped.is_some_and(|dropped| rounding.goes_away_from_zero(negative, odd, dropped));
        let carry = Coefficient::from_u128(away.into());
        Some(Self::from_parts(negative, kept.checked_add(carry)?, scale))
    }

    pub(super) fn aligned(self, other: Self) -> Option<(Coefficient, Coefficient, u32)> {
        let at_one_scale = |a: Self, b: Self| {
            let scale = a.scale().max(b.scale());
            Some((
                a.rescaled(scale)?.coefficient,
                b.rescaled(scale)?.coefficient,
                scale,
            ))
        };
        at_one_scale(self, other).or_else(|| at_one_scale(self.normalized(), other.normalized()))
    }
}

impl Neg for Decimal {
    type Output = Self;

    fn neg(self) -> Self {
        Self::from_parts(!self.negative, self.coefficient, self.scale())
    }
}

/// `(numerator * 10^up) / (denominator * 10^down)` as a whole number, and the dropped remainder.
///
/// Long division, one digit at a time: rare, bounded work that is simple to review.
fn divide(
    numerator: Coefficient,
    up: u32,
    denominator: Coefficient,
    down: u32,
) -> Option<(Coefficient, Dropped)> {
    let append = |number: Coefficient, digit: u64| {
        let shifted = number.checked_shift_left(1)?;
        shifted.checked_add(Coefficient::from_u128(digit.into()))
    };
    let (zeros, denominator) = match up.checked_sub(down) {
        Some(zeros) => (zeros, denominator),
        None => (0, denominator.checked_shift_left(down - up)?),
    };
    let mut quotient = Coefficient::ZERO;
    let mut rest = Coefficient::ZERO;
    let digits = (0..numerator.digits()).rev().map(|place| numerator.digit(place));
    for digit in digits.chain((0..zeros).map(|_| 0)) {
        rest = append(rest, digit)?;
        let mut times = 0;
        while let Some(less) = rest.checked_sub(denominator) {
            rest = less;
            times += 1;
        }
        quotient = append(quotient, times)?;
    }
    // `rest` is below `denominator`, so the difference exists.
    let missing = denominator.checked_sub(rest)?;
    let dropped = (!rest.is_zero()).then(|| rest.cmp(&missing));
    Some((quotient, dropped))
}
