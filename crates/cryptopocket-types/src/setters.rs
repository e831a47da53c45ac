//! Setters of builders and request values.

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
