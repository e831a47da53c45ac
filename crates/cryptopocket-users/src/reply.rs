//! Replies that have the fields of the generated reply of their name.

/// Declares such a reply: an id that every later call needs, and fields that may be absent or unreadable.
macro_rules! reply {
    (
        $(#[$doc:meta])*
        pub struct $name:ident {
            $(#[$id_doc:meta])*
            pub id: UserId,
            $($(#[$field_doc:meta])* pub $field:ident: $value:ty,)+
        }
    ) => {
        $(#[$doc])*
        ///
        /// Its JSON reads back as the same value.
        #[derive(Clone, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $(#[$id_doc])*
            #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
            pub id: ::cryptopocket_types::UserId,
            $($(#[$field_doc])* #[serde(default)] pub $field: $value,)+
            /// Fields of the reply that this SDK does not know or cannot read.
            #[serde(default)]
            pub extra: ::cryptopocket_types::Extra,
        }

        impl $name {
            pub(crate) fn from_wire(wire: ::cryptopocket_api::users::types::$name) -> Self {
                Self {
                    id: wire.id,
                    $($field: wire.$field,)+
                    extra: wire.extra,
                }
            }
        }
    };
}

pub(crate) use reply;
