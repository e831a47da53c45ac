//! International bank account numbers.

#[cfg(test)]
mod tests;

use core::cmp::Ordering;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use iban::{BaseIban, IbanLike as _, ParseBaseIbanError, ParseIbanError};
use zeroize::Zeroizing;

use crate::traits::{shown_as, text_serde, try_from};
use crate::{ParseError, Personal, from};

/// A valid IBAN: check digits, and length and structure of its country by the SWIFT registry.
///
/// Debug and Display print `[personal]`. Spaces and lower case are accepted when reading. An IBAN of a country that is
/// missing in the registry of `iban_validate` is checked by its check digits alone.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Iban;
///
/// let iban: Iban = "es91 2100 0418 4502 0005 1332".parse()?;
/// assert_eq!(iban.reveal(), "ES9121000418450200051332");
/// assert_eq!(iban.masked(), "ES91…1332");
/// assert_eq!(format!("{iban:?}"), "[personal]");
/// assert!("ES92 2100 0418 4502 0005 1332".parse::<Iban>().is_err());
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Iban(Zeroizing<String>);

const SHORTEST: usize = 15;
const LONGEST: usize = 34;

const CHECK_DIGITS: ParseError = refused(
    "check digits do not match",
    "look for a mistyped, missing or swapped character",
);

const fn refused(rule: &'static str, cure: &'static str) -> ParseError {
    ParseError::new("iban", rule, cure)
}

impl Iban {
    /// The number as plain text without spaces. Do not log it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Country, check digits and the last four characters: `ES91…1332`.
    pub fn masked(&self) -> String {
        let (head, _) = self.0.split_at(4);
        let (_, tail) = self.0.split_at(self.0.len() - 4);
        format!("{head}…{tail}")
    }

    /// The country code, two capital letters.
    pub fn country(&self) -> &str {
        self.0.split_at(2).0
    }
}

impl FromStr for Iban {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut iban = Zeroizing::new(String::with_capacity(LONGEST));
        for c in text.chars().filter(|c| *c != ' ') {
            if !c.is_ascii_alphanumeric() || iban.len() == LONGEST {
                return Err(refused(
                    "not letters and digits of a usual length",
                    "give up to 34 letters and digits",
                ));
            }
            iban.push(c.to_ascii_uppercase());
        }
        if iban.len() < SHORTEST {
            return Err(refused(
                "too short",
                "give the whole number, beginning with country and check digits as in ES91",
            ));
        }
        check(&iban)?;
        Ok(Self(iban))
    }
}

fn check(text: &str) -> Result<(), ParseError> {
    let number = match text.parse::<iban::Iban>() {
        Ok(number) => BaseIban::from(number),
        // The registry grows. A country that the library does not know yet is checked by its digits alone.
        Err(ParseIbanError::UnknownCountry(number)) => number,
        Err(ParseIbanError::InvalidBban(_)) => {
            return Err(refused(
                "not the length or structure of its country",
                "check for missing, doubled or swapped characters",
            ));
        }
        Err(ParseIbanError::InvalidBaseIban {
            source: ParseBaseIbanError::InvalidChecksum,
        }) => return Err(CHECK_DIGITS),
        Err(_) => {
            return Err(refused(
                "not two letters, two digits and an account number",
                "give the whole number, beginning with country and check digits as in ES91",
            ));
        }
    };
    // Modulo 97 these equal 97, 98 and 02, which are the only ones that ISO 13616 admits.
    if matches!(number.check_digits_str(), "00" | "01" | "99") {
        return Err(CHECK_DIGITS);
    }
    Ok(())
}

// By hand: `Zeroizing` has neither order nor hash.
impl Ord for Iban {
    fn cmp(&self, other: &Self) -> Ordering {
        self.reveal().cmp(other.reveal())
    }
}

impl PartialOrd for Iban {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Iban {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.reveal().hash(state);
    }
}

shown_as!(Iban, |_iban| "[personal]");
text_serde!(Iban, |iban, to| to.serialize_str(iban.reveal()));

try_from! {
    /// Checks the account number of a reply.
    &Personal => Iban, |text| text.reveal().parse();
}

from! {
    &Iban => Personal, |iban| Self::from(iban.reveal());
    Iban => Personal, |iban| Self::from(&iban);
}
