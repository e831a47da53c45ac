//! Enums whose values have a word and a number.

/// An enum whose values are named by stable words, and stand in a database for their numbers, in this order.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident $values:tt) => {
        cryptopocket_types::words! { $(#[$meta])* pub enum $name $values }

        impl $name {
            /// The number that stands for this value in a database.
            pub const fn code(self) -> i16 {
                self as i16
            }

            /// The value that a number stands for.
            pub fn from_code(code: i16) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}
pub(crate) use words;
