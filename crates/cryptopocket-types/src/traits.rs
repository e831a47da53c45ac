//! Trait implementations that many types of this crate share.

/// Serde of a type with a text form: `$write` serializes it, and `$read`, by default `FromStr`, makes it of the text of a
/// JSON string or number.
macro_rules! text_serde {
    ($name:ident, |$value:ident, $serializer:ident| $write:expr) => {
        $crate::traits::text_serde!($name, |$value, $serializer| $write, str::parse);
    };
    ($name:ident, |$value:ident, $serializer:ident| $write:expr, $read:expr) => {
        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                $write
            }
        }

        impl<'de> ::serde_core::Deserialize<'de> for $name {
            /// Reads a string or a number, always from its text.
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = $crate::json::scalar_text(deserializer)?;
                $read(text.as_str()).map_err(::serde_core::de::Error::custom)
            }
        }
    };
}

/// Display and Debug that both show `$text`.
macro_rules! shown_as {
    ($name:ident, |$value:ident| $text:expr) => {
        $crate::formats! {
            Display of $name, |$value, f| f.pad($text);
            Debug of $name, |text, f| ::core::fmt::Display::fmt(text, f);
        }
    };
}

/// `TryFrom` of each pair of types: `From => To, |value| result;`.
macro_rules! try_from {
    ($($(#[$doc:meta])* $from:ty => $to:ty, |$value:pat_param| $result:expr;)+) => {$(
        impl TryFrom<$from> for $to {
            type Error = $crate::ParseError;

            $(#[$doc])*
            fn try_from($value: $from) -> Result<Self, $crate::ParseError> {
                $result
            }
        }
    )+};
}

pub(crate) use {shown_as, text_serde, try_from};
