//! Types that hold any text, and scalars of replies. Apart from the other traits, which the readers of replies need.

/// `FromJson` of scalars: what is expected of one, and the value that its JSON has.
macro_rules! scalars {
    ($($name:ty, $expected:literal, |$json:ident| $read:expr;)+) => {$(
        impl $crate::reading::FromJson for $name {
            const EXPECTED: &'static str = $expected;

            fn from_json($json: &str, _: &mut $crate::reading::Surprises) -> Result<Self, $crate::reading::Surprise> {
                $read.ok_or_else(|| $crate::reading::Surprise::of(Self::EXPECTED, $json))
            }
        }
    )+};
}

/// Traits of a type that takes any text, with `as_str` and `From<&str>`. `$read` makes it of a JSON string or number, and
/// `$write` serializes its text.
macro_rules! text_like {
    ($name:ident, $read:expr, $write:expr) => {
        $crate::from! {
            String => $name, |text| Self::from(text.as_str());
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        $crate::formats! {
            Display of $name, |text, f| f.pad(text.as_str());
        }

        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $write(self.as_str(), serializer)
            }
        }

        impl<'de> ::serde_core::Deserialize<'de> for $name {
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = $read(&$crate::json::scalar_json(deserializer)?);
                text.ok_or_else(|| ::serde_core::de::Error::custom("expected a string or a number"))
            }
        }
    };
}

pub(crate) use {scalars, text_like};
