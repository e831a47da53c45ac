//! Reading reply objects field by field.

/// Implements `FromJson` for a reply struct with an `extra` field.
///
/// Without a `key` the object is of no use. A `field` is a `Field` and never fails the object; an empty text is no value of a
/// `filled` one.
macro_rules! reply_object {
    ($name:ident { $($field:ident : $wire:literal $kind:ident,)* }) => {
        impl ::cryptopocket_types::reading::FromJson for $name {
            const EXPECTED: &'static str = "an object";

            fn from_fields(
                fields: ::cryptopocket_types::reading::Fields<'_>,
                surprises: &mut ::cryptopocket_types::reading::Surprises,
            ) -> ::core::result::Result<Self, ::cryptopocket_types::reading::Surprise> {
                let mut object = ::cryptopocket_types::reading::ObjectReader::of(fields, surprises);
                ::core::result::Result::Ok(Self {
                    $($field: $crate::decode::reply_object!(@read $kind object $wire),)*
                    extra: object.extra(),
                })
            }
        }
    };
    (@read key $object:ident $wire:literal) => { $object.key($wire)? };
    (@read field $object:ident $wire:literal) => { $object.field($wire) };
    (@read filled $object:ident $wire:literal) => { $object.filled($wire) };
}

pub(crate) use reply_object;
