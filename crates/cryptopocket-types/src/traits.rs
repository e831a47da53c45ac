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

/// For a type that takes any text, with `as_str` and `From<&str>`; `traits` leaves out how JSON is read and written.
macro_rules! text_like {
    ($name:ident) => {
        $crate::traits::text_like!($name, traits);
        $crate::traits::text_serde!(
            $name,
            |value, serializer| serializer.serialize_str(value.as_str()),
            <Self as ::core::str::FromStr>::from_str
        );

        $crate::reading::scalars! {
            $name, "text", |json| $crate::reading::with_text(json, |text| Some(Self::from(text)));
        }
    };
    ($name:ident, traits) => {
        impl ::core::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok(Self::from(text))
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::core::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

/// A type that holds any text. Debug shows it as [`shown`](crate::shown)`::$shown` does.
macro_rules! any_text {
    ($(#[$doc:meta])* $name:ident, $shown:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text exactly as it was read; for an id that came as a whole number, its plain digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<&$name> for $name {
            fn from(text: &$name) -> Self {
                text.clone()
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&$crate::shown::$shown(&self.0)).finish()
            }
        }
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

pub(crate) use {any_text, compared_by, shown_as, text_form, text_like, text_serde};
