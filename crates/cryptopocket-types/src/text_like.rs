//! The common traits of types with a text form.

/// For a type that takes any text, with `as_str` and `From<&str>`; `traits` leaves serde out.
macro_rules! text_like {
    ($name:ident) => {
        $crate::text_like::text_like!($name, traits);

        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde_core::Deserialize<'de> for $name {
            fn deserialize<D: ::serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::json::scalar_text(deserializer).map(|text| Self::from(text.as_str()))
            }
        }

        impl $crate::reading::FromJson for $name {
            const EXPECTED: &'static str = "text";

            fn from_json(json: &str, _: &mut $crate::reading::Surprises) -> ::core::option::Option<Self> {
                $crate::reading::with_text(json, |text| ::core::option::Option::Some(Self::from(text)))
            }
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
pub(crate) use text_like;
