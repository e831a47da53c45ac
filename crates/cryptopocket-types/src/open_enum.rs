//! Open enums: wire values that this version does not know keep their text.

use core::fmt;

use crate::{formats, shown};

/// The text of a value that this version of the SDK does not know.
///
/// Only reading text makes one, so an unknown value never equals a known one.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::{EventType, PaymentStatus};
///
/// // The provider adds a status: it is read, kept, and written back unchanged.
/// let status: PaymentStatus = serde_json::from_str(r#""on_hold""#)?;
/// assert!(!status.is_known());
/// assert_eq!(serde_json::to_string(&status)?, r#""on_hold""#);
///
/// match EventType::from("PAYMENT_REJECTED") {
///     EventType::Unknown(name) => assert_eq!(name.as_str(), "PAYMENT_REJECTED"),
///     known => panic!("{known} was not sent"),
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text as the provider sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

formats! {
    Display of UnknownValue, |value, f| f.pad(&value.0);
    /// Shows the text only if it looks like a word of the provider: personal data may have come in its place.
    Debug of UnknownValue, |value, f| fmt::Debug::fmt(shown::word(&value.0), f);
}

/// Declares an enum of wire values with a variant that keeps unknown text.
macro_rules! open_enum {
    ($(
        $(#[$of_type:meta])*
        pub enum $name:ident {
            $($(#[$of_variant:meta])* $variant:ident = $wire:literal),+ $(,)?
        }
    )+) => {$(
        $(#[$of_type])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$of_variant])* $variant,)+
            /// A value this version does not know, with its text.
            Unknown($crate::open_enum::UnknownValue),
        }

        impl $name {
            /// The known values, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is written on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Unknown(text) => text.as_str(),
                }
            }

            /// Whether this version of the SDK knows the value.
            pub const fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($wire => Self::$variant,)+
                    _ => Self::Unknown($crate::open_enum::UnknownValue::new(text)),
                }
            }
        }

        $crate::text_like::scalars! {
            $name, "text", |json| $crate::reading::with_text(json, |text| Some(Self::from(text)));
        }

        $crate::text_like::text_like!(
            $name,
            |json: &str| $crate::reading::with_text(json, |text| Some(Self::from(text))),
            $crate::id::as_text
        );

        #[cfg(feature = "sqlx")]
        $crate::convert::text_column!(display $name);

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::schema::open_enum("Known values; others may come.", &[$($wire),+])
            }
        }
    )+};
}

pub(crate) use open_enum;
