//! How far a fact about the API is known.

use core::fmt;
use core::str::FromStr;

use crate::ParseError;

/// How far a fact about the API is known. The order goes from the firmest to the weakest.
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
    /// It stands on the provider's current reference page.
    Documented,
    /// It stands only in the provider's integration guide.
    Guide,
    /// It stands only in an older edition of the page; a newer spelling may appear beside it.
    Older,
    /// Nothing was found: the shape is this SDK's proposal, read leniently.
    Assumed,
}

impl Evidence {
    /// The grade as the specification spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Guide => "guide",
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
        [Self::Documented, Self::Guide, Self::Older, Self::Assumed]
            .into_iter()
            .find(|grade| grade.as_str() == text)
            .ok_or(ParseError::new(
                "evidence",
                "unknown grade",
                "use documented, guide, older or assumed",
            ))
    }
}
