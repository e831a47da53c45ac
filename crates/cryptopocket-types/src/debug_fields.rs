//! `Debug` of types with contents that must not be shown.

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
