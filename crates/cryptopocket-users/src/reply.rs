//! Replies that have the fields of the generated reply of their name.

/// Declares such a reply: what the call is about, such as an id, and fields that may be absent or unreadable.
macro_rules! reply {
    (
        $(#[$doc:meta])*
        pub struct $name:ident {
            $(#[$key_meta:meta])*
            pub $key:ident: $key_type:ty,
            $($(#[$field_doc:meta])* pub $field:ident: $value:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $(#[$key_meta])*
            pub $key: $key_type,
            $($(#[$field_doc])* pub $field: $value,)*
            /// Fields of the reply that this SDK does not know or cannot read.
            #[serde(default)]
            pub extra: ::cryptopocket_types::Extra,
        }

        impl $name {
            pub(crate) fn from_wire(wire: ::cryptopocket_api::users::types::$name) -> Self {
                Self {
                    $key: wire.$key,
                    $($field: wire.$field,)*
                    extra: wire.extra,
                }
            }
        }
    };
}

pub(crate) use reply;
