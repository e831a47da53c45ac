//! Parts of the provider that can be down.

use std::fmt;
use std::str::FromStr;

use crate::error::UnknownWord;

/// A part of the provider that can be down: calls that need it are refused until it is up again.
///
/// # Examples
///
/// ```
/// use cryptopocket_emulator::Outage;
///
/// assert_eq!("gateway".parse(), Ok(Outage::Gateway));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outage {
    /// The provider of card and instant bank payments: `createPayment` by anything but transfer is answered
    /// `error_payment_creation`.
    Gateway,
    /// The customer registry: registrations are answered `unexpected_error`.
    Registration,
    /// Guided payments: they are answered with the text of an exception.
    Guided,
}

impl Outage {
    /// Every part that can be down.
    pub const ALL: &'static [Self] = &[Self::Gateway, Self::Registration, Self::Guided];

    /// The name by which the control plane and scenarios know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Registration => "registration",
            Self::Guided => "guided",
        }
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Outage {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let named = Self::ALL.iter().find(|one| one.name() == text);
        named.copied().ok_or(UnknownWord(
            "what can be down is `gateway`, `registration` or `guided`",
        ))
    }
}
