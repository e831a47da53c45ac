//! Parts of the provider that can be down.

use std::str::FromStr;

use crate::catalogue::named;
use crate::error::UnknownWord;

named! {
    /// A part of the provider that can be down: calls that need it are refused until it is up again.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_emulator::Outage;
    ///
    /// assert_eq!("gateway".parse(), Ok(Outage::Gateway));
    /// ```
    #[serde(rename_all = "snake_case")]
    Outage {
        /// The provider of card and bank payments: `createPayment`, but by transfer, answers `error_payment_creation`.
        Gateway "gateway";
        /// The customer registry: registrations are answered `unexpected_error`.
        Registration "registration";
        /// Guided payments: they are answered with the text of an exception.
        Guided "guided";
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
