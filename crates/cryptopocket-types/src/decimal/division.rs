//! Long division, one digit at a time: rare, bounded work that is simple to review.

use core::cmp::Ordering;

use super::coefficient::{Coefficient, Dropped};

/// `(numerator * 10^up) / (denominator * 10^down)` as a whole number, and the dropped remainder.
pub(super) fn divide(
    numerator: Coefficient,
    up: u32,
    denominator: Coefficient,
    down: u32,
) -> Option<(Coefficient, Dropped)> {
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
    let dropped = match rest.cmp(&missing) {
        _ if rest.is_zero() => Dropped::Nothing,
        Ordering::Less => Dropped::BelowHalf,
        Ordering::Equal => Dropped::Half,
        Ordering::Greater => Dropped::AboveHalf,
    };
    Some((quotient, dropped))
}

fn append(number: Coefficient, digit: u64) -> Option<Coefficient> {
    let shifted = number.checked_shift_left(1)?;
    shifted.checked_add(Coefficient::from_u128(digit.into()))
}
