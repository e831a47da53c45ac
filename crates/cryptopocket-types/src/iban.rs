//! International bank account numbers.

#[cfg(test)]
mod tests;

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroizing;

use crate::json::scalar_text;
use crate::{ParseError, Personal};

/// A valid IBAN: country, length and check digits agree.
///
/// It is an account number, so Debug and Display print `[personal]`. Spaces and lower case are accepted when reading.
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

/// The lengths of the SWIFT registry. A country that is missing here is checked by its digits alone.
const LENGTHS: &[(usize, &str)] = &[
    (15, "NO"),
    (16, "BE"),
    (18, "DK FI FK FO GL NL SD"),
    (19, "MK SI"),
    (20, "AT BA EE KZ LT LU MN XK"),
    (21, "CH HR LI LV"),
    (22, "BG BH CR DE GB GE IE ME RS VA"),
    (23, "AE GI IL IQ OM SO TL"),
    (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "BI DJ FR GR IT MC MR SM"),
    (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];

const fn refused(rule: &'static str, cure: &'static str) -> ParseError {
    ParseError::new("iban", rule, cure)
}

impl Iban {
    /// The number in clear, without spaces. Keep it from logs.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Country, check digits and the last four characters: `ES91…1332`.
    pub fn masked(&self) -> String {
        let (head, _) = self.0.split_at(4);
        let (_, tail) = self.0.split_at(self.0.len() - 4);
        format!("{head}…{tail}")
    }

    /// The country, two capital letters.
    pub fn country(&self) -> &str {
        self.0.split_at(2).0
    }
}

fn check_length(country: &str, length: usize) -> Result<(), ParseError> {
    let expected = LENGTHS
        .iter()
        .find(|(_, countries)| countries.split(' ').any(|known| known == country));
    match expected {
        Some((expected, _)) if *expected != length => Err(refused(
            "wrong length for its country",
            "check for missing or doubled characters",
        )),
        _ => Ok(()),
    }
}

/// The remainder of ISO 7064 MOD 97-10, letters counting from 10, the first four characters last.
fn mod_97(text: &[u8]) -> u32 {
    let (head, body) = text.split_at(4);
    body.iter().chain(head).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

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
        let bytes = iban.as_bytes();
        if bytes.len() < SHORTEST {
            return Err(refused(
                "too short",
                "give the whole number, country and check digits first",
            ));
        }
        if !bytes[..2].iter().all(u8::is_ascii_uppercase) || !bytes[2..4].iter().all(u8::is_ascii_digit) {
            return Err(refused(
                "does not begin with country and check digits",
                "begin as in ES91",
            ));
        }
        check_length(&iban[..2], iban.len())?;
        if mod_97(bytes) != 1 || matches!(&bytes[2..4], b"00" | b"01" | b"99") {
            return Err(refused(
                "check digits do not match",
                "look for a mistyped or swapped character",
            ));
        }
        Ok(Self(iban))
    }
}

impl TryFrom<&str> for Iban {
    type Error = ParseError;

    fn try_from(text: &str) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl TryFrom<&Personal> for Iban {
    type Error = ParseError;

    /// Checks an account number that a reply carried.
    fn try_from(text: &Personal) -> Result<Self, ParseError> {
        text.reveal().parse()
    }
}

impl From<&Iban> for Personal {
    fn from(iban: &Iban) -> Self {
        Self::from(iban.reveal())
    }
}

impl From<Iban> for Personal {
    fn from(iban: Iban) -> Self {
        Self::from(&iban)
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("[personal]")
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("[personal]")
    }
}

impl Serialize for Iban {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Iban {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar_text(deserializer)?.parse().map_err(D::Error::custom)
    }
}
