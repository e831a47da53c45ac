//! Structs that replies of the API are read into.

/// Declares such a struct. A field is that of the reply with its name, or what stands after `=`.
///
/// What has no place is in `extra`, which values can be read from and kept in: `|wire, extra|` name the reply and it, and what
/// else the values need.
#[doc(hidden)]
#[macro_export]
macro_rules! reply {
    (
        $(#[$doc:meta])*
        pub struct $name:ident: $wire:ty { $($fields:tt)+ }
    ) => {
        $crate::reply! { $(#[$doc])* pub struct $name: $wire, |wire, extra| { $($fields)+ } }
    };
    (
        $(#[$doc:meta])*
        pub struct $name:ident: $wire:ty, |$reply:ident, $extra:ident $(, $given:ident: $given_type:ty)*| {
            $($(#[$meta:meta])* $visibility:vis $field:ident: $type:ty $(= $value:expr)?,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$meta])* $visibility $field: $type,)+
            /// Fields of the reply that this SDK does not know or cannot read.
            #[serde(default)]
            pub extra: $crate::Extra,
        }

        impl $name {
            #[allow(unused_mut, reason = "some values are kept in it")]
            pub(crate) fn from_wire($reply: $wire $(, $given: $given_type)*) -> Self {
                let mut $extra = $reply.extra;
                Self {
                    $($field: $crate::reply!(@value $reply.$field $(, $value)?),)+
                    extra: $extra,
                }
            }
        }
    };
    (@value $same:expr) => { $same };
    (@value $same:expr, $value:expr) => { $value };
}
