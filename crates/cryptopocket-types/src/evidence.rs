//! Grades of evidence for facts about the API.

use core::fmt;
use core::str::FromStr;

use crate::ParseError;

/// Grade of evidence for a fact about the API, ordered from the strongest to the weakest.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Evidence;
///
/// assert!(Evidence::Documented < Evidence::Assumed);
/// assert_eq!("older".parse(), Ok(Evidence::Older));
/// assert!("certain".parse::<Evidence>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Stated on the provider's current reference page.
    Documented,
    /// Stated only in the provider's integration guide.
    Guide,
    /// Undocumented, but seen in the provider's replies by a probe.
    Observed,
    /// Stated only in an older edition of the page; a newer spelling may appear beside it.
    Older,
    /// Undocumented: our guess, decoded leniently.
    Assumed,
}

impl Evidence {
    /// The grade as the specification writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Guide => "guide",
            Self::Observed => "observed",
            Self::Older => "older",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Evidence {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let all = [
            Self::Documented,
            Self::Guide,
            Self::Observed,
            Self::Older,
            Self::Assumed,
        ];
        all.into_iter()
            .find(|grade| grade.as_str() == text)
            .ok_or(ParseError::new(
                "evidence",
                "unknown grade",
                "use documented, guide, observed, older or assumed",
            ))
    }
}
