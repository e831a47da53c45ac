//! Exact decimal numbers.
//!
//! Binary floating point cannot hold `0.1`, so amounts are read from digits and written as digits. The range covers any
//! 256-bit amount of base units with 18 decimals, with room to multiply it by a price.
//!
//! # Why not a library
//!
//! An amount of base units has up to 78 digits, must never be rounded in silence, and comes from the network, so its
//! size must be bounded. Nanoseconds for `148.320000000000000001` on a shared machine, by
//! `cargo bench -p cryptopocket-types --features bigdecimal,rust_decimal --bench decimal`; CPU seconds for a cold build of
//! an empty program with the crate, debug profile, by `time cargo build`. Measured on 2026-11-27; since then a shift to the
//! left has become a product of two numbers, of which nothing was measured:
//!
//! | | parse | print | add | compare | round | crates | CPU s | why not |
//! |---|---|---|---|---|---|---|---|---|
//! | ours | 80 | 124 | 41 | 6 | 74 | 0 | – | |
//! | `rust_decimal` 1.43 | 41 | 196 | 15 | 8 | 59 | 3 | 2.0 | 28 digits; its serde features act on the whole build |
//! | `fastnum` 0.7, `D512` | 115 | 190 | 25 | 136 | 154 | 2 | 4.0 | a result that does not fit is rounded and flagged, not refused; not yet 1.0 |
//! | `bigdecimal` 0.4 | 218 | 243 | 76 | 10 | 185 | 5 | 5.8 | unbounded, so hostile input has to be bounded by hand; allocates, so amounts would not be `Copy` |
//! | `dashu-float` 0.6 | | | | | | 6 | 5.7 | rounds to the precision of the operands; allocates |

mod arithmetic;
mod coefficient;
mod parse;
#[cfg(test)]
mod tests;

use core::cmp::Ordering;
use core::hash::{Hash, Hasher};

pub use arithmetic::Rounding;
use coefficient::{Coefficient, MAX_DIGITS};

use crate::ParseError;

/// The largest number of decimals of a [`Decimal`].
const MAX_SCALE: u32 = MAX_DIGITS;

/// An exact decimal number: up to 126 significant digits, up to 126 of them after the point.
///
/// The number of decimals is kept (`150.50` stays `150.50`); equality, order and hash ignore it: `1.5 == 1.50`.
/// Arithmetic is checked and exact; a result that does not fit is `None`. There is no conversion from or to `f64`.
/// With the features `rust_decimal` and `bigdecimal` it converts from and to the types of those crates.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::{Decimal, Rounding};
///
/// let price: Decimal = "0.9213".parse()?;
/// let tokens: Decimal = "148.32".parse()?;
/// let cost = price.checked_mul(tokens).expect("fits by far");
/// assert_eq!(cost.to_string(), "136.647216");
/// assert_eq!(cost.round(2, Rounding::HalfUp).to_string(), "136.65");
///
/// assert_eq!("1e-3".parse::<Decimal>()?.to_string(), "0.001");
/// assert!("1e999999999".parse::<Decimal>().is_err());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Decimal {
    coefficient: Coefficient,
    /// At most [`MAX_SCALE`].
    scale: u8,
    /// Never set for zero.
    negative: bool,
}

impl Decimal {
    /// Zero, without decimals.
    pub const ZERO: Self = Self {
        coefficient: Coefficient::ZERO,
        scale: 0,
        negative: false,
    };
    /// One, without decimals.
    pub const ONE: Self = Self {
        coefficient: Coefficient::from_u128(1),
        scale: 0,
        negative: false,
    };

    #[allow(
        clippy::cast_possible_truncation,
        reason = "every caller has bounded the scale by MAX_SCALE"
    )]
    fn from_parts(negative: bool, coefficient: Coefficient, scale: u32) -> Self {
        debug_assert!(scale <= MAX_SCALE, "scale out of range");
        Self {
            coefficient,
            scale: scale as u8,
            negative: negative && !coefficient.is_zero(),
        }
    }

    /// Makes a value from a number of smaller units: `from_minor(15050, 2)` is `150.50`.
    ///
    /// # Errors
    ///
    /// When `scale` is above 126.
    pub fn from_minor(minor: i128, scale: u32) -> Result<Self, ParseError> {
        if scale > MAX_SCALE {
            let cure = "use a scale of at most 126";
            return Err(ParseError::new("decimal", "too many decimals", cure));
        }
        Ok(Self::of_minor(minor, scale))
    }

    fn of_minor(minor: i128, scale: u32) -> Self {
        Self::from_parts(minor < 0, Coefficient::from_u128(minor.unsigned_abs()), scale)
    }

    /// The value in units of `10^-scale`: `150.50` with scale 2 is `15050`.
    ///
    /// # Errors
    ///
    /// When the value is not a whole number of such units, or does not fit.
    pub fn to_minor(self, scale: u32) -> Result<i128, ParseError> {
        const INEXACT: ParseError = ParseError::new(
            "decimal",
            "not a whole number of the smaller unit, or too large for it",
            "call `round` first",
        );
        let units = self
            .normalized()
            .rescaled(scale)
            .and_then(|value| value.coefficient.to_u128())
            .ok_or(INEXACT)?;
        let minor = if self.negative {
            0_i128.checked_sub_unsigned(units)
        } else {
            0_i128.checked_add_unsigned(units)
        };
        minor.ok_or(INEXACT)
    }

    /// The number of decimals: 2 for `150.50`.
    pub const fn scale(self) -> u32 {
        self.scale as u32
    }

    /// Whether the value is zero.
    pub fn is_zero(self) -> bool {
        self.coefficient.is_zero()
    }

    /// Whether the value is below zero.
    pub const fn is_negative(self) -> bool {
        self.negative
    }

    /// Whether the fraction is zero: true for `20` and `20.00`.
    pub fn is_whole(self) -> bool {
        self.coefficient.trailing_zeros() >= self.scale()
    }

    /// The value without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self {
            coefficient: self.coefficient,
            scale: self.scale,
            negative: false,
        }
    }

    /// Compares absolute values.
    fn cmp_magnitude(self, other: Self) -> Ordering {
        if self.scale == other.scale || self.is_zero() || other.is_zero() {
            return self.coefficient.cmp(&other.coefficient);
        }
        // Compares the position of the leading digit first: only equal positions need an alignment, which then fits.
        let place = |value: Self| i64::from(value.coefficient.digits()) - i64::from(value.scale);
        place(self).cmp(&place(other)).then_with(|| {
            let aligned = self.aligned(other);
            aligned.map_or(Ordering::Equal, |(own, others, _)| own.cmp(&others))
        })
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.cmp_magnitude(*other),
            (true, true) => other.cmp_magnitude(*self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let value = self.normalized();
        (value.negative, value.scale, value.coefficient).hash(state);
    }
}

macro_rules! from_whole_numbers {
    ($($whole:ty),*) => {$(
        impl From<$whole> for Decimal {
            fn from(value: $whole) -> Self {
                Self::of_minor(value.into(), 0)
            }
        }
    )*};
}

from_whole_numbers!(u8, u16, u32, u64, i8, i16, i32, i64, i128);
