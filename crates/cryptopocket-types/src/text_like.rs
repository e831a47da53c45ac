//! Types that hold any text, and scalars of replies. Apart from the other traits, which the readers of replies need.

/// `FromJson` of scalars: what is expected of one, and the value that its JSON has.
macro_rules! scalars {
    ($($name:ty, $expected:literal, |$json:ident| $read:expr;)+) => {$(
        impl $crate::reading::FromJson for $name {
            const EXPECTED: &'static str = $expected;

            fn from_json(
                $json: &str,
                _: &mut $crate::reading::Surprises,
            ) -> ::core::result::Result<Self, $crate::reading::Surprise> {
                $read.ok_or_else(|| $crate::reading::Surprise::of(Self::EXPECTED, $json))
            }
        }
    )+};
}

/// For a type that takes any text, with `as_str` and `From<&str>`; `traits` leaves out how JSON is read and written.
macro_rules! text_like {
    ($name:ident) => {
        $crate::text_like::text_like!($name, traits);
        $crate::traits::text_serde!(
            $name,
            |value, serializer| serializer.serialize_str(value.as_str()),
            <Self as ::core::str::FromStr>::from_str
        );

        $crate::text_like::scalars! {
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

pub(crate) use {any_text, scalars, text_like};
