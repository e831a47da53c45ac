//! Trait implementations that many types of this crate share.

/// Serde of a type with a text form: `$write` serializes it, and `$read` makes it of the text of a JSON string or number.
macro_rules! text_serde {
    ($name:ident, |$value:ident, $serializer:ident| $write:expr, $read:expr) => {
        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(
                &self,
                $serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let $value = self;
                $write
            }
        }

        impl<'de> ::serde_core::Deserialize<'de> for $name {
            /// Reads a string or a number, always from its text.
            fn deserialize<D: ::serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let text = $crate::json::scalar_text(deserializer)?;
                $read(text.as_str()).map_err(::serde_core::de::Error::custom)
            }
        }
    };
}

/// `TryFrom<&str>` and serde of a type that `FromStr` reads, and of which `$text` is the text.
macro_rules! text_form {
    ($name:ident, |$value:ident| $text:expr) => {
        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::ParseError;

            fn try_from(text: &str) -> ::core::result::Result<Self, $crate::ParseError> {
                text.parse()
            }
        }

        $crate::traits::text_serde!(
            $name,
            |$value, serializer| serializer.collect_str($text),
            <Self as ::core::str::FromStr>::from_str
        );
    };
}

/// Display and Debug that both show `$text`.
macro_rules! shown_as {
    ($name:ident, |$value:ident| $text:expr) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let $value = self;
                f.pad($text)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, f)
            }
        }
    };
}

/// Equality, order and hash by `$key` alone.
macro_rules! compared_by {
    ($name:ident, |$value:ident| $key:expr) => {
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other) == ::core::cmp::Ordering::Equal
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<::core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                let $value = self;
                let own = $key;
                let $value = other;
                own.cmp(&$key)
            }
        }

        impl ::core::hash::Hash for $name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                let $value = self;
                $key.hash(state);
            }
        }
    };
}

pub(crate) use {compared_by, shown_as, text_form, text_serde};
