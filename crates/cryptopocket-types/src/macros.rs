//! Macros that all crates of the SDK share.

/// Writes a `Debug` that shows these fields and no others: `Type<T> => |value| field: value.field, …`.
#[doc(hidden)]
#[macro_export]
macro_rules! debug_fields {
    ($(#[$doc:meta])* $name:ident<$($lifetime:lifetime,)? $generic:ident> => $($shown:tt)+) => {
        $crate::debug_fields! { @impl [$(#[$doc])* impl<$generic>] [$name<$($lifetime,)? $generic>] $name $($shown)+ }
    };
    ($(#[$doc:meta])* $name:ident $(<$($lifetime:lifetime),+>)? => $($shown:tt)+) => {
        $crate::debug_fields! { @impl [$(#[$doc])* impl] [$name $(<$($lifetime),+>)?] $name $($shown)+ }
    };
    (@impl [$($impl:tt)+] [$type:ty] $name:ident |$this:ident| $($field:ident: $value:expr),+ $(,)?) => {
        $($impl)+ ::core::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let $this = self;
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &$value))+
                    .finish_non_exhaustive()
            }
        }
    };
}

/// Writes `Display` or `Debug`: `Debug of Money, |money, f| result;`.
#[doc(hidden)]
#[macro_export]
macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident of $name:ty, |$value:ident, $f:ident| $result:expr;)+) => {$(
        impl ::core::fmt::$format for $name {
            $(#[$doc])*
            fn fmt(&self, $f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let $value = self;
                $result
            }
        }
    )+};
}

/// Writes `From` of each pair of types: `From => To, |value| result;`.
#[doc(hidden)]
#[macro_export]
macro_rules! from {
    ($($(#[$doc:meta])* $from:ty => $to:ty, |$value:pat_param| $result:expr;)+) => {$(
        impl From<$from> for $to {
            $(#[$doc])*
            fn from($value: $from) -> Self {
                $result
            }
        }
    )+};
}

/// Writes methods that set one field and return the value: `field = |argument: Type| the field's new value;`.
#[doc(hidden)]
#[macro_export]
macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident = |$($argument:ident: $type:ty),+| $value:expr;)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $($argument: $type),+) -> Self {
            self.$field = $value;
            self
        }
    )+};
}

/// Declares enums whose values have a stable word each, for logs, storage and machine-readable output: with `ALL`, `as_str`,
/// `of_word` and `Display`. Words of the API, which may be new, are [open enums](crate::open_enum).
#[doc(hidden)]
#[macro_export]
macro_rules! words {
    ($($(#[$of_type:meta])* pub enum $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ })+) => {$(
        $(#[$of_type])*
        pub enum $name {
            $($(#[$doc])* $value,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The stable word of the value.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }

            /// The value of a word.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }

        $crate::formats! {
            Display of $name, |value, f| f.pad(value.as_str());
        }
    )+};
}
