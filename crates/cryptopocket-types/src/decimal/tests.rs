use core::cmp::Ordering;
use core::hash::{BuildHasher, BuildHasherDefault};
use std::hash::DefaultHasher;

use num_bigint::BigInt;
use proptest::prelude::*;

use super::{Decimal, Rounding};

const ROUNDINGS: [Rounding; 7] = [
    Rounding::Down,
    Rounding::Up,
    Rounding::Floor,
    Rounding::Ceiling,
    Rounding::HalfUp,
    Rounding::HalfDown,
    Rounding::HalfEven,
];

#[allow(clippy::unwrap_used, reason = "test input")]
fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The value times ten to the `scale`, which is at least the value's own.
#[allow(clippy::unwrap_used, reason = "test input")]
fn reference(value: Decimal, scale: u32) -> BigInt {
    let digits: String = value.to_string().chars().filter(|c| *c != '.').collect();
    digits.parse::<BigInt>().unwrap() * BigInt::from(10).pow(scale - value.scale())
}

fn hash(value: Decimal) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

/// Digits of the given number, the first one not zero.
fn digits(most: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[1-9][0-9]{{0,{}}}", most - 1)).expect("a valid pattern")
}

/// A value of up to `most` digits with a point somewhere in or before them.
fn values(most: usize) -> impl Strategy<Value = Decimal> {
    (
        any::<bool>(),
        prop_oneof![9 => digits(most), 1 => Just("0".to_owned())],
        0..=most,
    )
        .prop_map(|(negative, digits, decimals)| {
            let padded = format!("{digits:0>width$}", width = decimals + 1);
            let (whole, fraction) = padded.split_at(padded.len() - decimals);
            let point = if decimals > 0 { "." } else { "" };
            decimal(&format!(
                "{}{whole}{point}{fraction}",
                if negative { "-" } else { "" }
            ))
        })
}

proptest! {
    #[test]
    fn plain_text_round_trips(value in values(126)) {
        let text = value.to_string();
        prop_assert_eq!(decimal(&text).to_string(), text);
    }

    #[test]
    fn exponent_only_moves_the_point(digits in digits(28), exponent in -40_i32..=40) {
        let value = decimal(&format!("{digits}e{exponent}"));
        let expected = if exponent < 0 {
            let decimals = exponent.unsigned_abs() as usize;
            let padded = format!("{digits:0>width$}", width = decimals + 1);
            let (whole, fraction) = padded.split_at(padded.len() - decimals);
            format!("{whole}.{fraction}")
        } else {
            format!("{digits}{}", "0".repeat(exponent.unsigned_abs() as usize))
        };
        prop_assert_eq!(value.to_string(), expected);
    }

    #[test]
    fn arithmetic_and_order_agree_with_big_integers(a in values(60), b in values(60)) {
        let scale = a.scale().max(b.scale());
        let (x, y) = (reference(a, scale), reference(b, scale));
        prop_assert_eq!(reference(a.checked_add(b).unwrap(), scale), &x + &y);
        prop_assert_eq!(reference(a.checked_sub(b).unwrap(), scale), &x - &y);
        prop_assert_eq!(a.cmp(&b), x.cmp(&y));
        let product = a.checked_mul(b).unwrap();
        prop_assert_eq!(reference(product, scale * 2), x * y);
    }

    #[test]
    fn overflow_is_refused_without_panic(a in values(126), b in values(126), places in -300_i32..300) {
        for result in [a.checked_add(b), a.checked_sub(b), a.checked_mul(b), a.shifted(places)].into_iter().flatten() {
            prop_assert_eq!(decimal(&result.to_string()), result);
        }
        for rounding in ROUNDINGS {
            let _ = a.checked_div(b, places.unsigned_abs(), rounding);
            let _ = a.round(places.unsigned_abs(), rounding);
        }
        let _ = a.to_minor(places.unsigned_abs());
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
    }

    #[test]
    fn no_text_panics(text in "[-+]?[0-9.eE+-]{0,40}|\\PC{0,20}") {
        let _ = text.parse::<Decimal>();
    }

    #[test]
    fn rounding_error_stays_below_one_unit(value in values(60), scale in 0_u32..60) {
        let unit = Decimal::from_minor(1, scale).unwrap();
        for rounding in ROUNDINGS {
            let rounded = value.round(scale, rounding);
            let error = rounded.checked_sub(value).unwrap();
            prop_assert_eq!(rounded.scale(), scale.min(value.scale()));
            prop_assert!(error.abs() < unit);
            let right_side = match rounding {
                Rounding::Down => rounded.abs() <= value.abs(),
                Rounding::Up => rounded.abs() >= value.abs(),
                Rounding::Floor => rounded <= value,
                Rounding::Ceiling => rounded >= value,
                _ => error.abs().checked_add(error.abs()).unwrap() <= unit,
            };
            prop_assert!(right_side, "{rounding:?} {value} -> {rounded}");
        }
    }

    #[test]
    fn quotient_times_divisor_plus_rest_is_the_dividend(
        a in values(28), b in values(28), scale in 0_u32..30,
    ) {
        prop_assume!(!b.is_zero());
        let quotient = a.checked_div(b, scale, Rounding::Down).unwrap();
        let rest = a.checked_sub(quotient.checked_mul(b).unwrap()).unwrap();
        let step = b.abs().checked_mul(Decimal::from_minor(1, scale).unwrap()).unwrap();
        prop_assert!(rest.abs() < step);
        prop_assert!(rest.is_zero() || rest.is_negative() == a.is_negative());
    }

    #[test]
    fn cents_are_exact_or_refused(value in values(40)) {
        let exact = value.round(2, Rounding::Down) == value;
        match value.to_minor(2) {
            Ok(cents) => {
                prop_assert!(exact);
                prop_assert_eq!(Decimal::from_minor(cents, 2).unwrap(), value);
            }
            Err(_) => prop_assert!(!exact || reference(value, value.scale().max(2)).bits() > 127),
        }
    }

    #[test]
    fn equality_and_hash_ignore_trailing_zeros(value in values(60), zeros in 0_u32..60) {
        let longer = value.rescaled(value.scale() + zeros).unwrap();
        prop_assert_eq!(longer, value);
        prop_assert_eq!(hash(longer), hash(value));
        prop_assert_eq!(longer.normalized().to_string(), value.normalized().to_string());
    }
}

#[test]
fn oversized_numbers_are_refused_cheaply() {
    let long = "9".repeat(127);
    let longest = "9".repeat(126);
    for text in [
        "1e127",
        "1e-127",
        "1e1000000000000000000000",
        "1e-999999",
        &long,
        &format!("0.{long}"),
    ] {
        assert!(text.parse::<Decimal>().is_err(), "{text}");
    }
    assert_eq!(decimal(&longest).to_string(), longest);
    assert_eq!(decimal("1e125").to_string().len(), 126);
    assert_eq!(decimal("0e126"), Decimal::ZERO);
    assert!(format!("{}1", "0".repeat(600)).parse::<Decimal>().is_err());
}

#[test]
fn malformed_numbers_are_refused() {
    for text in [
        "", "-", "+", ".", "1.", ".5", "1,5", "1 000", " 1", "1 ", "0x10", "1e", "1e+", "NaN", "inf", "--1",
        "1.2.3", "١",
    ] {
        assert!(text.parse::<Decimal>().is_err(), "{text}");
    }
    assert_eq!(decimal("+007.50").to_string(), "7.50");
}

#[test]
fn rounding_modes_follow_the_table() {
    let table = [
        (Rounding::Down, ["1.2", "1.2", "-1.2", "1.3"]),
        (Rounding::Up, ["1.3", "1.3", "-1.3", "1.4"]),
        (Rounding::Floor, ["1.2", "1.2", "-1.3", "1.3"]),
        (Rounding::Ceiling, ["1.3", "1.3", "-1.2", "1.4"]),
        (Rounding::HalfUp, ["1.2", "1.3", "-1.3", "1.4"]),
        (Rounding::HalfDown, ["1.2", "1.2", "-1.2", "1.3"]),
        (Rounding::HalfEven, ["1.2", "1.2", "-1.2", "1.4"]),
    ];
    for (rounding, expected) in table {
        let rounded =
            ["1.21", "1.25", "-1.25", "1.35"].map(|text| decimal(text).round(1, rounding).to_string());
        assert_eq!(rounded, expected, "{rounding:?}");
    }
    assert_eq!(decimal("9.999").round(2, Rounding::HalfUp).to_string(), "10.00");
    assert_eq!(decimal("0.4").round(0, Rounding::Up).to_string(), "1");
    assert_eq!(decimal("-0.4").round(0, Rounding::Floor).to_string(), "-1");
    assert_eq!(decimal("-0.4").round(0, Rounding::Ceiling).to_string(), "0");
    assert_eq!(
        decimal("-1").checked_div(decimal("3"), 0, Rounding::Up),
        Some(decimal("-1"))
    );
    assert_eq!(
        decimal("2").checked_div(decimal("3"), 4, Rounding::HalfUp),
        Some(decimal("0.6667"))
    );
    assert_eq!(decimal("1").checked_div(Decimal::ZERO, 4, Rounding::HalfUp), None);
}

#[test]
fn limits_of_the_range_are_exact() {
    let largest = decimal(&"9".repeat(126));
    assert_eq!(largest.checked_add(Decimal::ONE), None);
    assert_eq!(largest.checked_sub(largest), Some(Decimal::ZERO));
    assert_eq!(
        largest.cmp(&Decimal::from_minor(1, 126).unwrap()),
        Ordering::Greater
    );
    assert_eq!(
        Decimal::from_minor(i128::MIN, 0).unwrap().to_minor(0),
        Ok(i128::MIN)
    );
    assert_eq!(
        Decimal::from_minor(i128::MAX, 0).unwrap().to_minor(0),
        Ok(i128::MAX)
    );
    assert!(
        decimal("170141183460469231731687303715884105728")
            .to_minor(0)
            .is_err()
    );
    assert!(Decimal::from_minor(1, 127).is_err());
    assert_eq!((-Decimal::ZERO).to_string(), "0");
    assert_eq!(decimal("-0.00").to_string(), "0.00");
}

#[test]
fn display_honours_width_and_sign() {
    assert_eq!(format!("[{:>8}]", decimal("1.50")), "[    1.50]");
    assert_eq!(format!("[{:+}]", decimal("1.50")), "[+1.50]");
    assert_eq!(format!("[{:08}]", decimal("-1.50")), "[-0001.50]");
}
