//! The decoder that replies had before they bent: one visitor a struct, and the first odd field fails the reply.

use cryptopocket_types::id::{ExternalId, PaymentId, TxId, UserId};
use cryptopocket_types::wire::{Cents, CoinUnits};
use cryptopocket_types::{Extra, PaymentStatus, Personal, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// A reply struct whose unknown fields keep their exact text.
macro_rules! reply_object {
    ($name:ident { $($field:ident: $type:ty = $presence:ident,)* }) => {
        #[allow(dead_code, reason = "decoded to be measured")]
        pub(crate) struct $name { $($field: $type,)* extra: Extra }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        $(let mut $field = None;)*
                        let mut extra = Extra::new();
                        while let Some(name) = map.next_key::<String>()? {
                            match name.as_str() {
                                $(stringify!($field) => {
                                    let value = reply_object!(@read $presence map);
                                    if $field.replace(value).is_some() {
                                        return Err(A::Error::duplicate_field(stringify!($field)));
                                    }
                                })*
                                _ => {
                                    extra.insert(name, map.next_value()?);
                                }
                            }
                        }
                        Ok($name {
                            $($field: reply_object!(@take $presence $field),)*
                            extra,
                        })
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }
    };
    (@read required $map:ident) => { $map.next_value()? };
    (@read optional $map:ident) => { $map.next_value::<Option<_>>()? };
    (@take required $field:ident) => {
        match $field {
            Some(value) => value,
            None => return Err(A::Error::missing_field(stringify!($field))),
        }
    };
    (@take optional $field:ident) => { $field.flatten() };
}

reply_object! { Payment {
    coin_amount: CoinUnits = required,
    coin_symbol: String = required,
    created_at: Timestamp = required,
    external_id: Option<ExternalId> = optional,
    fiat_amount: Cents = required,
    fiat_symbol: String = required,
    holder: Option<Personal> = optional,
    id: PaymentId = required,
    status: PaymentStatus = required,
    txid: Option<TxId> = optional,
    user_id: UserId = required,
} }

reply_object! { Page {
    data: Vec<Payment> = required,
    pagination: Option<Pagination> = optional,
    status: String = required,
} }

reply_object! { Pagination {
    current_page: u32 = required,
    last_page: Option<u32> = optional,
    per_page: Option<u32> = optional,
    total: Option<u64> = optional,
} }
