//! Secrets and personal data.

use zeroize::Zeroizing;

use crate::from;
use crate::traits::{shown_as, text_serde};

macro_rules! guarded_text {
    ($(#[$doc:meta])* $name:ident, $shown:literal, $(#[$open_doc:meta])* $open:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Wraps `text`.
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            $(#[$open_doc])*
            pub fn $open(&self) -> &str {
                &self.0
            }

            /// Whether the text is empty.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        from! {
            String => $name, |text| Self::new(text);
            &str => $name, |text| Self::new(text);
        }

        impl core::str::FromStr for $name {
            type Err = core::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::new(text))
            }
        }

        impl PartialEq for $name {
            /// Compares every byte whatever the first difference, so that timing tells the length only.
            fn eq(&self, other: &Self) -> bool {
                let (a, b) = (self.0.as_bytes(), other.0.as_bytes());
                a.len() == b.len() && a.iter().zip(b).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
            }
        }

        impl Eq for $name {}

        shown_as!($name, |_text| $shown);
        text_serde!($name, |text, serializer| serializer.serialize_str(&text.0));
    };
}

guarded_text!(
    /// A secret: an API secret, a token, a password, a link that grants access.
    ///
    /// Debug and Display print `[secret]`; the memory is zeroed on drop. JSON contains the plain text.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::Secret;
    ///
    /// let token = Secret::from("t0k3n");
    /// assert_eq!(format!("{token} {token:?}"), "[secret] [secret]");
    /// assert_eq!(token.expose(), "t0k3n");
    /// ```
    Secret,
    "[secret]",
    /// The plain text. Do not log it.
    expose
);

guarded_text!(
    /// Personal data: a name, an address, an account number of a customer.
    ///
    /// Debug and Display print `[personal]`; the memory is zeroed on drop. JSON contains the plain text; a JSON number
    /// is read as its digits.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::Personal;
    ///
    /// let holder = Personal::from("Ana Gil");
    /// assert_eq!(format!("{holder} {holder:?}"), "[personal] [personal]");
    /// assert_eq!(holder.reveal(), "Ana Gil");
    /// ```
    Personal,
    "[personal]",
    /// The plain text. Do not log it.
    reveal
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_is_never_printed() {
        let name = Personal::from("Ana");
        assert_eq!(format!("{name} {name:?}"), "[personal] [personal]");
        assert_eq!(name.reveal(), "Ana");
    }
}
