//! The error of this crate.

use crate::formats;

/// A refused value: the field, the broken rule, and what to do.
///
/// The error never contains the value, so it can be logged.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Money;
///
/// let error = "12,50 EUR".parse::<Money>().unwrap_err();
/// assert_eq!(error.field(), "decimal");
/// assert!(!error.rule().is_empty() && !error.cure().is_empty());
/// assert!(!error.to_string().contains("12,50"), "the value must not be logged");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParseError {
    field: &'static str,
    rule: &'static str,
    cure: &'static str,
}

impl ParseError {
    /// Makes an error about `field`, which broke `rule`; `cure` says what to do.
    ///
    /// All three are static text, so that no value can become part of them.
    pub const fn new(field: &'static str, rule: &'static str, cure: &'static str) -> Self {
        Self { field, rule, cure }
    }

    /// The field or kind of value, such as `iban`.
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// The broken rule.
    pub const fn rule(&self) -> &'static str {
        self.rule
    }

    /// What to do about it.
    pub const fn cure(&self) -> &'static str {
        self.cure
    }
}

formats! {
    Display of ParseError, |error, f| write!(f, "{}: {}; {}", error.field, error.rule, error.cure);
    Debug of ParseError, |error, f| write!(f, "ParseError({error})");
}

impl core::error::Error for ParseError {}
