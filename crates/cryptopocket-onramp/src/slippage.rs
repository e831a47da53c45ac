use std::fmt;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

const WHOLE: u32 = 10_000;

/// The largest allowed difference between the tokens of two quotes, up or down.
///
/// It is a whole number of basis points (hundredths of a percent), so no fraction is ever rounded. In JSON it is that
/// number.
///
/// # Examples
/// ```
/// use cryptopocket_onramp::Slippage;
///
/// assert_eq!(Slippage::percent(1), Slippage::basis_points(100));
/// let limit = Slippage::basis_points(50);
/// assert_eq!(limit.to_string(), "0.50 %");
/// assert!(limit.allows("148.32".parse()?, "147.60".parse()?));
/// assert!(!limit.allows("148.32".parse()?, "147.50".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "u32")]
pub struct Slippage(u32);

impl Slippage {
    /// No difference: exactly the quoted number of tokens.
    pub const NONE: Self = Self(0);

    /// Hundredths of a percent: 50 is 0.50 %. More than 10 000 (100 %) counts as 10 000.
    pub const fn basis_points(points: u32) -> Self {
        Self(if points > WHOLE { WHOLE } else { points })
    }

    /// Whole percent. More than 100 counts as 100.
    pub const fn percent(percent: u32) -> Self {
        Self::basis_points(percent.saturating_mul(100))
    }

    /// Whether `fresh` differs from `quoted` by at most this share of `quoted`; the limit itself is allowed.
    ///
    /// Numbers that are too large to compare are not allowed.
    pub fn allows(self, quoted: Decimal, fresh: Decimal) -> bool {
        // Both sides are multiplied instead of divided, so that nothing is rounded: |fresh - quoted| * 10 000 <= quoted
        // * bp.
        let moved = fresh
            .checked_sub(quoted)
            .and_then(|moved| moved.abs().checked_mul(Decimal::from(WHOLE)));
        let limit = quoted.abs().checked_mul(Decimal::from(self.0));
        matches!((moved, limit), (Some(moved), Some(limit)) if moved <= limit)
    }
}

impl From<u32> for Slippage {
    /// As [`basis_points`](Self::basis_points).
    fn from(points: u32) -> Self {
        Self::basis_points(points)
    }
}

impl fmt::Display for Slippage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn limit_itself_is_allowed() {
        let quoted: Decimal = "100".parse().unwrap();
        let one_percent = Slippage::percent(1);
        for (fresh, allowed) in [
            ("99", true),
            ("101", true),
            ("98.999999999999999999", false),
            ("101.000000000000000001", false),
            ("100", true),
        ] {
            assert_eq!(
                one_percent.allows(quoted, fresh.parse().unwrap()),
                allowed,
                "{fresh}"
            );
        }
    }

    #[test]
    fn zero_tokens_allow_only_zero() {
        assert!(Slippage::percent(100).allows(Decimal::ZERO, Decimal::ZERO));
        assert!(!Slippage::percent(100).allows(Decimal::ZERO, "0.000001".parse().unwrap()));
    }

    #[test]
    fn huge_numbers_are_refused() {
        let huge: Decimal = "9".repeat(126).parse().unwrap();
        assert!(!Slippage::percent(100).allows(huge, Decimal::ONE));
    }

    #[test]
    fn more_than_100_percent_counts_as_100() {
        assert_eq!(Slippage::percent(u32::MAX), Slippage::percent(100));
        assert_eq!(Slippage::basis_points(10_001).to_string(), "100.00 %");
    }

    fn scaled(units: u64, scale: u32) -> Decimal {
        Decimal::from_minor(i128::from(units), scale).unwrap()
    }

    proptest! {
        #[test]
        fn decision_agrees_with_integer_arithmetic(
            quoted in any::<u64>(), fresh in any::<u64>(), scale in 0_u32..30, points in 0_u32..=10_000,
        ) {
            let expected = u128::from(quoted.abs_diff(fresh)) * 10_000 <= u128::from(quoted) * u128::from(points);
            let allowed = Slippage::basis_points(points).allows(scaled(quoted, scale), scaled(fresh, scale));
            prop_assert_eq!(allowed, expected);
        }

        #[test]
        fn trailing_zeros_do_not_matter(quoted in any::<u32>(), fresh in any::<u32>(), points in 0_u32..=10_000) {
            let limit = Slippage::basis_points(points);
            let padded = scaled(u64::from(fresh) * 1000, 3);
            prop_assert_eq!(
                limit.allows(scaled(quoted.into(), 0), scaled(fresh.into(), 0)),
                limit.allows(scaled(quoted.into(), 0), padded)
            );
        }

        #[test]
        fn wider_limit_allows_at_least_as_much(
            quoted in any::<u64>(), fresh in any::<u64>(), narrow in 0_u32..=10_000, wide in 0_u32..=10_000,
        ) {
            prop_assume!(narrow <= wide);
            let (quoted, fresh) = (scaled(quoted, 6), scaled(fresh, 6));
            prop_assert!(
                !Slippage::basis_points(narrow).allows(quoted, fresh) || Slippage::basis_points(wide).allows(quoted, fresh)
            );
        }
    }
}
