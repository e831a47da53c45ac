//! What the matcher may do, as data.

mod object;

use cryptopocket_types::{Money, ParseError};
use serde::{Deserialize, Serialize};

/// The rules of the matcher. The default is safe: change it only with a reason.
///
/// Confirmation follows rules, never a sum of points: no weight can make a match confirmed. Weights only rank
/// candidates. Unknown fields are an error, so that a mistyped limit cannot be ignored.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::matcher::Policy;
///
/// let policy: Policy = serde_json::from_str(r#"{"days_after": 10}"#).unwrap();
/// assert_eq!(policy.days_after, 10);
/// assert_eq!(policy.days_before, Policy::default().days_before);
/// assert!(serde_json::from_str::<Policy>(r#"{"day_after": 10}"#).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a JSON object with the fields of the policy",
    remote = "Self"
)]
#[non_exhaustive]
pub struct Policy {
    /// Days before the payment's creation on which its credit may be booked: time zones, and value dates.
    pub days_before: u16,
    /// Days after the payment's creation within which its credit may be booked. A later one is only suggested.
    pub days_after: u16,
    /// Differences that are suggested instead of reported as partial or over; at most one a currency. Never confirmed.
    pub tolerances: Vec<Money>,
    /// References with fewer significant digits are short: they never count without an equal amount, and are never
    /// confirmed without an equal name or account.
    pub short_reference: u8,
    /// What may be confirmed.
    pub confirm: Confirm,
    /// Points of each piece of evidence, in thousandths of a score.
    pub weights: Weights,
    /// Candidates whose scores differ by at most so many thousandths are ambiguous.
    pub epsilon: u16,
    /// The least score of a suggestion, in thousandths.
    pub suggest_from: u16,
    /// The largest amount that is believed, in currency units.
    pub largest_amount: u64,
    /// Bounds of the work.
    pub limits: Limits,
}

/// Which evidence may confirm a match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "an object in `confirm`",
    remote = "Self"
)]
#[non_exhaustive]
pub struct Confirm {
    /// The concept.
    pub concept: bool,
    /// The provider's payment id.
    pub payment_id: bool,
    /// Your external id. The provider does not state that it is unique.
    pub external_id: bool,
    /// What a payer's name that contradicts the expected one means.
    pub name_mismatch: NameMismatch,
}

/// What the name of another person on a credit with the right reference and amount means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NameMismatch {
    /// Never confirm it.
    Suggest,
    /// Confirm it only if the reference cannot be another number by chance: it is labelled as a reference, has valid
    /// check digits, is the end-to-end id, or is the only number in the text.
    NeedsDistinctReference,
}

/// Points of each piece of evidence, in thousandths of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "an object in `weights`",
    remote = "Self"
)]
#[non_exhaustive]
pub struct Weights {
    /// A reference that stands whole.
    pub reference: u16,
    /// A reference joined from groups.
    pub joined_reference: u16,
    /// A reference with a check digit that the payment does not store.
    pub derived_reference: u16,
    /// A reference with one wrong character, or inside a longer word.
    pub weak_reference: u16,
    /// The equal amount.
    pub amount: u16,
    /// An amount within the tolerance.
    pub near_amount: u16,
    /// The equal account.
    pub iban: u16,
    /// The equal name.
    pub name: u16,
    /// A similar name.
    pub similar_name: u16,
    /// A booking day within the window.
    pub date: u16,
    /// Taken off for the name of another person.
    pub other_name: u16,
}

/// Bounds of the work. What they cut is listed in [`Decisions::cuts`](super::Decisions::cuts).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "an object in `limits`",
    remote = "Self"
)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one text that are read.
    pub text_bytes: u16,
    /// References that are read from one text.
    pub references: u8,
    /// Pairs of payment and credit that are compared for one value, such as one amount.
    pub pairs: u32,
    /// Parts of a split.
    pub split_parts: u8,
    /// Candidates that are listed for one payment.
    pub candidates: u8,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            days_before: 1,
            days_after: 30,
            tolerances: Vec::new(),
            short_reference: 6,
            confirm: Confirm::default(),
            weights: Weights::default(),
            epsilon: 100,
            suggest_from: 300,
            largest_amount: 1_000_000_000,
            limits: Limits::default(),
        }
    }
}

impl Default for Confirm {
    fn default() -> Self {
        Self {
            concept: true,
            payment_id: true,
            external_id: true,
            name_mismatch: NameMismatch::NeedsDistinctReference,
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            reference: 600,
            joined_reference: 550,
            derived_reference: 450,
            weak_reference: 300,
            amount: 250,
            near_amount: 100,
            iban: 100,
            name: 100,
            similar_name: 70,
            date: 50,
            other_name: 150,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 4096,
            references: 64,
            pairs: 1024,
            split_parts: 6,
            candidates: 10,
        }
    }
}

impl Policy {
    /// Checks that the values make sense together.
    ///
    /// # Errors
    ///
    /// For a negative tolerance, two tolerances of one currency, a reference length above 18, a largest amount that does
    /// not fit, or a limit of zero.
    pub fn check(&self) -> Result<(), ParseError> {
        let refused = |rule, cure| Err(ParseError::new("policy", rule, cure));
        for (index, tolerance) in self.tolerances.iter().enumerate() {
            if tolerance.is_negative() || tolerance.to_minor().is_err() {
                return refused(
                    "a tolerance is negative or finer than the currency",
                    "give a positive amount of minor units",
                );
            }
            let same = |other: &Money| other.currency() == tolerance.currency();
            if self.tolerances[..index].iter().any(same) {
                return refused("two tolerances are of one currency", "keep one");
            }
        }
        if self.short_reference > 18 {
            return refused("short_reference is above 18", "give a number of digits up to 18");
        }
        // In minor units of four decimals it must fit in 63 bits.
        if self.largest_amount > 100_000_000_000_000 {
            return refused("largest_amount is above 10^14", "give a smaller amount");
        }
        let Limits {
            text_bytes,
            references,
            pairs,
            split_parts,
            candidates,
        } = self.limits;
        if text_bytes == 0 || references == 0 || pairs == 0 || split_parts == 0 || candidates == 0 {
            return refused("a limit is zero", "give at least 1");
        }
        if split_parts > 8 || pairs > 65_536 {
            return refused(
                "a limit is too large to bound the work",
                "use split_parts up to 8 and pairs up to 65536",
            );
        }
        Ok(())
    }
}
