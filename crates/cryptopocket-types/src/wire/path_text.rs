//! Personal text in a URL path.

use core::fmt;
use core::str::FromStr;

use crate::id::path_segment;
use crate::traits::text_serde;
use crate::{Iban, ParseError, Personal};

/// Personal text, such as an account number, checked to be one safe segment of a URL path.
///
/// Debug hides the text. **Display shows it**, since URLs are built with Display; print [`Iban`] or [`Personal`] instead.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::wire::PathText;
///
/// let segment: PathText = "ES9121000418450200051332".parse()?;
/// assert_eq!(format!("{segment:?}"), "[personal]");
/// assert!("../accounts".parse::<PathText>().is_err());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PathText(Personal);

impl FromStr for PathText {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        path_segment("path parameter", text).map(|text| Self(text.into()))
    }
}

text_serde!(PathText, |text, serializer| serializer
    .serialize_str(text.0.reveal()));

impl TryFrom<&Personal> for PathText {
    type Error = ParseError;

    fn try_from(text: &Personal) -> Result<Self, ParseError> {
        text.reveal().parse()
    }
}

impl From<&Iban> for PathText {
    fn from(iban: &Iban) -> Self {
        Self(iban.into())
    }
}

impl fmt::Display for PathText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.reveal())
    }
}

impl fmt::Debug for PathText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
