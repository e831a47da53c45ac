//! What the matcher may do, as data.

use std::fmt;

use cryptopocket_types::{Money, ParseError};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares a part of the policy, each field with its default. It is read from an object with known fields, and nothing else:
/// serde alone takes the items of a list for the fields in their order, and an empty list for all defaults.
macro_rules! part {
    (
        $(#[$doc:meta])*
        pub struct $name:ident($expecting:literal) {
            $($(#[$of_field:meta])* $field:ident: $kind:ty = $default:expr,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(default, deny_unknown_fields, remote = "Self")]
        #[non_exhaustive]
        pub struct $name { $($(#[$of_field])* pub $field: $kind,)+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;

                impl<'de> Visitor<'de> for Object {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<$name, A::Error> {
                        // The function that `remote = "Self"` derives.
                        $name::deserialize(MapAccessDeserializer::new(fields))
                    }
                }

                deserializer.deserialize_map(Object)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, serializer)
            }
        }
    };
}

part! {
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
    pub struct Policy("a JSON object with the fields of the policy") {
        /// Days before the payment's creation on which its credit may be booked: time zones, and value dates.
        days_before: u16 = 1,
        /// Days after the payment's creation within which its credit may be booked. A later one is only suggested.
        days_after: u16 = 30,
        /// Differences that are suggested instead of reported as partial or over; at most one a currency. Never confirmed.
        tolerances: Vec<Money> = Vec::new(),
        /// References with fewer significant digits are short: they never count without an equal amount, and are never
        /// confirmed without an equal name or account.
        short_reference: u8 = 6,
        /// What may be confirmed.
        confirm: Confirm = Confirm::default(),
        /// Points of each piece of evidence, in thousandths of a score.
        weights: Weights = Weights::default(),
        /// Candidates whose scores differ by at most so many thousandths are ambiguous.
        epsilon: u16 = 100,
        /// The least score of a suggestion, in thousandths.
        suggest_from: u16 = 300,
        /// The largest amount that is believed, in currency units.
        largest_amount: u64 = 1_000_000_000,
        /// Bounds of the work.
        limits: Limits = Limits::default(),
    }
}

part! {
    /// Which evidence may confirm a match.
    pub struct Confirm("an object in `confirm`") {
        /// The concept.
        concept: bool = true,
        /// The provider's payment id.
        payment_id: bool = true,
        /// Your external id. The provider does not state that it is unique.
        external_id: bool = true,
        /// What a payer's name that contradicts the expected one means.
        name_mismatch: NameMismatch = NameMismatch::NeedsDistinctReference,
    }
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

part! {
    /// Points of each piece of evidence, in thousandths of a score.
    pub struct Weights("an object in `weights`") {
        /// A reference that stands whole.
        reference: u16 = 600,
        /// A reference joined from groups.
        joined_reference: u16 = 550,
        /// A reference with a check digit that the payment does not store.
        derived_reference: u16 = 450,
        /// A reference with one wrong character, or inside a longer word.
        weak_reference: u16 = 300,
        /// The equal amount.
        amount: u16 = 250,
        /// An amount within the tolerance.
        near_amount: u16 = 100,
        /// The equal account.
        iban: u16 = 100,
        /// The equal name.
        name: u16 = 100,
        /// A similar name.
        similar_name: u16 = 70,
        /// A booking day within the window.
        date: u16 = 50,
        /// Taken off for the name of another person.
        other_name: u16 = 150,
    }
}

part! {
    /// Bounds of the work. What they cut is listed in [`Decisions::cuts`](super::Decisions::cuts).
    pub struct Limits("an object in `limits`") {
        /// Bytes of one text that are read.
        text_bytes: u16 = 4096,
        /// References that are read from one text.
        references: u8 = 64,
        /// Pairs of payment and credit that are compared for one value, such as one amount.
        pairs: u32 = 1024,
        /// Parts of a split.
        split_parts: u8 = 6,
        /// Candidates that are listed for one payment.
        candidates: u8 = 10,
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
