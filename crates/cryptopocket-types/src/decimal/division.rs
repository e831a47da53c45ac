//! Division: by the machine where both sides fit 128 bits, as amounts of money do, and else in long hand, a digit at a
//! time: rare, bounded, and simple enough to see that it is right.

use core::cmp::Ordering;

use super::coefficient::{Coefficient, Dropped};

/// `(numerator * 10^up) / (denominator * 10^down)` as a whole number, and what the division dropped.
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
    by_machine(numerator, zeros, denominator).or_else(|| in_long_hand(numerator, zeros, denominator))
}

/// `numerator * 10^zeros / denominator`; `None` where one of them is too long for it.
fn by_machine(
    numerator: Coefficient,
    zeros: u32,
    denominator: Coefficient,
) -> Option<(Coefficient, Dropped)> {
    let scale = 10_u128.checked_pow(zeros)?;
    let (numerator, denominator) = (numerator.to_u128()?.checked_mul(scale)?, denominator.to_u128()?);
    // Two quotients of 64 bits take a fraction of the time of one of 128.
    let (quotient, rest) = match (u64::try_from(numerator), u64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) => (
            u128::from(numerator / denominator),
            u128::from(numerator % denominator),
        ),
        _ => (numerator / denominator, numerator % denominator),
    };
    let dropped = match rest {
        0 => Dropped::Nothing,
        rest => beside_half(rest.cmp(&(denominator - rest))),
    };
    Some((Coefficient::from_u128(quotient), dropped))
}

fn in_long_hand(
    numerator: Coefficient,
    zeros: u32,
    denominator: Coefficient,
) -> Option<(Coefficient, Dropped)> {
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
    Some((quotient, compare_to_half(rest, denominator)))
}

fn append(number: Coefficient, digit: u64) -> Option<Coefficient> {
    number
        .checked_shift_left(1)?
        .checked_add(Coefficient::from_u128(digit.into()))
}

/// `rest` is below `denominator`, so the other part of it exists.
fn compare_to_half(rest: Coefficient, denominator: Coefficient) -> Dropped {
    let Some(missing) = denominator.checked_sub(rest).filter(|_| !rest.is_zero()) else {
        return Dropped::Nothing;
    };
    beside_half(rest.cmp(&missing))
}

/// How the rest compares with what it lacks.
const fn beside_half(with_missing: Ordering) -> Dropped {
    match with_missing {
        Ordering::Less => Dropped::BelowHalf,
        Ordering::Equal => Dropped::Half,
        Ordering::Greater => Dropped::AboveHalf,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Coefficient, by_machine, divide, in_long_hand};

    proptest! {
        #[test]
        fn the_machine_divides_as_long_hand_does(
            numerator in any::<u128>(),
            cut in 0_u32..128,
            zeros in 0_u32..20,
            denominator in 1_u128..,
            other_cut in 0_u32..127,
        ) {
            let numerator = Coefficient::from_u128(numerator >> cut);
            let denominator = Coefficient::from_u128((denominator >> other_cut).max(1));
            if let Some(quotient) = by_machine(numerator, zeros, denominator) {
                prop_assert_eq!(Some(quotient), in_long_hand(numerator, zeros, denominator));
            }
        }
    }

    #[test]
    fn what_is_too_long_for_the_machine_is_divided_all_the_same() {
        let (long, two) = (Coefficient::from_u128(u128::MAX), Coefficient::from_u128(2));
        assert_eq!(by_machine(long, 1, two), None);
        assert_eq!(divide(long, 1, two, 0), in_long_hand(long, 1, two));
    }
}
