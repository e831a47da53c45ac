//! The common traits of types that are read from text of one form.

/// `TryFrom<&str>` and serde for a type that `FromStr` reads, and of which `$text` is the text.
macro_rules! text_form {
    ($name:ident, |$value:ident| $text:expr) => {
        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::ParseError;

            fn try_from(text: &str) -> ::core::result::Result<Self, $crate::ParseError> {
                text.parse()
            }
        }

        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let $value = self;
                serializer.collect_str($text)
            }
        }

        impl<'de> ::serde_core::Deserialize<'de> for $name {
            /// Reads a string or a number, always from its text.
            fn deserialize<D: ::serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let text = $crate::json::scalar_text(deserializer)?;
                text.parse().map_err(::serde_core::de::Error::custom)
            }
        }
    };
}

pub(crate) use text_form;
